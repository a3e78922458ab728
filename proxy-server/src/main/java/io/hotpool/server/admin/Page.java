package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of a list that may be long: in the order of a key that every element has for as long as it lives, so that a page begins where
 * the one before ended although elements came and went. {@code X-Total-Count} tells the whole, {@code Link} the next page (RFC 8288).
 */
final class Page {
    private static final int USUAL = 1000;
    private static final int LONGEST = 10_000;

    private Page() {}

    /** @param key unlike that of every other element; compared as text */
    static <T> Answer of(AdminRequest request, List<T> all, Function<T, String> key, Function<T, ObjectNode> json) {
        int limit = request.number("limit", USUAL, LONGEST);
        int offset = request.number("offset", 0, Integer.MAX_VALUE);
        String after = after(request);
        List<T> rest = all.stream()
                .filter(element -> after.isEmpty() || key.apply(element).compareTo(after) > 0)
                .sorted(Comparator.comparing(key))
                .skip(offset)
                .toList();
        List<T> page = rest.subList(0, Math.min(limit, rest.size()));
        Answer answer =
                Answer.json(page.stream().map(json).toList()).with("X-Total-Count", Integer.toString(all.size()));
        boolean more = !page.isEmpty() && page.size() < rest.size();
        return more ? answer.with("Link", next(request, key.apply(page.get(page.size() - 1)))) : answer;
    }

    /** A number as a text that sorts as it does. */
    static String sortable(long number) {
        return String.format("%019d", number);
    }

    private static String after(AdminRequest request) {
        String cursor = request.parameter("cursor");
        try {
            return cursor == null ? "" : new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Problem(400, "cursor must be one that Link of an earlier page names");
        }
    }

    private static String next(AdminRequest request, String last) {
        String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
        Stream<String> kept = request.query().entrySet().stream()
                .filter(parameter -> !List.of("cursor", "offset").contains(parameter.getKey()))
                .flatMap(Page::pairs);
        String query = Stream.concat(kept, Stream.of("cursor=" + cursor)).collect(Collectors.joining("&"));
        return "<" + request.path() + "?" + query + ">; rel=\"next\"";
    }

    private static Stream<String> pairs(Map.Entry<String, List<String>> parameter) {
        return parameter.getValue().stream()
                .map(value -> parameter.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
