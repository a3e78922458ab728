package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Priority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileReaderTest {
    private static final BrowserProfile CHROME =
            Profiles.builtIn().find("chrome-156").orElseThrow();
    private static final BrowserProfile FIREFOX =
            Profiles.builtIn().find("firefox-153").orElseThrow();

    @Test
    void a_file_drives_the_hello() {
        assertThat(CHROME.tls().cipherSuites()).hasSize(16).startsWith(BrowserProfile.GREASE, 0x1301);
        assertThat(CHROME.alpn()).containsExactly("h2", "http/1.1");
        assertThat(CHROME.extension(51)).contains(new Extension.KeyShares(51, java.util.List.of(0x0a0a, 0x11ec, 29)));
        assertThat(CHROME.tls().permuted()).isTrue();
        assertThat(CHROME.tls().variation(HelloForm.WEBSOCKET).drop()).containsExactly(17613);
        assertThat(FIREFOX.tls().variation(HelloForm.RESUMED).echPayloadStep()).isEqualTo(32);
        assertThat(FIREFOX.tls().variation(HelloForm.RETRY).drop()).containsExactly(27);
        assertThat(FIREFOX.tls().sharedX25519()).isTrue();
    }

    @Test
    void a_file_drives_http2() {
        assertThat(CHROME.http2().priority(RequestKind.IMAGE)).contains(new Priority(true, 183, true));
        assertThat(FIREFOX.http2().priority(RequestKind.NAVIGATE)).contains(new Priority(false, 42, false));
        assertThat(FIREFOX.http2().streamWindowUpdate()).isEqualTo(12451840);
        assertThat(FIREFOX.http2().firstStreamId()).isEqualTo(3);
        assertThat(FIREFOX.http2().upkeep()).isEqualTo(new Http2Shape.Upkeep(4194304, 0, 0, true, true));
        assertThat(CHROME.http2().upkeep()).isEqualTo(new Http2Shape.Upkeep(0, 5, 10, false, false));
        assertThat(CHROME.tls().closeNotify()).isFalse();
        assertThat(FIREFOX.tls().closeNotify()).isTrue();
    }

    @Test
    void a_kind_that_a_profile_does_not_have_takes_the_nearest() {
        BrowserProfile safari = Profiles.builtIn().find("safari").orElseThrow();
        assertThat(safari.http2().priority(RequestKind.MEDIA))
                .isEqualTo(safari.http2().priority(RequestKind.IMAGE));
        assertThat(safari.headers().fields(Protocol.H2, RequestKind.MEDIA))
                .isEqualTo(safari.headers().fields(Protocol.H2, RequestKind.IMAGE));
    }

    @Test
    void shared_values_are_filled_in() {
        assertThat(CHROME.headers().fields(Protocol.H2, RequestKind.NAVIGATE))
                .contains(new Field("sec-ch-ua-platform", "\"Linux\""), new Field("cookie", ""));
        assertThat(CHROME.headers().fields(Protocol.H1, RequestKind.NAVIGATE))
                .contains(new Field("Accept-Language", "en-US,en;q=0.9"), new Field("Connection", "keep-alive"));
    }

    @Test
    void chrome_differs_from_chromium_in_the_brand_list_only() {
        BrowserProfile chromium = Profiles.builtIn().find("chromium").orElseThrow();
        assertThat(CHROME.tls()).usingRecursiveComparison().isEqualTo(chromium.tls());
        assertThat(CHROME.http2()).isEqualTo(chromium.http2());
        assertThat(CHROME.headers().fields(Protocol.H2, RequestKind.NAVIGATE))
                .contains(new Field(
                        "sec-ch-ua", "\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"permuted\": true | \"permuted\": 1 | tls.permuted: 1 (allowed: true, false)",
                "\"permuted\": true | \"permutated\": true | tls: unknown key \"permutated\" (allowed: cipher_suites,",
                "\"session_id\": 32 | \"session_id\": 31 | tls.session_id: 31 (allowed: 0, 32)",
                "\"0x1301\" | \"TLS_AES\" | tls.cipher_suites[1]: \"TLS_AES\" (allowed: 0 to 65535, \"0x\" and 4 hex digits",
                "\"weight\": 183 | \"weight\": 257 | http2.priorities.image.weight: 257 (allowed: a whole number from 1 to 256)",
                "\"image\": {\"ex | \"picture\": {\"ex | http2.priorities.picture: {\"exclusive\"",
                "\"first_stream_id\": 1 | \"first_stream_id\": 2 | http2.first_stream_id: 2 (allowed: an odd number)",
                "\":scheme\", \":path\"] | \":scheme\"] | http2.pseudo_headers: [\":method\"",
                "\"kdf\": 1 | \"kdf\": \"1\" | .kdf: \"1\" (allowed: a whole number",
                "\"data\": \"0100\" | \"data\": \"010\" | tls.extensions[4].data: \"010\" (allowed: hex digits",
                "\"type\": 23, | \"type\": 41, | pre_shared_key",
                "\"type\": 23, | \"type\": 18, | each type once",
                "\"platform\": \"linux\" | \"platform\": \"beos\" | platform: \"beos\" (allowed: linux, windows",
                "\"name\": \"chrome-156\" | \"name\": \"random\" | name: \"random\"",
                "\"user-agent\", | \"User-Agent\", | headers.http2.navigate[7]: \"User-Agent\" (allowed: lower case names",
                "\"accept: */*\" | \"accept: */*\\u000d\\u000aX: y\" | a value of visible ASCII",
                "\"version\" | \"versions\" | unknown key \"versions\"",
                "\"huffman\": \"when_shorter\" | \"huffman\": \"never\" | http2.hpack.huffman: \"never\" (allowed: when_shorter, always)",
            })
    void a_bad_file_is_refused_with_its_place(String from, String to, String message) throws IOException {
        String text = Files.readString(Path.of("src/main/resources/profiles/chrome-156.json"));
        assertThat(text).contains(from);
        String changed =
                text.replaceFirst(java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to));
        assertThatThrownBy(() -> ProfileReader.read("mine.json", changed.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ProfileFormatException.class)
                .hasMessageStartingWith("mine.json: ")
                .hasMessageContaining(message);
    }

    @Test
    void text_that_is_not_json_is_refused_with_line_and_column() {
        assertThatThrownBy(() -> ProfileReader.read("x.json", "{\n  \"name\": oops}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ProfileFormatException.class)
                .hasMessageStartingWith("x.json: line 2, column");
    }

    @Test
    void a_key_that_comes_twice_is_refused() {
        assertThatThrownBy(() ->
                        ProfileReader.read("x.json", "{\"name\": 1, \"name\": 2}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ProfileFormatException.class)
                .hasMessageContaining("Duplicate field 'name'");
    }
}
