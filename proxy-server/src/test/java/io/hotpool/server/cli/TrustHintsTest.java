package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.wire.fixture.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of {@code ca install}, given to a shell as they stand, but for places that are the whole machine's. */
class TrustHintsTest {
    @TempDir
    Path folder;

    private Path ca = Path.of("");

    @BeforeEach
    void makeRoot() {
        CertificateAuthority.open(folder.resolve("it's mine"), Clock.systemUTC());
        ca = folder.resolve("it's mine/ca.pem");
    }

    private String commands(String whom) {
        return String.join(
                " && ",
                new TrustHints(ca, program -> true, "Linux", true)
                        .all().stream()
                                .filter(hint -> hint.whom().contains(whom))
                                .findFirst()
                                .orElseThrow()
                                .commands());
    }

    private static void shell(String... words) throws Exception {
        Program.Output output = Program.named("sh").args((Object[]) words).run();
        assertThat(output.exit()).as(output::toString).isZero();
    }

    @Test
    void what_is_here_comes_first_and_what_is_elsewhere_is_told_too() {
        TrustHints debian = new TrustHints(ca, Set.of("update-ca-certificates", "chromium")::contains, "Linux", false);
        assertThat(debian.lines())
                .containsSubsequence(
                        "On this machine:",
                        "  the whole system: Debian, Ubuntu, Alpine",
                        "      sudo update-ca-certificates",
                        "Elsewhere:",
                        "  the whole system: Fedora, RHEL",
                        "  Java, the installation whose keytool comes first");
        assertThat(new TrustHints(ca, program -> false, "Mac OS X", true).all())
                .filteredOn(TrustHints.Hint::here)
                .extracting(TrustHints.Hint::whom)
                .containsExactly("one command alone, nothing installed", "the whole system: macOS");
        assertThat(commands("Debian")).doesNotContain("sudo");
    }

    @Test
    void the_system_of_debian_trusts_it_then() throws Exception {
        Path own = Files.createDirectories(folder.resolve("own"));
        Path store = Files.createDirectories(folder.resolve("store"));
        Path hooks = Files.createDirectories(folder.resolve("hooks"));
        Program.named("update-ca-certificates");
        shell(
                "-c",
                commands("Debian")
                                .replace("/usr/local/share/ca-certificates", own.toString())
                                .replace(
                                        "update-ca-certificates",
                                        "/usr/sbin/update-ca-certificates --localcertsdir " + own)
                        + " --etccertsdir " + store + " --hooksdir " + hooks);
        assertThat(Files.readString(store.resolve("ca-certificates.crt")))
                .contains(Files.readString(ca).strip());
        Program.Output verified =
                Program.named("openssl").args("verify", "-CApath", store, ca).run();
        assertThat(verified.text()).endsWith("OK\n");
    }

    @Test
    void the_stores_of_chromium_and_firefox_have_it_then() throws Exception {
        Program.named("certutil");
        Path firefox = Files.createDirectories(folder.resolve(".mozilla/firefox/x1y2z3.default-esr"));
        for (String whom : List.of("Chromium", "Firefox")) {
            shell("-c", "HOME='" + folder + "'; " + commands(whom));
        }
        for (Path store : List.of(folder.resolve(".pki/nssdb"), firefox)) {
            Program.Output listed =
                    Program.named("certutil").args("-d", "sql:" + store, "-L").run();
            assertThat(listed.text()).containsPattern("hotpool +C,,");
        }
    }

    @Test
    void java_has_it_then() throws Exception {
        Path store = folder.resolve("cacerts");
        Files.copy(Path.of(System.getProperty("java.home"), "lib/security/cacerts"), store);
        Path keytool = Path.of(System.getProperty("java.home"), "bin/keytool");
        shell(
                "-c",
                commands("Java")
                        .replace("-cacerts", "-keystore " + store)
                        .replaceFirst("^keytool", keytool.toString()));
        Program.Output listed = Program.named("sh")
                .args("-c", keytool + " -list -storepass changeit -alias hotpool -keystore " + store)
                .run();
        assertThat(listed.text()).contains("trustedCertEntry");
    }
}
