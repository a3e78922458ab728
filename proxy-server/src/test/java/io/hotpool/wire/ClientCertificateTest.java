package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Client certificates by rule, to nginx, which says whom it saw and on which connection. */
class ClientCertificateTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static final Authority CLIENTS = TestCertificates.authority("Client CA");

    @TempDir
    Path folder;

    private Nginx asking(String more) {
        return Nginx.start(
                folder,
                lab.leaf(),
                "ssl_client_certificate " + CLIENTS.writePem(folder) + "; ssl_verify_client optional; " + more
                        + " location /who { return 200 \"$ssl_client_verify $ssl_client_s_dn $ssl_protocol c$connection\"; }");
    }

    private String files(String name, String keyType) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        Identity identity =
                CLIENTS.certificate().subject(name).key(keyType).clientOnly().issue();
        Path key = identity.writeKey(own);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return "client_certificate = { cert = \"" + identity.writeChain(own) + "\", key = \"" + key + "\" }";
    }

    private static String who(RunningDaemon daemon, String host, int port, String... lines) throws IOException {
        try (RawClient client = new RawClient(daemon.proxy())) {
            String place = host + ":" + port;
            String[] all = new String[lines.length + 1];
            all[0] = "Host: " + place;
            System.arraycopy(lines, 0, all, 1, lines.length);
            return client.get("https://" + place + "/who", all).text();
        }
    }

    @ParameterizedTest
    @CsvSource({"EC, TLSv1.2", "EC, TLSv1.3", "EC384, TLSv1.3", "RSA, TLSv1.2", "RSA, TLSv1.3"})
    void the_hosts_of_a_rule_see_its_certificate_and_others_see_none(String keyType, String version) throws Exception {
        String certificate = files("alice", keyType);
        try (Nginx nginx = asking("ssl_protocols " + version + ";");
                RunningDaemon daemon =
                        lab.start(config -> config.rule("host = \"" + Lab.HOST + "\"", certificate), false)) {
            for (int port : new int[] {nginx.h2Port(), nginx.h1Port()}) {
                for (String profile : List.of("chrome", "firefox")) {
                    assertThat(who(daemon, Lab.HOST, port, "X-Hotpool-Profile: " + profile))
                            .startsWith("SUCCESS ")
                            .contains("CN=alice " + version);
                    assertThat(who(daemon, Lab.OTHER, port, "X-Hotpool-Profile: " + profile))
                            .startsWith("NONE");
                }
            }
        }
    }

    @Test
    void a_reloaded_rule_takes_the_new_certificate_and_none_of_the_old_ones_connections_or_tickets() throws Exception {
        String first = files("first", "EC");
        String second = files("second", "EC");
        try (Nginx nginx = asking("");
                RunningDaemon daemon = lab.start(config -> config.rule("host = \"*\"", first), false)) {
            assertThat(who(daemon, Lab.HOST, nginx.h2Port())).contains("CN=first");
            Program.named("curl")
                    .args("-sS", "-f", "-X", "PATCH", "-H", "Content-Type: application/json")
                    .args("--data", "{\"rule\": [{\"host\": \"*\", \"client_certificate\": " + asJson(second) + "}]}")
                    .args("http://127.0.0.1:" + daemon.admin().getPort() + "/api/v1/config")
                    .run()
                    .ok();
            assertThat(who(daemon, Lab.HOST, nginx.h2Port()))
                    .startsWith("SUCCESS ")
                    .contains("CN=second");
        }
    }

    private static String asJson(String toml) {
        return toml.substring(toml.indexOf('{')).replace("cert =", "\"cert\":").replace("key =", "\"key\":");
    }

    private String refusal(String rule) throws IOException {
        Path file = Files.writeString(folder.resolve("hotpool.toml"), "[[rule]]\nhost = \"*\"\n" + rule + "\n");
        String[] text = new String[1];
        assertThatThrownBy(() -> new ConfigReader(file, Map.of(), List.of()).read())
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> text[0] = e.problems().toString());
        return text[0];
    }

    @Test
    void files_that_are_wrong_are_told_at_their_line_and_what_is_wrong_with_them() throws Exception {
        String good = files("good", "EC");
        String other = files("other", "RSA");
        Path key = folder.resolve("good")
                .resolve(
                        Path.of(good.replaceAll(".*key = \"([^\"]*)\".*", "$1")).getFileName());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(refusal(good)).contains(":3", "rw-r--r--", "chmod 600");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        String mixed = good.replaceAll(
                "key = \"[^\"]*\"", "key = \"" + other.replaceAll(".*key = \"([^\"]*)\".*", "$1") + "\"");
        assertThat(refusal(mixed)).contains("is not that of the first certificate");
        assertThat(refusal("client_certificate = { cert = \"/nowhere.pem\", key = \"" + key + "\" }"))
                .contains("/nowhere.pem", "there is no such file");
        assertThat(refusal("client_certificate = { cert = \"/nowhere.pem\" }")).contains("'key' is missing");
        Path locked = folder.resolve("locked.pem");
        Program.named("openssl")
                .args("pkey", "-in", key, "-out", locked, "-aes128", "-passout", "pass:secret")
                .run()
                .ok();
        assertThat(refusal(good.replace(key.toString(), locked.toString()))).contains("is encrypted");
        assertThat(new ConfigReader(
                                Files.writeString(
                                        folder.resolve("hotpool.toml"), "[[rule]]\nhost = \"*\"\n" + good + "\n"),
                                Map.of(),
                                List.of())
                        .read()
                        .warnings())
                .isEmpty();
    }
}
