package io.hotpool.server.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.Profiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelloFormsTest {
    private static List<ClientHello> captured(String client, String form) {
        try (InputStream in = HelloFormsTest.class.getResourceAsStream("/reference/clients/" + client + ".json")) {
            JsonNode samples = new ObjectMapper().readTree(in).at("/tls/cases/" + form + "/samples");
            assertThat(samples).isNotEmpty();
            return StreamSupport.stream(samples.spliterator(), false)
                    .map(sample -> ClientHelloParser.parse(HexFormat.of().parseHex(sample.asText())))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static BrowserProfile profile(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }

    private static List<String> differences(ClientHello hello) {
        return HelloForms.of(profile("chromium-156"), hello).differences().stream()
                .map(Difference::what)
                .toList();
    }

    private static ClientHello chromium() {
        return captured("chromium-156", "fresh").get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, chromium-156, fresh",
        "chromium-156, chrome, fresh",
        "chromium-156, chromium-156, resumed",
        "chromium-156, chromium-156, resumed_tls12",
        "chromium-156, chromium-156, alpn_http1_only",
        "chromium-156, chromium-156, alpn_http1_only_resumed",
        "firefox-esr-153, firefox, fresh",
        "firefox-esr-153, firefox, resumed",
        "firefox-esr-153, firefox, resumed_tls12",
        "firefox-esr-153, firefox, alpn_http1_only",
        "firefox-esr-153, firefox, retry",
    })
    void a_real_browsers_hello_is_what_its_profile_promises(String client, String profile, String form) {
        for (ClientHello hello : captured(client, form)) {
            assertThat(HelloForms.of(profile(profile), hello).differences()).isEmpty();
        }
    }

    @Test
    void the_form_of_a_hello_is_found_out() {
        assertThat(HelloForms.of(
                                profile("firefox"),
                                captured("firefox-esr-153", "fresh").get(0))
                        .first())
                .isTrue();
        assertThat(HelloForms.of(
                                profile("firefox"),
                                captured("firefox-esr-153", "retry").get(0))
                        .forms())
                .isEqualTo(Set.of(HelloForm.RETRY));
        assertThat(HelloForms.of(
                                profile("chrome"),
                                captured("chromium-156", "alpn_http1_only_resumed")
                                        .get(0))
                        .forms())
                .isEqualTo(Set.of(HelloForm.RESUMED, HelloForm.WEBSOCKET));
    }

    @Test
    void one_browser_is_told_from_the_other() {
        assertThat(differences(captured("firefox-esr-153", "fresh").get(0)))
                .contains("tls.cipher_suites", "tls.extensions", "tls.x25519_key_shared_by_hybrid");
    }

    @Test
    void another_order_of_suites_is_seen() {
        ClientHello hello = chromium();
        List<Integer> suites = new ArrayList<>(hello.cipherSuites());
        Collections.swap(suites, 1, 2);
        assertThat(differences(with(hello, suites, hello.extensions()))).containsExactly("tls.cipher_suites");
    }

    @Test
    void another_order_of_extensions_is_seen_where_it_is_fixed_and_not_where_it_is_permuted() {
        ClientHello chromium = chromium();
        assertThat(differences(swapped(chromium, 3, 4))).isEmpty();
        ClientHello firefox = captured("firefox-esr-153", "fresh").get(0);
        assertThat(HelloForms.of(profile("firefox"), swapped(firefox, 3, 4)).differences())
                .extracting(Difference::what)
                .containsExactly("tls.extensions");
    }

    @Test
    void a_grease_extension_that_is_not_at_its_end_is_seen() {
        ClientHello hello = chromium();
        int last = hello.extensions().size() - 1;
        assertThat(differences(swapped(hello, last, last - 1))).contains("tls.extension_ends");
    }

    @Test
    void a_missing_and_an_added_extension_are_seen() {
        assertThat(differences(extensions(chromium(), e -> e.type() == 27 ? null : e)))
                .containsExactly("tls.extensions");
        ClientHello hello = chromium();
        List<RawExtension> more = new ArrayList<>(hello.extensions());
        more.add(5, new RawExtension(49, new byte[0]));
        assertThat(differences(with(hello, hello.cipherSuites(), more))).containsExactly("tls.extensions");
    }

    @ParameterizedTest
    @CsvSource({
        "5, tls.extension_5",
        "10, tls.extension_10",
        "11, tls.extension_11",
        "13, tls.extension_13",
        "16, tls.extension_16",
        "27, tls.extension_27",
        "43, tls.extension_43",
        "45, tls.extension_45",
        "17613, tls.extension_17613",
        "51764, tls.extension_51764",
        "65037, tls.ech.",
    })
    void another_content_of_an_extension_is_seen(int type, String what) {
        ClientHello hello = extensions(chromium(), e -> {
            if (e.type() != type) {
                return e;
            }
            byte[] data = e.data().clone();
            int place = type == 65037 ? 2 : data.length - 1;
            data[place] ^= 0x10;
            return new RawExtension(type, data);
        });
        assertThat(differences(hello)).anyMatch(found -> found.startsWith(what));
    }

    @Test
    void a_share_for_another_grease_than_the_groups_is_seen() {
        ClientHello hello = extensions(chromium(), e -> {
            if (e.type() != 51) {
                return e;
            }
            byte[] data = e.data().clone();
            byte other = (byte) (data[2] == 0x1a ? 0x2a : 0x1a);
            data[2] = other;
            data[3] = other;
            return new RawExtension(51, data);
        });
        assertThat(differences(hello)).containsExactly("tls.grease_of_key_share");
    }

    private static ClientHello swapped(ClientHello hello, int one, int other) {
        List<RawExtension> extensions = new ArrayList<>(hello.extensions());
        Collections.swap(extensions, one, other);
        return with(hello, hello.cipherSuites(), extensions);
    }

    private static ClientHello extensions(ClientHello hello, UnaryOperator<RawExtension> change) {
        List<RawExtension> changed = new ArrayList<>();
        hello.extensions().forEach(extension -> {
            RawExtension next = change.apply(extension);
            if (next != null) {
                changed.add(next);
            }
        });
        return with(hello, hello.cipherSuites(), changed);
    }

    private static ClientHello with(ClientHello hello, List<Integer> suites, List<RawExtension> extensions) {
        return new ClientHello(
                hello.recordVersion(),
                hello.length(),
                hello.legacyVersion(),
                hello.random(),
                hello.sessionId(),
                suites,
                hello.compressionMethods(),
                extensions);
    }
}
