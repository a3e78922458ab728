package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ClientHelloWriterTest {
    private static final BrowserProfile CHROMIUM = TlsClientFixture.CHROMIUM;
    private static final BrowserProfile FIREFOX = TlsClientFixture.FIREFOX;

    @Test
    void chromium_lies_between_two_grease_extensions_in_another_order_each_time() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int seed = 0; seed < 64; seed++) {
            List<Integer> types = types(hello(CHROMIUM, seed));
            assertThat(types).hasSize(19);
            assertThat(Grease.isReserved(types.get(0))).isTrue();
            assertThat(Grease.isReserved(types.get(18))).isTrue();
            assertThat(new TreeSet<>(types.subList(1, 18)))
                    .containsExactly(0, 5, 10, 11, 13, 16, 18, 23, 27, 35, 43, 45, 51, 17613, 51764, 65037, 65281);
            orders.add(types.subList(1, 18));
        }
        assertThat(orders).hasSize(64);
    }

    @Test
    void firefox_has_one_order_and_no_grease_values() {
        assertThat(types(hello(FIREFOX, 1)))
                .containsExactly(0, 23, 65281, 10, 11, 35, 16, 5, 34, 18, 51, 43, 13, 45, 28, 27, 65037)
                .isEqualTo(types(hello(FIREFOX, 2)));
    }

    @Test
    void the_sizes_are_those_of_the_captures() {
        // 15 letters of host name, as in the captures: 4 bytes of header, then 1892 without the ECH payload of 144 to
        // 240.
        Set<Integer> chromium = new TreeSet<>();
        for (int seed = 0; seed < 64; seed++) {
            chromium.add(4 + hello(CHROMIUM, seed).encode(0).length);
        }
        assertThat(chromium).containsExactly(1918, 1950, 1982, 2014);
        assertThat(4 + hello(FIREFOX, 1).encode(0).length).isEqualTo(1893);
    }

    @Test
    void grease_is_drawn_per_slot_but_the_group_is_the_key_shares() {
        Map<String, Set<Integer>> seen = new HashMap<>();
        for (int seed = 0; seed < 256; seed++) {
            Hello hello = hello(CHROMIUM, seed);
            List<Integer> types = types(hello);
            int group = u16(hello.extension(10), 2);
            assertThat(group).isEqualTo(u16(hello.extension(51), 2));
            assertThat(types.get(0)).isNotEqualTo(types.get(18));
            note(seen, "cipher", hello.cipherSuites().get(0));
            note(seen, "first", types.get(0));
            note(seen, "last", types.get(18));
            note(seen, "group", group);
            note(seen, "version", u16(hello.extension(43), 1));
            note(seen, "signature", u16(hello.extension(13), 2));
            if (hello.cipherSuites().get(0) == group) {
                note(seen, "cipher = group", group);
            }
        }
        assertThat(seen.get("cipher")).hasSize(16).allMatch(Grease::isReserved);
        assertThat(seen.get("first")).hasSize(16);
        assertThat(seen.get("last")).hasSize(16);
        assertThat(seen.get("group")).hasSize(16);
        assertThat(seen.get("version")).hasSize(16);
        assertThat(seen.get("signature")).hasSize(16);
        assertThat(seen).containsKey("cipher = group");
    }

    @Test
    void the_same_seed_gives_the_same_bytes() {
        assertThat(hello(CHROMIUM, 7).encode(0)).isEqualTo(hello(CHROMIUM, 7).encode(0));
        assertThat(hello(CHROMIUM, 7).encode(0)).isNotEqualTo(hello(CHROMIUM, 8).encode(0));
    }

    @Test
    void ech_grease_is_redrawn_and_its_key_is_a_point_of_the_curve() {
        Set<Integer> aeads = new TreeSet<>();
        for (int seed = 0; seed < 32; seed++) {
            byte[] ech = Objects.requireNonNull(hello(FIREFOX, seed).extension(65037));
            assertThat(ech[0]).isZero();
            assertThat(u16(ech, 1)).isOne();
            aeads.add(u16(ech, 3));
            assertThat(u16(ech, 6)).isEqualTo(32);
            assertThat(u16(ech, 40)).isEqualTo(239);
            assertThat(onCurve(Arrays.copyOfRange(ech, 8, 40))).isTrue();
        }
        assertThat(aeads).containsExactly(1, 3);
    }

    @Test
    void a_websocket_offers_http1_alone() {
        Hello hello = hello(CHROMIUM, "www.example.com", 1, HelloForm.WEBSOCKET);

        assertThat(new String(hello.extension(16), 3, 8, StandardCharsets.US_ASCII))
                .isEqualTo("http/1.1");
        assertThat(hello.extension(16)).hasSize(11);
        assertThat(hello.extension(17613)).isNull();
        assertThat(hello(FIREFOX, "www.example.com", 1, HelloForm.WEBSOCKET).extension(27))
                .isNull();
    }

    @Test
    void an_address_is_not_sent_as_a_name() {
        assertThat(hello(CHROMIUM, null, 1).extension(0)).isNull();
    }

    @Test
    void a_ticket_is_offered_last_and_its_binders_are_counted() {
        byte[] identities = new byte[40];
        HelloInput input = input(CHROMIUM, "www.example.com", identities, 35, Set.of(HelloForm.RESUMED));
        Hello hello = new ClientHelloWriter(CHROMIUM.tls(), new Random(1)).first(input);
        List<Integer> types = types(hello);

        assertThat(types.get(types.size() - 1)).isEqualTo(41);
        assertThat(Grease.isReserved(types.get(types.size() - 2))).isTrue();
        byte[] body = hello.encode(35);
        int listAt = 2 + 32 + 33 + 2 + 32 + 2;
        assertThat(u16(body, listAt)).isEqualTo(body.length - listAt - 2 + 35);
        assertThat(u16(body, body.length - 42)).isEqualTo(75);
    }

    @Test
    void firefox_drops_session_ticket_beside_a_psk_and_has_a_longer_ech() {
        HelloInput input = input(FIREFOX, "www.example.com", new byte[220], 51, Set.of(HelloForm.RESUMED));
        Hello hello = new ClientHelloWriter(FIREFOX.tls(), new Random(1)).first(input);

        assertThat(hello.extension(35)).isNull();
        assertThat(u16(hello.extension(65037), 40)).isEqualTo(527);
    }

    @Test
    void the_second_hello_differs_in_key_share_and_cookie_alone() {
        ClientHelloWriter writer = new ClientHelloWriter(CHROMIUM.tls(), new Random(1));
        Hello first = writer.first(input(CHROMIUM, "www.example.com", null, 0, Set.of()));
        Hello second = writer.second(first, new byte[103], new byte[] {0, 1, 7}, null, 0);

        assertThat(second.random()).isEqualTo(first.random());
        assertThat(second.cipherSuites()).isEqualTo(first.cipherSuites());
        assertThat(second.extension(51)).hasSize(103);
        assertThat(second.extension(44)).containsExactly(0, 1, 7);
        List<Integer> withoutCookie =
                types(second).stream().filter(type -> type != 44).toList();
        assertThat(withoutCookie).isEqualTo(types(first));
        for (int type : withoutCookie) {
            if (type != 51) {
                assertThat(second.extension(type)).isEqualTo(first.extension(type));
            }
        }
    }

    @Test
    void padding_fills_up_to_its_target_when_the_hello_is_of_a_certain_size() {
        TlsShape shape = new TlsShape(
                List.of(0x1301),
                List.of(
                        new Extension.Filled(0),
                        new Extension.Fixed(18, new byte[250]),
                        new Extension.Padding(21, 512)),
                false,
                false,
                32,
                TlsShape.TLS10,
                Map.of());
        HelloInput input = input(CHROMIUM, "www.example.com", null, 0, Set.of());

        Hello padded = new ClientHelloWriter(shape, new Random(1)).first(input);
        assertThat(4 + padded.encode(0).length).isEqualTo(512);

        TlsShape small = new TlsShape(
                List.of(0x1301),
                List.of(new Extension.Filled(0), new Extension.Padding(21, 512)),
                false,
                false,
                32,
                TlsShape.TLS10,
                Map.of());
        assertThat(new ClientHelloWriter(small, new Random(1)).first(input).extension(21))
                .isNull();
    }

    /** v^2 = u^3 + 486662 u^2 + u has a solution modulo 2^255 - 19 (RFC 7748, 4.1). */
    private static boolean onCurve(byte[] littleEndian) {
        byte[] bigEndian = new byte[32];
        for (int i = 0; i < 32; i++) {
            bigEndian[31 - i] = littleEndian[i];
        }
        BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
        BigInteger u = new BigInteger(1, bigEndian);
        BigInteger square = u.pow(3)
                .add(u.pow(2).multiply(BigInteger.valueOf(486662)))
                .add(u)
                .mod(p);
        return square.modPow(p.subtract(BigInteger.ONE).shiftRight(1), p).equals(BigInteger.ONE);
    }

    private static void note(Map<String, Set<Integer>> seen, String slot, int value) {
        seen.computeIfAbsent(slot, key -> new TreeSet<>()).add(value);
    }

    private static List<Integer> types(Hello hello) {
        return hello.extensions().stream().map(Hello.Extension::type).toList();
    }

    private static int u16(byte[] data, int at) {
        return (data[at] & 0xff) << 8 | data[at + 1] & 0xff;
    }

    private static Hello hello(BrowserProfile profile, long seed) {
        return hello(profile, "www.example.com", seed);
    }

    private static Hello hello(BrowserProfile profile, String host, long seed, HelloForm... forms) {
        HelloInput input = input(profile, host, null, 0, Set.of(forms));
        return new ClientHelloWriter(profile.tls(), new SplittableRandom(seed)).first(input);
    }

    private static HelloInput input(
            BrowserProfile profile, String host, byte[] identities, int binders, Set<HelloForm> forms) {
        Map<Integer, byte[]> shares = Map.of(0x11ec, new byte[1216], 29, new byte[32], 23, new byte[65]);
        return new HelloInput(new byte[32], new byte[32], host, shares, new byte[0], identities, binders, forms);
    }
}
