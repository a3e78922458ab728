package io.hotpool.wire.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the clients of the soak saw. Any thread. */
final class Tally {
    private static final Pattern KIND = Pattern.compile("\"kind\"\\s*:\\s*\"([a-z_]+)\"");
    private static final int EXAMPLES = 20;

    /** A client and the host it asked, and how its requests ended. */
    private final Map<String, LongAdder[]> rows = new ConcurrentSkipListMap<>();

    private final Map<String, LongAdder> kinds = new ConcurrentSkipListMap<>();
    private final Map<String, Boolean> answeredPosts = new ConcurrentHashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();

    /** Judges a response as the client has it. */
    void response(String client, Ask ask, int status, String idHeader, String receipt, byte[] body) {
        if (status == 200) {
            boolean uploaded = !ask.post() || ask.receipt().equals(receipt);
            boolean right = uploaded && ask.id().equals(idHeader) && Arrays.equals(body, ask.answer());
            if (right && ask.post()) {
                answeredPosts.put(ask.id(), true);
            }
            count(
                    client,
                    ask,
                    right ? Outcome.OK : Outcome.FALSE,
                    right ? "" : difference(ask, idHeader, receipt, body));
            return;
        }
        Matcher kind = KIND.matcher(new String(body, java.nio.charset.StandardCharsets.UTF_8));
        if (status >= 500 && kind.find()) {
            kinds.computeIfAbsent(kind.group(1), k -> new LongAdder()).increment();
            count(client, ask, Outcome.FAULT, status + " " + new String(body, java.nio.charset.StandardCharsets.UTF_8));
        } else {
            count(client, ask, Outcome.FALSE, "status " + status);
        }
    }

    private static String difference(Ask ask, String idHeader, String receipt, byte[] body) {
        return "X-Id %s, %d of %d bytes, the same up to byte %d; receipt %s for %s"
                .formatted(
                        idHeader,
                        body.length,
                        ask.size(),
                        Arrays.mismatch(body, ask.answer()),
                        receipt,
                        ask.post() ? ask.receipt() : "no body");
    }

    void count(String client, Ask ask, Outcome outcome, String detail) {
        rows.computeIfAbsent(client + " > " + label(ask), row -> adders())[outcome.ordinal()].increment();
        if (outcome == Outcome.NONE || outcome == Outcome.FALSE) {
            wrong.add("%s: %s %s: %s %s".formatted(client, ask.method(), ask.url(), outcome, detail));
        }
    }

    private static String label(Ask ask) {
        return ask.host().name().replace(".example.test", "") + (ask.post() ? " POST" : "");
    }

    private static LongAdder[] adders() {
        return Arrays.stream(Outcome.values()).map(o -> new LongAdder()).toArray(LongAdder[]::new);
    }

    long total(Outcome... outcomes) {
        return rows.values().stream()
                .mapToLong(row -> Arrays.stream(outcomes)
                        .mapToLong(o -> row[o.ordinal()].sum())
                        .sum())
                .sum();
    }

    /** No outcome, or a false one; the first of them. */
    List<String> wrong() {
        return wrong.subList(0, Math.min(EXAMPLES, wrong.size()));
    }

    /** Ids of POSTs that were answered with success. */
    Iterable<String> answeredPosts() {
        return answeredPosts.keySet();
    }

    String table() {
        StringBuilder text = new StringBuilder("%-28s".formatted("client > host"));
        for (Outcome outcome : Outcome.values()) {
            text.append("%9s".formatted(outcome));
        }
        Map<String, LongAdder[]> all = new TreeMap<>(rows);
        all.forEach((name, row) -> {
            text.append("%n%-28s".formatted(name));
            for (LongAdder count : row) {
                text.append("%9d".formatted(count.sum()));
            }
        });
        text.append("%n%-28s".formatted("all"));
        for (Outcome outcome : Outcome.values()) {
            text.append("%9d".formatted(total(outcome)));
        }
        return text.append("%nfaults: %s".formatted(kinds)).toString();
    }
}
