package io.hotpool.server.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.HeaderDresser;
import io.hotpool.pool.profile.Profiles;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderComparisonTest {
    private static final Origin ORIGIN = Origin.https("hotpool.internal", 4433);

    /** As a library's request comes out when it is aligned with the browser. */
    private static HeaderList dressed(BrowserProfile profile, Protocol protocol, String... more) {
        HeaderList asked = HeaderList.of("User-Agent", "curl/7.88.1", "Accept", "*/*");
        for (int i = 0; i < more.length; i += 2) {
            asked.add(more[i], more[i + 1]);
        }
        RequestHead head = RequestHead.get(ORIGIN, "/");
        return HeaderDresser.align(head.withHeaders(asked, head.kind()), profile, protocol)
                .head()
                .headers();
    }

    private static List<Difference> differences(String name, Protocol protocol, HeaderList seen) {
        return HeaderComparison.compare(profile(name), protocol, seen);
    }

    private static BrowserProfile profile(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"chrome, H2", "chrome, H1", "firefox, H2", "firefox, H1"})
    void a_request_dressed_as_a_navigation_has_its_order(String name, Protocol protocol) {
        HeaderList plain = dressed(profile(name), protocol);
        assertThat(Navigation.is(profile(name), protocol, plain)).isTrue();
        assertThat(differences(name, protocol, plain)).isEmpty();
        HeaderList more =
                dressed(profile(name), protocol, "Cookie", "a=1", "X-Mine", "2", "Referer", "https://a.example/");
        assertThat(differences(name, protocol, more)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"chrome, H2", "firefox, H1"})
    void a_field_that_is_missing_or_in_another_place_is_seen(String name, Protocol protocol) {
        HeaderList missing = dressed(profile(name), protocol);
        missing.remove("accept-language");
        assertThat(differences(name, protocol, missing)).hasSize(1);
        HeaderList moved = dressed(profile(name), protocol);
        String agent = moved.get("user-agent");
        String cased = moved.name(moved.indexOf("user-agent"));
        moved.remove("user-agent");
        moved.add(cased, agent);
        assertThat(differences(name, protocol, moved)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"chrome", "firefox"})
    void another_casing_is_seen_in_http1(String name) {
        HeaderList seen = new HeaderList();
        dressed(profile(name), Protocol.H1).forEach((field, value) -> seen.add(field.toLowerCase(), value));
        assertThat(differences(name, Protocol.H1, seen)).hasSize(1);
    }
}
