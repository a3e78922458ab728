package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.Profiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The GREASE of encrypted_client_hello hides how long a ticket is, in steps that a server can see. */
class EchGreaseBesideTicketTest {
    private static final int ECH = 65037;
    private static final int PRE_SHARED_KEY = 41;

    /** Captured of Firefox 153, whose servers were OpenSSL with and without session state and, for the rest, the JDK. */
    @ParameterizedTest
    @CsvSource({
        "75, 335",
        "267, 527",
        "283, 527",
        "1219, 1487",
        "1220, 1487",
        "1247, 1487",
        "1248, 1487",
        "1249, 1519",
        "1271, 1519"
    })
    void firefoxs_payload_grows_with_pre_shared_key_in_steps_of_32(int preSharedKey, int payload) {
        int ticket = preSharedKey - 2 - 2 - 4 - 2 - 1 - 32;
        assertThat(payload(hello("firefox-153", Set.of(HelloForm.RESUMED), ticket, 32)))
                .isEqualTo(payload);
    }

    static Stream<Arguments> resumed() throws IOException {
        List<Arguments> samples = new ArrayList<>();
        for (String client : List.of("chromium-156", "firefox-esr-153")) {
            for (String form : List.of("resumed", "resumed_early_data", "alpn_http1_only_resumed")) {
                for (JsonNode sample : reference(client).at("/tls/cases/" + form + "/samples")) {
                    samples.add(Arguments.of(client.replace("-esr", ""), form, sample.asText()));
                }
            }
        }
        return samples.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("resumed")
    void a_hello_with_a_ticket_is_as_long_as_the_captured_one(String profile, String form, String record) {
        ClientHello captured = parse(HexFormat.of().parseHex(record));
        byte[] preSharedKey = captured.extension(PRE_SHARED_KEY).orElseThrow().data();
        int ticket = ByteBuffer.wrap(preSharedKey).getShort(2);
        int binder = preSharedKey.length - 2 - 2 - ticket - 4 - 2 - 1;
        EnumSet<HelloForm> forms = EnumSet.of(HelloForm.RESUMED);
        if (form.startsWith("alpn")) {
            forms.add(HelloForm.WEBSOCKET);
        }
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            drawn.add(payload(hello(profile, forms, ticket, binder)));
        }
        assertThat(drawn).contains(payload(captured));
        if (profile.startsWith("firefox")) {
            assertThat(drawn).containsOnly(payload(captured));
        }
    }

    private static ClientHello hello(String name, Set<HelloForm> forms, int ticket, int binder) {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        return ClientHelloParser.parse(SampleHello.message(profile, new Random(), forms, ticket, binder));
    }

    private static ClientHello parse(byte[] record) {
        return ClientHelloParser.parse(Arrays.copyOfRange(record, 5, record.length));
    }

    private static int payload(ClientHello hello) {
        byte[] ech = hello.extension(ECH).orElseThrow().data();
        int enc = ByteBuffer.wrap(ech).getShort(6);
        return ByteBuffer.wrap(ech).getShort(8 + enc);
    }

    private static JsonNode reference(String client) throws IOException {
        try (InputStream in =
                EchGreaseBesideTicketTest.class.getResourceAsStream("/reference/clients/" + client + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
