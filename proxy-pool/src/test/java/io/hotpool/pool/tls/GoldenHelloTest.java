package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.BrowserProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first flight with a fixed source of chance, byte for byte as it was when it was last compared with the browsers. It
 * changes with BouncyCastle's order of calls, which {@link BrowserProtocol} relies on; {@code -Dhotpool.regenerate=true}
 * writes the files anew, after a look at what has changed.
 */
class GoldenHelloTest {
    /** Where the random and the session id begin; BouncyCastle mixes the time into them. */
    private static final int RANDOM = 5 + 4 + 2;

    private static final int SESSION_ID = RANDOM + 32 + 1;

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-153"})
    void the_first_flight_is_byte_for_byte_what_it_was(String profile) throws IOException {
        String hello = HexFormat.of().formatHex(firstFlight(TlsClientFixture.profile(profile)));
        String file = "golden/hello-" + profile + ".hex";
        if (Boolean.getBoolean("hotpool.regenerate")) {
            Files.writeString(Path.of("src/test/resources", file), hello + "\n");
        }
        assertThat(hello).isEqualTo(golden(file));
    }

    private static byte[] firstFlight(BrowserProfile profile) {
        BrowserCrypto crypto = new BrowserCrypto(new Counted());
        HandshakeSpec spec = new HandshakeSpec(TlsClientFixture.request(profile, 443), null);
        PeerVerifier verifier = new PeerVerifier(TrustRoots.only(List.of()), Clock.systemUTC());
        BrowserProtocol protocol = new BrowserProtocol(
                spec,
                crypto,
                new BrowserClient(crypto, spec, verifier),
                new SplittableRandom(156),
                Clock.systemUTC(),
                new KeyLog(null));
        byte[] flight = new HandshakeEngine(protocol, 0x0301).start().output();
        Arrays.fill(flight, RANDOM, RANDOM + 32, (byte) 0);
        Arrays.fill(flight, SESSION_ID, SESSION_ID + 32, (byte) 0);
        return flight;
    }

    private static String golden(String file) throws IOException {
        try (InputStream in = GoldenHelloTest.class.getResourceAsStream("/" + file)) {
            assertThat(in).as(file).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    /** SHA-256 of a counter. */
    private static final class Counted extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private int count;

        @Override
        public void nextBytes(byte[] bytes) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                for (int at = 0; at < bytes.length; at += 32) {
                    byte[] block =
                            digest.digest(ByteBuffer.allocate(4).putInt(count++).array());
                    System.arraycopy(block, 0, bytes, at, Math.min(32, bytes.length - at));
                }
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
