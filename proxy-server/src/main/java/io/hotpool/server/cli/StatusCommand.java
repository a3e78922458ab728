package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = "Is the daemon ready (exit code 0 if it is, 1 if not), and what its pool does.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int TIMEOUT_MILLIS = 5000;

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--admin",
            paramLabel = "ADDRESS:PORT",
            description = "The admin port; otherwise that of the running daemon.")
    private @Nullable String admin;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:HOTPOOL_ADMIN_TOKEN}",
            description = "The admin port's token (default: $HOTPOOL_ADMIN_TOKEN).")
    private @Nullable String token;

    @Option(names = "--ready", description = "Ask for readiness only.")
    private boolean readyOnly;

    @Override
    public Integer call() throws IOException {
        String address = address();
        boolean ready = get(address, "/readyz").status() == 200;
        Shown shown = Shown.of("ready", ready).and("admin", "http://" + address + "/");
        if (!readyOnly) {
            Answer stats = get(address, "/api/v1/stats");
            if (stats.status() != 200) {
                throw new Failure("http://" + address + "/api/v1/stats answered " + stats.status()
                        + (stats.status() == 401 ? ": give the token with --token" : ""));
            }
            JsonNode tree = new ObjectMapper().readTree(stats.body());
            tree.properties().forEach(field -> shown.and(field.getKey(), plain(field.getValue())));
        }
        output.show(shown);
        return ready ? 0 : 1;
    }

    private static Object plain(JsonNode value) {
        return value.isValueNode() ? value.asText() : value;
    }

    private String address() {
        if (admin != null) {
            return admin;
        }
        return RunningDaemon.all().stream()
                .findFirst()
                .map(d -> d.admin().get(0))
                .orElseThrow(() -> new Failure("no running hotpool was found in " + RunningDaemon.folder()
                        + "; name its admin port with --admin"));
    }

    private record Answer(int status, byte[] body) {}

    private Answer get(String address, String path) {
        try {
            URL url = new URL("http://" + address + path);
            HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            if (token != null && !token.isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, body == null ? new byte[0] : body.readAllBytes());
            }
        } catch (IOException e) {
            throw new Failure("the admin port http://" + address + "/ does not answer: " + e.getMessage());
        }
    }
}
