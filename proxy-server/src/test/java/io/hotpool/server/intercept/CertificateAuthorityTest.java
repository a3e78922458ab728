package io.hotpool.server.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path home;

    private Path folder() {
        return home.resolve("state/hotpool/ca");
    }

    private CertificateAuthority open() {
        return CertificateAuthority.open(folder(), CLOCK);
    }

    private Path key() {
        return folder().resolve("ca.key");
    }

    private Path certificate() {
        return folder().resolve("ca.pem");
    }

    @Test
    void the_first_start_makes_a_private_folder_and_key() throws IOException {
        open();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate())))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void the_root_is_a_p256_ca_with_path_length_zero() throws Exception {
        X509Certificate root = x509(open().der());
        assertThat(root.getBasicConstraints()).isZero();
        assertThat(((ECPublicKey) root.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(root.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(root.getKeyUsage()).containsExactly(false, false, false, false, false, true, true, false, false);
        assertThat(root.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
        root.verify(root.getPublicKey());
        root.checkValidity(java.util.Date.from(NOW));
    }

    @Test
    void the_second_start_finds_the_same_authority() {
        CertificateAuthority first = open();
        CertificateAuthority second = open();
        assertThat(second.pem()).isEqualTo(first.pem());
        assertThat(second.sha256()).isEqualTo(first.sha256());
    }

    @Test
    void two_installations_differ_in_name_and_key() throws Exception {
        CertificateAuthority mine = open();
        CertificateAuthority other = CertificateAuthority.open(home.resolve("other"), CLOCK);
        assertThat(other.subject()).isNotEqualTo(mine.subject()).contains("hotpool local CA ");
        assertThat(x509(other.der()).getPublicKey())
                .isNotEqualTo(x509(mine.der()).getPublicKey());
    }

    @Test
    void reading_makes_nothing() {
        assertThat(CertificateAuthority.read(folder(), CLOCK)).isEmpty();
        assertThat(folder()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-r--r--", "rw--w----", "rw-----w-", "rw-rw-r--"})
    void a_key_that_others_can_read_or_the_group_can_write_is_refused(String mode) throws IOException {
        open();
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(mode));
        assertThatThrownBy(this::open)
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("ca.key")
                .hasMessageContaining("chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----", "r--r-----"})
    void a_key_that_the_group_may_read_is_accepted(String mode) throws IOException {
        String made = open().sha256();
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(mode));
        assertThat(open().sha256()).isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.pem", "ca.key"})
    void one_file_without_the_other_is_refused_and_left_alone(String lost) throws IOException {
        open();
        Files.delete(folder().resolve(lost));
        assertThatThrownBy(this::open).isInstanceOf(AuthorityException.class).hasMessageContaining(lost + " is not");
        assertThat(folder().resolve(lost)).doesNotExist();
    }

    @Test
    void a_key_of_another_authority_is_refused() throws IOException {
        open();
        Path other = home.resolve("other");
        CertificateAuthority.open(other, CLOCK);
        Files.writeString(key(), Files.readString(other.resolve("ca.key")));
        assertThatThrownBy(this::open).hasMessageContaining("is not the private key of");
    }

    @Test
    void an_expired_root_is_refused_and_not_renewed_silently() throws IOException {
        open();
        String before = Files.readString(certificate());
        Clock later = Clock.offset(CLOCK, Duration.ofDays(3651));
        assertThatThrownBy(() -> CertificateAuthority.open(folder(), later))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("expired on 2036")
                .hasMessageContaining("ca rotate");
        assertThat(Files.readString(certificate())).isEqualTo(before);
    }

    @Test
    void a_clock_far_in_the_past_is_named_as_the_cause() {
        open();
        Clock past = Clock.offset(CLOCK, Duration.ofDays(-3));
        assertThatThrownBy(() -> CertificateAuthority.open(folder(), past)).hasMessageContaining("check the clock");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"})
    void a_damaged_key_is_refused_by_name(String content) throws IOException {
        open();
        Files.writeString(key(), content);
        assertThatThrownBy(this::open).isInstanceOf(AuthorityException.class).hasMessageContaining("ca.key");
    }

    @Test
    void a_leaf_in_the_place_of_the_root_is_refused() throws Exception {
        CertificateAuthority root = open();
        Leaf leaf = new LeafMinter(root, CLOCK, () -> Duration.ofDays(7)).mint(LeafName.of("example.com"));
        Files.writeString(
                certificate(), Pem.write("CERTIFICATE", leaf.certificate().getEncoded()));
        Files.writeString(key(), Pem.write("PRIVATE KEY", leaf.key().getEncoded()));
        assertThatThrownBy(this::open).hasMessageContaining("is not a CA certificate");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "");
        assertThatThrownBy(() -> CertificateAuthority.open(file, CLOCK)).hasMessageContaining("is not a folder");
        assertThatThrownBy(() -> CertificateAuthority.open(file.resolve("ca"), CLOCK))
                .hasMessageContaining("ca.dir");
    }

    @Test
    void rotating_makes_a_new_root_and_keeps_the_old_one_beside_it() throws IOException {
        CertificateAuthority old = open();
        CertificateAuthority fresh = CertificateAuthority.rotate(folder(), CLOCK);
        assertThat(fresh.sha256()).isNotEqualTo(old.sha256());
        assertThat(open().sha256()).isEqualTo(fresh.sha256());
        Path kept = folder().resolve("ca-" + old.shortId() + ".pem");
        assertThat(Files.readString(kept)).isEqualTo(old.pem());
    }

    @Test
    void starts_at_the_same_time_agree_on_one_authority() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<String> start = () -> {
                while (true) {
                    try {
                        return open().sha256();
                    } catch (java.nio.channels.OverlappingFileLockException e) {
                        Thread.onSpinWait(); // locks are per process: what two processes wait for, two threads are told
                    }
                }
            };
            List<Future<String>> ids = threads.invokeAll(List.of(start, start, start, start));
            String first = ids.get(0).get();
            for (Future<String> id : ids) {
                assertThat(id.get()).isEqualTo(first);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static X509Certificate x509(byte[] der) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    @Test
    void what_openssl_makes_can_be_brought_along() throws Exception {
        Files.createDirectories(folder());
        run(List.of("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", key().toString()));
        run(List.of(
                "openssl",
                "req",
                "-x509",
                "-new",
                "-key",
                key().toString(),
                "-subj",
                "/CN=mine",
                "-days",
                "3000",
                "-addext",
                "keyUsage=critical,keyCertSign",
                "-out",
                certificate().toString()));
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-------"));
        assertThat(CertificateAuthority.open(folder(), Clock.systemUTC()).subject())
                .isEqualTo("CN=mine");
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
