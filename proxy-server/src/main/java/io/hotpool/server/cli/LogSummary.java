package io.hotpool.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fault.FaultKind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Lines of logs, counted. What is kept does not grow with the file: a bounded number of hosts, one histogram, the slowest few.
 * Confined to one thread.
 */
final class LogSummary {
    static final int MOST_HOSTS = 20_000;

    private static final int MOST_KINDS = 200;
    private static final int MOST_STATUS = 999;
    private static final int LONGEST_NAME = 300;

    private static final int SLOWEST = 100;
    private static final long LONGEST_MICROS = 24L * 3600 * 1_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ACCESS =
            Pattern.compile("^(\\S+) \\d+ \\S+ [a-z-]+ (\\S+) (\\S+) (\\d{1,3}) (kind=.*)$");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\S+)");
    private static final Pattern ORIGIN = Pattern.compile("^([a-z]+)://([^/]+)(.*)$");

    /** What the daemon's own log says of addresses and connections, by the words of its lines. */
    private static final Map<String, Pattern> TOLD = told();

    private final Map<String, Long> statuses = new TreeMap<>();
    private final Map<String, Long> kinds = new TreeMap<>();
    private final Map<String, Long> hosts = new LinkedHashMap<>();
    private final Map<String, Long> told = new LinkedHashMap<>();
    private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
    private final PriorityQueue<Slow> slowest = new PriorityQueue<>(Comparator.comparingDouble(Slow::millis));
    private long lines;
    private long exchanges;
    private long reused;
    private long withConnection;
    private long other;
    private String first = "";
    private String last = "";

    private record Slow(double millis, String what) {}

    private static Map<String, Pattern> told() {
        Map<String, Pattern> all = new LinkedHashMap<>();
        all.put("listed", Pattern.compile("address \\S+ allowed, was |\\bwhitelist: \\S+.* put by hand"));
        all.put("denied", Pattern.compile("address \\S+ denied, was |\\bblacklist: \\S+.* put by hand"));
        all.put("unhealthy", Pattern.compile("connection \\d+ checked: (?:UNEXPECTED_STATUS|TIMEOUT|DEAD)"));
        all.put("removed", Pattern.compile("connection \\d+ closed, "));
        all.put("prewarm_failed", Pattern.compile("prewarmed \\d+ of .* failed=\\{[^}]|prewarming failed: "));
        all.put("health_failed", Pattern.compile("connection \\d+ checked: (?:TIMEOUT|DEAD)"));
        all.put("dial_failed", Pattern.compile(" (?:" + dialFaults() + "): host "));
        all.put("errors", Pattern.compile(" ERROR |\"level\":\"ERROR\""));
        all.put("warnings", Pattern.compile(" WARN |\"level\":\"WARN\""));
        return all;
    }

    private static String dialFaults() {
        return Arrays.stream(FaultKind.values()).map(FaultKind::label).collect(Collectors.joining("|"));
    }

    void add(String line) {
        lines++;
        if (line.startsWith("{") && addJson(line) || addText(line)) {
            return;
        }
        boolean known = false;
        for (Map.Entry<String, Pattern> entry : TOLD.entrySet()) {
            if (entry.getValue().matcher(line).find()) {
                told.merge(entry.getKey(), 1L, Long::sum);
                known = true;
            }
        }
        other += known ? 0 : 1;
    }

    private boolean addJson(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            int status = json.path("status").asInt(-1);
            if (status < 0 || status > MOST_STATUS || !json.has("total_ms")) {
                return false;
            }
            String host =
                    json.path("host").asText("-") + ":" + json.path("port").asText("-");
            exchange(
                    json.path("time").asText(),
                    json.path("method").asText() + " " + host
                            + json.path("path").asText(),
                    host,
                    status,
                    json.path("kind").asText("-"),
                    json.path("total_ms").asDouble());
            if (json.has("reused")) {
                connection(json.path("reused").asBoolean());
            }
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private boolean addText(String line) {
        Matcher access = ACCESS.matcher(line);
        if (!access.matches()) {
            return false;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(access.group(5));
        while (field.find()) {
            fields.put(field.group(1), field.group(2));
        }
        Matcher origin = ORIGIN.matcher(access.group(3));
        exchange(
                access.group(1),
                access.group(2) + " " + access.group(3),
                origin.matches() ? withPort(origin.group(1), origin.group(2)) : "-",
                Integer.parseInt(access.group(4)),
                fields.getOrDefault("kind", "-"),
                millis(fields.getOrDefault("total", "0ms")));
        String reuse = fields.getOrDefault("reused", "-");
        if (!reuse.equals("-")) {
            connection(reuse.equals("true"));
        }
        return true;
    }

    private static String withPort(String scheme, String authority) {
        boolean port = authority.lastIndexOf(':') > authority.lastIndexOf(']');
        return port ? authority : authority + (scheme.equals("https") ? ":443" : ":80");
    }

    private static double millis(String text) {
        try {
            return Double.parseDouble(text.replace("ms", ""));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void connection(boolean ready) {
        withConnection++;
        reused += ready ? 1 : 0;
    }

    private void exchange(String at, String what, String host, int status, String kind, double millis) {
        exchanges++;
        first = first.isEmpty() || at.compareTo(first) < 0 ? at : first;
        last = at.compareTo(last) > 0 ? at : last;
        statuses.merge(Integer.toString(status), 1L, Long::sum);
        if (!kind.equals("-")) {
            count(kinds, kind, MOST_KINDS, "(other kinds)");
        }
        count(hosts, host, MOST_HOSTS, "(other hosts)");
        micros.recordValue(Math.max(0, Math.min(LONGEST_MICROS, Math.round(millis * 1000))));
        slowest.add(new Slow(millis, cut(what)));
        if (slowest.size() > SLOWEST) {
            slowest.poll();
        }
    }

    private static void count(Map<String, Long> counts, String name, int most, String others) {
        String key = cut(name);
        counts.merge(counts.size() < most || counts.containsKey(key) ? key : others, 1L, Long::sum);
    }

    private static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }

    /** @param top length of the lists */
    Map<String, Object> report(int top) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("lines", lines);
        report.put("exchanges", exchanges);
        report.put("not_understood", other);
        if (exchanges > 0) {
            report.put("first", first);
            report.put("last", last);
            report.put(
                    "failed", kinds.values().stream().mapToLong(Long::longValue).sum());
            report.put("reuse_rate", withConnection == 0 ? 0 : Math.round(1000.0 * reused / withConnection) / 1000.0);
            report.put("mean_ms", tenths(micros.getMean()));
            for (double share : new double[] {50, 90, 99, 99.9}) {
                String name = String.format(
                        Locale.ROOT, "p%s_ms", Double.toString(share).replace(".0", ""));
                report.put(name, tenths(micros.getValueAtPercentile(share)));
            }
            report.put("statuses", statuses);
            report.put("kinds", most(kinds, top));
            report.put("hosts", most(hosts, top));
            report.put("slowest", slowest(top));
        }
        report.put("told", told);
        return report;
    }

    private Map<String, Object> slowest(int top) {
        Map<String, Object> all = new LinkedHashMap<>();
        slowest.stream()
                .sorted(Comparator.comparingDouble(Slow::millis).reversed())
                .limit(top)
                .forEach(slow -> all.putIfAbsent(slow.what(), slow.millis() + " ms"));
        return all;
    }

    private static Map<String, Long> most(Map<String, Long> counts, int top) {
        Map<String, Long> most = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(top)
                .forEach(e -> most.put(e.getKey(), e.getValue()));
        return most;
    }

    private static double tenths(double micros) {
        return Math.round(micros / 100) / 10.0;
    }
}
