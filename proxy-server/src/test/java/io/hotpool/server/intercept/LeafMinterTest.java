package io.hotpool.server.intercept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafMinterTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private CertificateAuthority authority;

    @BeforeEach
    void openAuthority() {
        authority = CertificateAuthority.open(folder.resolve("ca"), CLOCK);
    }

    private X509Certificate mint(String host, Duration lifetime) {
        return new LeafMinter(authority, CLOCK, () -> lifetime)
                .mint(LeafName.of(host))
                .certificate();
    }

    private X509Certificate mint(String host) {
        return mint(host, Duration.ofDays(7));
    }

    @Test
    void a_leaf_is_signed_by_the_root_and_says_so() throws Exception {
        X509Certificate leaf = mint("www.example.com");
        X509Certificate root = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority.der()));
        leaf.verify(root.getPublicKey());
        assertThat(leaf.getIssuerX500Principal()).isEqualTo(root.getSubjectX500Principal());
        var leafExtensions = new JcaX509CertificateHolder(leaf).getExtensions();
        assertThat(AuthorityKeyIdentifier.fromExtensions(leafExtensions).getKeyIdentifierOctets())
                .isEqualTo(authority.keyIdentifier());
        assertThat(SubjectKeyIdentifier.fromExtensions(leafExtensions).getKeyIdentifier())
                .hasSize(20);
    }

    @Test
    void a_leaf_is_for_tls_servers_only() throws Exception {
        X509Certificate leaf = mint("www.example.com");
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getKeyUsage()).startsWith(true, false, false, false, false, false);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void a_name_is_a_dns_name_and_a_literal_an_ip_address() throws Exception {
        assertThat(mint("bücher.example").getSubjectAlternativeNames())
                .containsExactly(List.of(2, "xn--bcher-kva.example"));
        assertThat(mint("192.0.2.7").getSubjectAlternativeNames()).containsExactly(List.of(7, "192.0.2.7"));
        assertThat(mint("2001:db8::7").getSubjectAlternativeNames())
                .containsExactly(List.of(7, "2001:db8:0:0:0:0:0:7"));
    }

    @Test
    void a_name_too_long_for_a_common_name_stands_in_the_alternative_name_alone() throws Exception {
        String host = "a".repeat(60) + ".example";
        X509Certificate leaf = mint(host);
        assertThat(leaf.getSubjectX500Principal().getName()).doesNotContain("CN=");
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(2, host));
    }

    @Test
    void the_lifetime_is_the_configured_one_and_at_most_thirty_days() {
        assertThat(days(mint("a.example", Duration.ofDays(7)))).isEqualTo(Duration.ofDays(7));
        assertThat(days(mint("a.example", Duration.ofDays(400)))).isEqualTo(Duration.ofDays(30));
        assertThat(mint("a.example").getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofHours(1)));
    }

    @Test
    void no_leaf_outlives_its_root() {
        Clock late = Clock.fixed(authority.notAfter().minus(Duration.ofDays(1)), ZoneOffset.UTC);
        X509Certificate leaf = new LeafMinter(authority, late, () -> Duration.ofDays(7))
                .mint(LeafName.of("a.example"))
                .certificate();
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(authority.notAfter());
    }

    @Test
    void serial_numbers_are_positive_long_and_never_the_same() {
        X509Certificate one = mint("a.example");
        X509Certificate two = mint("a.example");
        assertThat(one.getSerialNumber()).isPositive().isNotEqualTo(two.getSerialNumber());
        assertThat(one.getSerialNumber().bitLength()).isEqualTo(127);
    }

    private static Duration days(X509Certificate leaf) {
        return Duration.between(
                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    }
}
