package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "prewarm",
        description = "Opens connections of the running daemon ahead of demand; exit code 1 when not all are open.",
        mixinStandardHelpOptions = true)
final class PrewarmCommand implements Callable<Integer> {
    private static final int LONGEST_MILLIS = 600_000;
    private static final long PROGRESS_MILLIS = 1000;

    @Mixin
    private Output output = new Output();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Parameters(
            arity = "1..*",
            paramLabel = "HOST[:PORT]",
            converter = Arguments.HostAndPort.class,
            description = "Where to.")
    private List<String> hosts = List.of();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            converter = WholeNumber.Connections.class,
            description = "Connections that shall be open for each (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--scheme",
            paramLabel = "SCHEME",
            defaultValue = "https",
            description = "https or http (default: ${DEFAULT-VALUE}).")
    private Scheme scheme = Scheme.https;

    enum Scheme {
        https,
        http
    }

    @Option(names = "--profile", paramLabel = "PROFILE", description = "Which browser; otherwise as requests get it.")
    private @Nullable String profile;

    @Option(names = "--session", paramLabel = "NAME", description = "For requests of that session only.")
    private @Nullable String session;

    @Override
    public Integer call() throws InterruptedException {
        List<Map<String, Object>> orders = hosts.stream().map(this::order).toList();
        CompletableFuture<JsonNode> asked =
                CompletableFuture.supplyAsync(() -> admin.post("/api/v1/prewarm", orders, LONGEST_MILLIS));
        JsonNode results = await(asked);
        if (output.json()) {
            output.showJson(results);
        } else {
            results.forEach(result -> output.out().println(line(result)));
        }
        return complete(results) ? 0 : 1;
    }

    private Map<String, Object> order(String host) {
        Map<String, Object> order = new LinkedHashMap<>();
        order.put("host", host);
        order.put("scheme", scheme.name());
        order.put("count", count);
        if (profile != null) {
            order.put("profile", profile);
        }
        if (session != null) {
            order.put("session", session);
        }
        return order;
    }

    /** Says every second how many are open, where that takes longer. */
    private JsonNode await(CompletableFuture<JsonNode> asked) throws InterruptedException {
        try (Progress progress = Progress.of(output)) {
            while (true) {
                try {
                    return asked.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    JsonNode stats = admin.get("/api/v1/stats");
                    progress.tell(stats.path("total_connections").asText() + " open, "
                            + stats.path("connecting").asText() + " connecting");
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Failure failure ? failure : new IllegalStateException(e.getCause());
                }
            }
        }
    }

    private static String line(JsonNode result) {
        List<String> parts = new ArrayList<>();
        parts.add(result.path("opened").asText() + " opened");
        parts.add(result.path("already_there").asText() + " already there");
        result.path("refused").properties().forEach(r -> parts.add(r.getValue() + " refused by " + r.getKey()));
        result.path("failed").properties().forEach(f -> parts.add(f.getValue() + " failed: " + f.getKey()));
        String text =
                result.path("host").asText() + ":" + result.path("port").asText() + "  " + String.join(", ", parts);
        String note = result.path("note").asText("");
        return note.isEmpty() ? text : text + System.lineSeparator() + "  " + note;
    }

    private static boolean complete(JsonNode results) {
        for (JsonNode result : results) {
            int open =
                    result.path("opened").asInt() + result.path("already_there").asInt();
            if (open < result.path("requested").asInt()) {
                return false;
            }
        }
        return true;
    }
}
