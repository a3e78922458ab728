package io.hotpool.pool.address;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that keeps what was learned and what was listed by hand. Written beside itself and moved into place, so that a
 * reader, or the next start after a kill at any moment, finds the old or the new one, whole. Blocks; control thread.
 */
final class LedgerFile {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    /** @param standings by host and port; only what is on a list or on its way back from one */
    record Content(List<AddressRule> byHand, Map<Origin, List<Standing>> standings) {
        static final Content NONE = new Content(List.of(), Map.of());
    }

    private final Path path;

    LedgerFile(Path path) {
        this.path = path;
    }

    /** A file that cannot be understood is set aside and reported; nothing is known then. */
    Content read() {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(path));
            if (root == null || root.path("version").asInt() != VERSION) {
                throw new IllegalArgumentException("not a file of addresses, version " + VERSION);
            }
            return new Content(rules(root.path("by_hand")), standings(root.path("learned")));
        } catch (NoSuchFileException e) {
            return Content.NONE;
        } catch (JsonProcessingException | RuntimeException e) {
            setAside(e);
            return Content.NONE;
        } catch (IOException e) {
            LOG.warn("{}: learned addresses cannot be read: {}", path, e.toString());
            return Content.NONE;
        }
    }

    private void setAside(Exception why) {
        Path aside = path.resolveSibling(path.getFileName() + ".corrupt");
        String what = why.getMessage() == null
                ? why.toString()
                : why.getMessage().lines().findFirst().orElse("");
        try {
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn("{}: learned addresses are not readable ({}); moved to {}, starting without", path, what, aside);
        } catch (IOException e) {
            LOG.warn("{}: learned addresses are not readable ({}) and cannot be moved: {}", path, what, e.toString());
        }
    }

    void write(Content content) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path next = folder.resolve(
                path.getFileName() + ".tmp" + ProcessHandle.current().pid());
        try {
            try (FileChannel channel = FileChannel.open(
                            next,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    OutputStream out = Channels.newOutputStream(channel)) {
                out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(content)));
                channel.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static ObjectNode json(Content content) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION);
        ArrayNode byHand = root.putArray("by_hand");
        content.byHand().forEach(rule -> byHand.add(json(rule)));
        ArrayNode learned = root.putArray("learned");
        content.standings().forEach((place, all) -> all.forEach(standing -> learned.add(json(place, standing))));
        return root;
    }

    private static ObjectNode json(AddressRule rule) {
        ObjectNode json = JSON.createObjectNode();
        json.put("list", rule.list().label());
        json.put("ip", rule.block().toString());
        if (rule.place() != null) {
            put(json, rule.place());
        }
        return times(json, rule.sinceMillis(), rule.untilMillis());
    }

    private static ObjectNode json(Origin place, Standing standing) {
        ObjectNode json = JSON.createObjectNode();
        put(json, place);
        json.put("ip", NetUtil.toAddressString(standing.address()));
        json.put("state", standing.state().label());
        json.put("cause", standing.cause());
        json.put("against", standing.against().name().toLowerCase(Locale.ROOT));
        json.put("successes", standing.successes());
        json.put("failures", standing.failures());
        json.put("latency_ms", standing.latencyNanos() / 1e6);
        return times(json, standing.sinceMillis(), standing.untilMillis());
    }

    private static void put(ObjectNode json, Origin place) {
        json.put("host", place.host());
        json.put("port", place.port());
    }

    private static ObjectNode times(ObjectNode json, long since, long until) {
        json.put("since", Instant.ofEpochMilli(since).toString());
        if (until != Long.MAX_VALUE) {
            json.put("until", Instant.ofEpochMilli(until).toString());
        }
        return json;
    }

    private static List<AddressRule> rules(JsonNode array) {
        List<AddressRule> rules = new ArrayList<>();
        for (JsonNode json : array) {
            rules.add(new AddressRule(
                    Kind.valueOf(text(json, "list")),
                    AddressBlock.parse(json.path("ip").asText()),
                    json.has("host") ? place(json) : null,
                    Source.BY_HAND,
                    millis(json, "since", 0),
                    millis(json, "until", Long.MAX_VALUE)));
        }
        return rules;
    }

    private static Map<Origin, List<Standing>> standings(JsonNode array) {
        Map<Origin, List<Standing>> standings = new LinkedHashMap<>();
        for (JsonNode json : array) {
            Standing standing = new Standing(
                    AddressBlock.parse(json.path("ip").asText()).network(),
                    State.valueOf(text(json, "state")),
                    json.path("cause").asText(),
                    millis(json, "since", 0),
                    millis(json, "until", Long.MAX_VALUE),
                    json.path("successes").asDouble(),
                    json.path("failures").asDouble(),
                    json.path("latency_ms").asDouble() * 1e6,
                    0,
                    Family.valueOf(text(json, "against")),
                    false,
                    0);
            standings.computeIfAbsent(place(json), p -> new ArrayList<>()).add(standing);
        }
        return standings;
    }

    private static Origin place(JsonNode json) {
        return new Origin("tcp", json.path("host").asText(), json.path("port").asInt());
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).asText().toUpperCase(Locale.ROOT);
    }

    private static long millis(JsonNode json, String field, long otherwise) {
        @Nullable JsonNode value = json.get(field);
        return value == null ? otherwise : Instant.parse(value.asText()).toEpochMilli();
    }
}
