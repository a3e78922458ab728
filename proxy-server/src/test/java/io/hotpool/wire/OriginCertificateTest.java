package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An origin whose certificate a browser would refuse is refused, inside the intercepted session, before a request byte. */
@Tag("check-28")
class OriginCertificateTest {
    private static final TestCertificates.Authority CONSTRAINED =
            TestCertificates.constrainedAuthority("Constrained test CA", "other.test");

    @RegisterExtension
    static final Lab lab = Lab.with(
            config -> config.trust(CONSTRAINED.writePem(java.nio.file.Path.of(System.getProperty("java.io.tmpdir")))));

    private static Map<String, Identity> badIdentities() {
        Map<String, Identity> bad = new LinkedHashMap<>();
        bad.put(
                "expired",
                lab.authority().certificate().names(Lab.HOST).expired().issue());
        bad.put(
                "not yet valid",
                lab.authority().certificate().names(Lab.HOST).notYetValid().issue());
        bad.put("wrong host", lab.authority().leaf("wrong.example.org"));
        bad.put("self-signed", TestCertificates.selfSignedLeaf(Lab.HOST));
        bad.put("untrusted root", TestCertificates.authority("Nobody's CA").leaf(Lab.HOST));
        bad.put(
                "SHA-1",
                lab.authority().certificate().names(Lab.HOST).digest("SHA1").issue());
        bad.put(
                "RSA-1024",
                lab.authority().certificate().names(Lab.HOST).key("RSA1024").issue());
        bad.put(
                "clientAuth only",
                lab.authority().certificate().names(Lab.HOST).clientOnly().issue());
        bad.put("name constraints", CONSTRAINED.leaf(Lab.HOST));
        bad.put(
                "common name only",
                lab.authority().certificate().subject(Lab.HOST).issue());
        return bad;
    }

    static Stream<String> kinds() {
        return Stream.of(
                "expired",
                "not yet valid",
                "wrong host",
                "self-signed",
                "untrusted root",
                "SHA-1",
                "RSA-1024",
                "clientAuth only",
                "name constraints",
                "common name only");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_bad_certificate_is_a_502_inside_the_session_and_no_request_byte_leaves(String kind) throws IOException {
        JsonNode problem = refusal(badIdentities().get(kind));

        assertThat(problem.get("kind").asText()).isEqualTo("tls_certificate");
        assertThat(problem.get("host").asText()).contains(Lab.HOST);
    }

    @Test
    void the_details_tell_the_cases_apart() throws IOException {
        Set<String> details = new HashSet<>();
        for (Identity bad : badIdentities().values()) {
            details.add(refusal(bad).get("detail").asText().replaceAll("\\d+", "#"));
        }
        // Self-signed and signed by a stranger are one case to a client: no trusted issuer.
        assertThat(details).hasSizeGreaterThanOrEqualTo(badIdentities().size() - 1);
    }

    @Test
    void a_good_certificate_and_one_with_an_intermediate_pass() throws IOException {
        for (Identity good : new Identity[] {
            lab.leaf(),
            lab.authority().rsaLeaf(Lab.HOST),
            lab.authority().intermediate("Intermediate").leaf(Lab.HOST),
            lab.authority().certificate().names("*.example.test").issue()
        }) {
            try (ScriptedOrigin origin = ScriptedOrigin.tls(good).start();
                    RawClient client = lab.intercepted(Lab.HOST + ":" + origin.port())) {
                assertThat(client.get("/", "Host: " + Lab.HOST + ":" + origin.port())
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void an_insecure_host_is_let_through_by_name_only() throws Exception {
        try (RunningDaemon daemon =
                        lab.start(config -> config.set("tls", "insecure_hosts = [\"" + Lab.HOST + "\"]"), false);
                ScriptedOrigin origin = ScriptedOrigin.tls(TestCertificates.selfSignedLeaf(Lab.HOST))
                        .start();
                RawClient client = new RawClient(daemon.proxy())) {
            String allowed = Lab.HOST + ":" + origin.port();
            String other = Lab.OTHER + ":" + origin.port();

            assertThat(client.get("https://" + allowed + "/", "Host: " + allowed)
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("https://" + other + "/", "Host: " + other).status())
                    .isEqualTo(502);
        }
    }

    private static JsonNode refusal(Identity bad) throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(bad).start();
                RawClient client = lab.intercepted(Lab.HOST + ":" + origin.port())) {
            RawClient.Response response = client.get("/secret", "Host: " + Lab.HOST + ":" + origin.port());

            assertThat(response.status()).as(response::toString).isEqualTo(502);
            assertThat(response.header("Proxy-Status")).contains("tls_certificate_error");
            assertThat(origin.bytes()).isZero();
            return new ObjectMapper().readTree(response.bytes());
        }
    }
}
