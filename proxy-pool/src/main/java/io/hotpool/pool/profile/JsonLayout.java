package io.hotpool.pool.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/** JSON for people: what fits on a line is one line, lists of words are filled like text. */
final class JsonLayout {
    private static final int WIDTH = 110;
    private static final int STEP = 2;

    private JsonLayout() {}

    static String of(JsonNode value) {
        return of(value, 0, WIDTH) + "\n";
    }

    private static String of(JsonNode value, int indent, int width) {
        String flat = flat(value);
        if (!value.isContainerNode() || value.isEmpty() || flat.length() + indent <= width) {
            return flat;
        }
        boolean object = value.isObject();
        List<String> items = object
                ? members(value, indent, width)
                : isText(value) ? filled(value, indent, width) : elements(value, indent, width);
        String pad = " ".repeat(indent + STEP);
        return (object ? "{" : "[") + "\n" + pad + String.join(",\n" + pad, items) + "\n" + " ".repeat(indent)
                + (object ? "}" : "]");
    }

    private static List<String> members(JsonNode object, int indent, int width) {
        List<String> items = new ArrayList<>();
        object.properties().forEach(member -> {
            String key = member.getKey();
            String value = of(member.getValue(), indent + STEP, width - key.length() - 4);
            items.add(TextNode.valueOf(key) + ": " + value);
        });
        return items;
    }

    private static List<String> elements(JsonNode list, int indent, int width) {
        List<String> items = new ArrayList<>();
        list.forEach(element -> items.add(of(element, indent + STEP, width)));
        return items;
    }

    private static List<String> filled(JsonNode list, int indent, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (JsonNode element : list) {
            String item = element.toString();
            if (!line.isEmpty() && line.length() + item.length() + indent + 4 > width) {
                lines.add(line);
                line = item;
            } else {
                line = line.isEmpty() ? item : line + ", " + item;
            }
        }
        lines.add(line);
        return lines;
    }

    private static boolean isText(JsonNode list) {
        for (JsonNode element : list) {
            if (element.isContainerNode()) {
                return false;
            }
        }
        return true;
    }

    private static String flat(JsonNode value) {
        if (!value.isContainerNode()) {
            return value.toString();
        }
        List<String> items = new ArrayList<>();
        if (value.isObject()) {
            value.properties().forEach(m -> items.add(TextNode.valueOf(m.getKey()) + ": " + flat(m.getValue())));
        } else {
            value.forEach(element -> items.add(flat(element)));
        }
        return (value.isObject() ? "{" : "[") + String.join(", ", items) + (value.isObject() ? "}" : "]");
    }
}
