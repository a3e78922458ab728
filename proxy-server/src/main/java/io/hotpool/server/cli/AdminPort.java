package io.hotpool.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.config.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The admin port of a running daemon, for commands that ask it something. */
final class AdminPort {
    private static final int CONNECT_MILLIS = 5000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--admin",
            paramLabel = "ADDRESS:PORT",
            converter = Endpoint.Converter.class,
            description = "The admin port, also as http://…; otherwise that of the running daemon.")
    private @Nullable Endpoint admin;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:HOTPOOL_ADMIN_TOKEN}",
            description = "The admin port's token (default: $HOTPOOL_ADMIN_TOKEN).")
    private @Nullable String token;

    /** The status alone; an admin port that does not answer is a failure. */
    int status(String path) {
        try {
            return open("GET", path, CONNECT_MILLIS).getResponseCode();
        } catch (IOException e) {
            throw silent(e);
        }
    }

    JsonNode get(String path) {
        return ask("GET", path, null, CONNECT_MILLIS);
    }

    /** @param millis longest wait for the answer */
    JsonNode post(String path, Object body, int millis) {
        return ask("POST", path, body, millis);
    }

    String address() {
        return admin != null
                ? admin.toString()
                : RunningDaemon.newest("name its admin port with --admin")
                        .admin()
                        .get(0);
    }

    private JsonNode ask(String method, String path, @Nullable Object body, int millis) {
        try {
            HttpURLConnection connection = open(method, path, millis);
            if (body != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(JSON.writeValueAsBytes(body));
                }
            }
            return answer(connection, path);
        } catch (IOException e) {
            throw silent(e);
        }
    }

    private HttpURLConnection open(String method, String path, int millis) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) new URL("http://" + address() + path).openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(millis);
        connection.setRequestMethod(method);
        if (token != null && !token.isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        return connection;
    }

    private Failure silent(IOException e) {
        return new Failure("the admin port http://" + address() + "/ does not answer: " + FileTrouble.reason(e)
                + "\nis hotpool running there? --admin names another port");
    }

    private JsonNode answer(HttpURLConnection connection, String path) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
            if (status < 400) {
                return JSON.readTree(bytes);
            }
            throw refused(status, path, JSON.readTree(bytes).path("detail").asText());
        } catch (JsonProcessingException e) {
            throw new Failure("what answers at http://" + address() + "/ is not hotpool's admin port (status " + status
                    + ")\n--admin names another port");
        }
    }

    private Failure refused(int status, String path, String detail) {
        if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
            String wrong = token == null || token.isEmpty() ? " asks for a token" : " does not take this token";
            return new Failure("the admin port http://" + address() + "/" + wrong
                    + "\ngive the value of admin.token with --token or in HOTPOOL_ADMIN_TOKEN");
        }
        String told = path.replaceFirst("\\?.*", "") + " answered " + status + ": " + detail;
        return status == HttpURLConnection.HTTP_BAD_REQUEST ? Failure.usage(told) : new Failure(told);
    }
}
