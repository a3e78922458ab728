package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local authority's files, as a first start leaves them and later ones demand them. */
@Tag("check-25")
class LocalAuthorityTest {
    @TempDir
    Path directory;

    @Test
    void a_first_start_makes_a_root_of_its_own_with_tight_modes_and_guards_them() throws Exception {
        X509Certificate first = firstStart("one");
        X509Certificate second = firstStart("two");

        assertThat(first).isNotEqualTo(second);
        assertThat(first.getPublicKey()).isNotEqualTo(second.getPublicKey());
        assertThat(first.getBasicConstraints()).isZero();

        for (String mode : List.of("rw----r--", "rw--w----")) {
            Path key = directory.resolve("one/ca/ca.key");
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
            Program.Output output = restart("one");
            assertThat(output.exit()).as(output::toString).isIn(1, 2);
            assertThat(output.errors() + output.text()).contains("ca.key");
        }

        Files.delete(directory.resolve("two/ca/ca.key"));
        assertThat(restart("two").exit()).isIn(1, 2);
        assertThat(directory.resolve("two/ca/ca.key")).doesNotExist();
    }

    private X509Certificate firstStart(String name) throws Exception {
        Path folder = Files.createDirectory(directory.resolve(name));
        Path config = new DaemonConfig().write(folder);
        try (DaemonProcess daemon = DaemonProcess.start(folder, config)) {
            assertThat(daemon.stop()).isZero();
        }
        assertThat(modes(folder.resolve("ca"))).isEqualTo("rwx------");
        assertThat(modes(folder.resolve("ca/ca.key"))).isEqualTo("rw-------");
        byte[] pem = Files.readAllBytes(folder.resolve("ca/ca.pem"));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    private Program.Output restart(String name) {
        Path folder = directory.resolve(name);
        return DaemonProcess.program(
                        folder,
                        List.of(),
                        "run",
                        "--config",
                        folder.resolve("hotpool.toml").toString())
                .run();
    }

    private static String modes(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
