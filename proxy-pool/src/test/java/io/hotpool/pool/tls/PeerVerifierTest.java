package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerVerifierTest {
    private static final String HOST = "www.example.test";
    private static final Authority CA = TestCertificates.authority("Trusted CA");

    private Instant now = Instant.now();
    private final PeerVerifier verifier = new PeerVerifier(TrustRoots.only(List.of(CA.root())), () -> now);

    @Test
    void a_good_leaf_is_trusted_until_it_ends() {
        Identity leaf = CA.leaf(HOST);

        assertThat(verify(leaf, HOST))
                .isEqualTo(leaf.certificate().getNotAfter().toInstant());
    }

    @Test
    void intermediates_may_come_in_any_order_and_with_the_root() {
        Identity leaf = CA.intermediate("One").intermediate("Two").leaf(HOST);
        List<X509Certificate> shuffled = new ArrayList<>(List.of(
                leaf.certificate(), leaf.chain().get(2), CA.root(), leaf.chain().get(1)));

        assertThatCode(() -> verifier.verify(encoded(shuffled), HOST)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC384", "EC521", "RSA", "Ed25519"})
    void every_modern_kind_of_key_is_trusted(String key) {
        assertThatCode(() -> verify(CA.certificate().names(HOST).key(key).issue(), HOST))
                .doesNotThrowAnyException();
    }

    @Test
    void an_expired_certificate_is_refused() {
        assertThat(problem(CA.certificate().names(HOST).expired().issue())).contains("expired on 2");
    }

    @Test
    void a_certificate_of_the_future_is_refused() {
        assertThat(problem(CA.certificate().names(HOST).notYetValid().issue())).contains("is not valid before 2");
    }

    @Test
    void a_certificate_for_another_host_is_refused_with_the_names_it_has() {
        assertThat(problem(CA.leaf("a.example.test", "b.example.test")))
                .contains("another host: not www.example.test, but a.example.test, b.example.test");
    }

    /** Two names and two keys that certify each other ten times over: 25 million ways, none of them to a root. */
    @Test
    void a_maze_of_certificates_is_left_after_a_few_steps() throws Exception {
        KeyPair a = TestCertificates.keyPair("EC");
        KeyPair b = TestCertificates.keyPair("EC");
        List<X509Certificate> maze = new ArrayList<>();
        maze.add(crossed("CN=leaf", a, "CN=A", a, false));
        for (int i = 0; i < 10; i++) {
            maze.add(crossed("CN=A", a, "CN=B", b, true));
            maze.add(crossed("CN=B", b, "CN=A", a, true));
        }
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> verifier.verify(encoded(maze), HOST))
                        .isInstanceOf(Fault.class)
                        .hasMessageContaining("unknown authority"));
    }

    @Test
    void more_certificates_than_any_server_needs_are_refused() throws Exception {
        KeyPair key = TestCertificates.keyPair("EC");
        List<X509Certificate> many = Collections.nCopies(65, crossed("CN=A", key, "CN=B", key, true));
        assertThatThrownBy(() -> verifier.verify(encoded(many), HOST)).hasMessageContaining("too many");
    }

    private static X509Certificate crossed(String subject, KeyPair key, String issuer, KeyPair signer, boolean ca)
            throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger(64, new Random()),
                Date.from(Instant.now().minus(Duration.ofDays(1))),
                Date.from(Instant.now().plus(Duration.ofDays(1))),
                new X500Name(subject),
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    }

    @Test
    void a_self_signed_certificate_is_refused() {
        assertThat(problem(TestCertificates.selfSignedLeaf(HOST))).contains("is self-signed");
    }

    @Test
    void a_certificate_of_an_unknown_authority_is_refused() {
        assertThat(problem(TestCertificates.authority("Stranger").leaf(HOST)))
                .contains("unknown authority")
                .contains("Stranger");
    }

    @Test
    void a_name_like_the_trusted_one_does_not_make_an_authority() {
        assertThat(problem(TestCertificates.authority("Trusted CA").leaf(HOST))).contains("the origin's certificate");
    }

    @Test
    void a_sha1_signature_is_refused() {
        assertThat(problem(CA.certificate().names(HOST).digest("SHA1").issue()))
                .contains("broken digest")
                .contains("SHA1");
    }

    @Test
    void a_sha1_signature_of_an_intermediate_is_refused() {
        Identity middle = CA.certificate()
                .subject("Weak middle")
                .authority()
                .digest("SHA1")
                .issue();
        Authority weak = TestCertificates.authority(middle);

        assertThat(problem(weak.leaf(HOST))).contains("Weak middle").contains("broken digest");
    }

    @Test
    void a_short_rsa_key_is_refused() {
        assertThat(problem(CA.certificate().names(HOST).key("RSA1024").issue())).contains("weak key (RSA, 1024 bits");
    }

    @Test
    void a_certificate_for_clients_is_refused() {
        assertThat(problem(CA.certificate().names(HOST).clientOnly().issue())).contains("is not for servers");
    }

    @Test
    void names_outside_the_authoritys_constraints_are_refused() {
        Authority constrained = TestCertificates.constrainedAuthority("Constrained", "example.org");
        PeerVerifier own = new PeerVerifier(TrustRoots.only(List.of(constrained.root())), () -> now);
        Authority middle = CA.constrainedIntermediate("Constrained middle", "example.org");

        assertThatCode(() ->
                        own.verify(encoded(constrained.leaf("www.example.org").chain()), "www.example.org"))
                .doesNotThrowAnyException();
        assertThat(problem(middle.leaf(HOST))).contains("name constraints");
        assertThatThrownBy(() -> own.verify(encoded(constrained.leaf(HOST).chain()), HOST))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("name constraints");
    }

    @Test
    void a_common_name_does_not_count() {
        assertThat(problem(CA.certificate().subject(HOST).issue()))
                .contains("no subject alternative name")
                .contains("CN=" + HOST);
    }

    @Test
    void a_leaf_is_no_authority() {
        Identity leaf = CA.leaf(HOST);
        Identity forged = TestCertificates.authority(leaf).leaf("bank.example.test");

        assertThat(problem(forged, "bank.example.test")).contains("the origin's certificate");
    }

    @Test
    void no_certificate_at_all_is_refused() {
        Fault fault = catchThrowableOfType(Fault.class, () -> verifier.verify(List.of(), HOST));
        assertThat(fault.kind()).isEqualTo(FaultKind.TLS_CERTIFICATE);
    }

    @Test
    void an_address_needs_an_address_in_the_certificate() {
        Identity leaf = CA.leaf("192.0.2.7", "2001:db8::7");

        assertThatCode(() -> verify(leaf, "192.0.2.7")).doesNotThrowAnyException();
        assertThatCode(() -> verify(leaf, "2001:db8:0:0::7")).doesNotThrowAnyException();
        assertThat(problem(leaf, "192.0.2.8")).contains("another host");
        assertThat(problem(CA.leaf("www.example.test"), "192.0.2.7")).contains("another host");
    }

    @Test
    void a_wildcard_stands_for_one_label() {
        Identity leaf = CA.leaf("*.example.test");

        assertThatCode(() -> verify(leaf, "www.example.test")).doesNotThrowAnyException();
        assertThatCode(() -> verify(leaf, "WWW.Example.test.")).doesNotThrowAnyException();
        assertThat(problem(leaf, "example.test")).contains("another host");
        assertThat(problem(leaf, "a.b.example.test")).contains("another host");
        assertThat(problem(CA.leaf("*.test"), "example.test")).contains("another host");
        assertThat(problem(CA.leaf("w*.example.test"), "www.example.test")).contains("another host");
    }

    @Test
    void what_was_verified_is_remembered_but_not_past_its_end() {
        Identity leaf = CA.certificate()
                .names(HOST)
                .valid(now.minusSeconds(60), now.plus(Duration.ofMinutes(5)))
                .issue();
        verify(leaf, HOST);

        now = now.plus(Duration.ofMinutes(6));

        assertThat(problem(leaf)).contains("expired");
    }

    @Test
    void a_chain_remembered_for_one_host_is_not_good_for_another() {
        Identity leaf = CA.leaf(HOST);
        verify(leaf, HOST);

        assertThat(problem(leaf, "other.example.test")).contains("another host");
    }

    @Test
    void a_certificate_in_the_trust_store_is_trusted_without_an_issuer() {
        Identity pinned = TestCertificates.selfSignedLeaf(HOST);
        PeerVerifier own = new PeerVerifier(TrustRoots.only(List.of(pinned.certificate())), () -> now);

        assertThatCode(() -> own.verify(encoded(pinned.chain()), HOST)).doesNotThrowAnyException();
    }

    @Test
    void roots_are_the_jdks_and_those_of_further_files(@TempDir Path dir) throws Exception {
        TrustRoots roots = TrustRoots.load(List.of(CA.writePem(dir)));

        assertThat(roots.contains(CA.root())).isTrue();
        assertThat(roots.anchors()).hasSizeGreaterThan(50);

        Path empty = Files.createFile(dir.resolve("empty.pem"));
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> TrustRoots.load(List.of(empty))))
                .hasMessageContaining("empty.pem");
    }

    private Instant verify(Identity identity, String host) {
        return verifier.verify(encoded(identity.chain()), host);
    }

    private String problem(Identity identity) {
        return problem(identity, HOST);
    }

    private String problem(Identity identity, String host) {
        Fault fault = catchThrowableOfType(Fault.class, () -> verify(identity, host));
        assertThat(fault).as("refused").isNotNull();
        assertThat(fault.kind()).isEqualTo(FaultKind.TLS_CERTIFICATE);
        assertThat(fault.unprocessed()).isTrue();
        return fault.detail();
    }

    private static List<byte[]> encoded(List<X509Certificate> chain) {
        List<byte[]> encoded = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            try {
                encoded.add(certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        return encoded;
    }
}
