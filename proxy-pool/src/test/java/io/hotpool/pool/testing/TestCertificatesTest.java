package io.hotpool.pool.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCertificatesTest {
    @Test
    void a_leaf_is_signed_by_its_authority_and_carries_its_intermediates(@TempDir Path dir) throws Exception {
        TestCertificates.Authority root = TestCertificates.authority("Root");
        TestCertificates.Identity leaf = root.intermediate("Middle").leaf("example.test", "127.0.0.1");

        assertThat(leaf.chain()).hasSize(2);
        leaf.chain().get(0).verify(leaf.chain().get(1).getPublicKey());
        leaf.chain().get(1).verify(root.root().getPublicKey());
        assertThat(leaf.certificate().getSubjectAlternativeNames()).hasSize(2);
        assertThat(Files.readString(leaf.writeChain(dir))).contains("BEGIN CERTIFICATE");
        assertThat(Files.readString(leaf.writeKey(dir))).contains("PRIVATE KEY");
    }

    @Test
    void an_expired_leaf_is_expired() {
        TestCertificates.Identity leaf = TestCertificates.authority("Root")
                .certificate()
                .names("example.test")
                .expired()
                .issue();

        assertThatThrownBy(() -> leaf.certificate().checkValidity()).isInstanceOf(CertificateExpiredException.class);
    }
}
