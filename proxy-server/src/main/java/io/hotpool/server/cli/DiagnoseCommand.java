package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "diagnose",
        description =
                "One fresh request of the running daemon to a URL, step by step, with findings and advice; exit code 1 when it fails.",
        mixinStandardHelpOptions = true)
final class DiagnoseCommand implements Callable<Integer> {
    private static final int LONGEST_MILLIS = 180_000;

    @Mixin
    private Output output = new Output();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Parameters(
            paramLabel = "URL",
            converter = Arguments.WholeUrl.class,
            description = "A whole one: https://www.example.com/")
    private URI url = URI.create("http://127.0.0.1/");

    @Override
    public Integer call() {
        JsonNode diagnosis = admin.post("/api/v1/diagnose", Map.of("url", url.toString()), LONGEST_MILLIS);
        if (output.json()) {
            output.showJson(diagnosis);
        } else {
            tell(diagnosis, output.out());
        }
        return diagnosis.path("ok").asBoolean() ? 0 : 1;
    }

    private static void tell(JsonNode diagnosis, PrintWriter out) {
        out.println(diagnosis.path("url").asText() + " as "
                + diagnosis.path("profile").asText());
        for (JsonNode step : diagnosis.path("steps")) {
            String mark = step.path("ok").asBoolean() ? "@|green ok|@    " : "@|red failed|@";
            out.printf(
                    Locale.ROOT,
                    "  %s %-10s %9.1f ms  %s%n",
                    Terminal.colours().string(mark),
                    step.path("step").asText(),
                    step.path("ms").asDouble(),
                    step.path("detail").asText());
        }
        JsonNode pool = diagnosis.path("pool");
        out.printf(
                "  pool: %s connections to this host (at most %s), %s waiting, %s of %s in all%n",
                pool.path("host_connections").asText(),
                diagnosis.path("thresholds").path("pool.max_conns_per_host").asText(),
                pool.path("host_waiting").asText(),
                pool.path("all_connections").asText(),
                diagnosis.path("thresholds").path("pool.max_connections").asText());
        for (JsonNode address : pool.path("addresses")) {
            String cause = address.path("cause").asText();
            out.println("  address " + address.path("ip").asText() + ": "
                    + address.path("state").asText() + (cause.isEmpty() ? "" : ", " + cause));
        }
        diagnosis.path("findings").forEach(finding -> out.println("found:  " + finding.asText()));
        diagnosis.path("advice").forEach(advice -> out.println("advice: " + advice.asText()));
    }
}
