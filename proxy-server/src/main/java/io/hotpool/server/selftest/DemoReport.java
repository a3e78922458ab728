package io.hotpool.server.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a demo found, for people and as JSON. */
public record DemoReport(List<Step> steps) {
    public DemoReport {
        steps = List.copyOf(steps);
    }

    /**
     * One request.
     *
     * @param form how it was sent
     * @param seen the origin's answer; null when there was none
     * @param connection id of the upstream connection that carried it, empty when not reported
     * @param failure why there was no answer, empty when there was
     */
    public record Step(
            String profile,
            String form,
            @Nullable JsonNode seen,
            String connection,
            boolean reused,
            double millis,
            String failure) {

        static Step answered(String profile, String form, JsonNode seen, Map<String, String> headers, double millis) {
            String connection = headers.getOrDefault("x-hotpool-connection", "");
            boolean reused = seen.at("/connection/requests").asInt() > 1;
            return new Step(profile, form, seen, connection, reused, millis, "");
        }

        static Step failed(String profile, String form, String failure) {
            return new Step(profile, form, null, "", false, 0, failure);
        }

        public boolean matches() {
            return seen != null && seen.path("match").asBoolean();
        }

        private String text(String pointer) {
            return seen == null ? "" : seen.at(pointer).asText();
        }
    }

    /** True when every request was answered, and the origin saw each time what the profile promises. */
    public boolean matches() {
        return !steps.isEmpty() && steps.stream().allMatch(Step::matches);
    }

    public String text() {
        StringBuilder out = new StringBuilder();
        Set<String> profiles = new LinkedHashSet<>();
        steps.forEach(step -> profiles.add(step.profile()));
        profiles.forEach(profile -> profile(
                out, steps.stream().filter(s -> s.profile().equals(profile)).toList()));
        line(
                out,
                "pool: %d requests over %d connections, %d of them on a connection that was already there",
                steps.size(),
                connections(),
                reused());
        line(out, matches() ? "all as promised" : "NOT as promised");
        return out.toString();
    }

    private static void profile(StringBuilder out, List<Step> steps) {
        Step first = steps.stream().filter(s -> s.seen() != null).findFirst().orElse(steps.get(0));
        line(out, "as %s (%s)", steps.get(0).profile(), first.text("/profile"));
        for (Step step : steps) {
            line(
                    out,
                    "  %-8s %-38s %s",
                    step.matches() ? "match" : "DIFFERS",
                    step.form(),
                    step.seen() == null
                            ? step.failure()
                            : String.format(
                                    Locale.ROOT,
                                    "%s %s  %s  %.1f ms",
                                    step.text("/tls/alpn"),
                                    step.text("/tls/version"),
                                    step.reused() ? "reused" : "new   ",
                                    step.millis()));
            if (step.seen() != null) {
                step.seen()
                        .get("differences")
                        .forEach(d -> line(
                                out,
                                "           %s: promised %s, seen %s",
                                d.get("what").asText(),
                                d.get("expected"),
                                d.get("seen")));
            }
        }
        pair(out, "ja4", first.text("/expected/ja4"), first.text("/tls/ja4"));
        pair(out, "ja3n", first.text("/expected/ja3n"), first.text("/tls/ja3n"));
        pair(out, "akamai", first.text("/expected/akamai"), first.text("/http2/akamai"));
        line(out, "  headers  %s", String.join(", ", names(first)));
        line(out, "");
    }

    private static void pair(StringBuilder out, String name, String promised, String seen) {
        line(out, "  %-8s promised %s", name, promised.isEmpty() ? "(varies)" : promised);
        line(out, "  %-8s seen     %s", "", seen);
    }

    private static List<String> names(Step step) {
        if (step.seen() == null) {
            return List.of();
        }
        String place = step.seen().has("http2") ? "/http2/header_order" : "/http1/header_order";
        List<String> names = new ArrayList<>();
        step.seen().at(place).forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Connections as the origin told them apart: each sent a ClientHello of its own. */
    private long connections() {
        return steps.stream()
                .filter(step -> step.seen() != null)
                .map(step -> step.text("/tls/client_hello"))
                .distinct()
                .count();
    }

    private long reused() {
        return steps.stream().filter(Step::reused).count();
    }

    public JsonNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("match", matches());
        json.put("requests", steps.size());
        json.put("connections", connections());
        json.put("reused", reused());
        ArrayNode list = json.putArray("steps");
        for (Step step : steps) {
            ObjectNode entry = list.addObject();
            entry.put("profile", step.profile());
            entry.put("form", step.form());
            entry.put("match", step.matches());
            if (step.seen() == null) {
                entry.put("failure", step.failure());
            } else {
                entry.put("reused", step.reused());
                entry.put("connection", step.connection());
                entry.put("milliseconds", step.millis());
                entry.set("seen", step.seen());
            }
        }
        return json;
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
