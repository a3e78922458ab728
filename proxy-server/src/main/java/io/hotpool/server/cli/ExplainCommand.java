package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description =
                "Says why the running daemon uses an IP address of a host, or does not: lists, evidence, since and until.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Parameters(paramLabel = "IP", converter = Arguments.Ip.class, description = "An IPv4 or IPv6 address.")
    private String ip = "";

    @Option(
            names = "--origin",
            paramLabel = "HOST:PORT",
            converter = Endpoint.Converter.class,
            description = "At this host only.")
    private @Nullable Endpoint origin;

    @Override
    public Integer call() {
        String path =
                "/api/v1/addresses/" + encoded(ip) + (origin == null ? "" : "?origin=" + encoded(origin.toString()));
        JsonNode explained = admin.get(path);
        if (output.json()) {
            output.showJson(explained);
        } else {
            explained.path("why").forEach(why -> output.out().println(why.asText()));
        }
        return 0;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
