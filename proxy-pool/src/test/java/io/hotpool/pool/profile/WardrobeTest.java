package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.HeaderDresser.Dressed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WardrobeTest {
    private static final BrowserProfile CHROME =
            Profiles.builtIn().find("chrome").orElseThrow();
    private static final BrowserProfile FIREFOX =
            Profiles.builtIn().find("firefox").orElseThrow();

    private final Wardrobe wardrobe = new Wardrobe();

    @Test
    void a_request_that_differs_in_its_path_alone_gets_the_same_fields_and_keeps_its_path() {
        Dressed first = wardrobe.dress(asked("/a", "Accept", "text/html"), CHROME, Protocol.H2, true);
        Dressed second = wardrobe.dress(asked("/b", "Accept", "text/html"), CHROME, Protocol.H2, true);

        assertThat(second.head().headers()).isSameAs(first.head().headers());
        assertThat(second.head().path()).isEqualTo("/b");
        assertThat(second.addedCodings()).isEqualTo(first.addedCodings());
    }

    @Test
    void fields_that_are_remembered_cannot_be_changed() {
        HeaderList fields = wardrobe.dress(asked("/a", "Accept", "text/html"), CHROME, Protocol.H2, true)
                .head()
                .headers();

        assertThatThrownBy(() -> fields.add("X", "1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fields.insert(0, "X", "1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fields.set("Accept", "1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fields.remove("Accept")).isInstanceOf(IllegalStateException.class);
        assertThat(fields.copy().add("X", "1").get("X")).as("a copy can").isEqualTo("1");
    }

    @Test
    void cookies_and_credentials_are_not_remembered() {
        for (String name : List.of("Cookie", "authorization")) {
            Dressed first = wardrobe.dress(asked("/", name, "secret"), CHROME, Protocol.H2, true);
            Dressed second = wardrobe.dress(asked("/", name, "secret"), CHROME, Protocol.H2, true);

            assertThat(second.head().headers())
                    .isEqualTo(first.head().headers())
                    .isNotSameAs(first.head().headers());
        }
    }

    @Test
    void what_comes_out_is_what_the_dresser_makes_whatever_came_before() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            RequestHead asked = randomHead(random);
            BrowserProfile profile = random.nextBoolean() ? CHROME : FIREFOX;
            Protocol protocol = random.nextBoolean() ? Protocol.H1 : Protocol.H2;
            boolean aligned = random.nextInt(4) > 0;

            Dressed expected = aligned
                    ? HeaderDresser.align(asked, profile, protocol)
                    : HeaderDresser.preserve(asked, profile, protocol);
            assertThat(wardrobe.dress(asked, profile, protocol, aligned)).isEqualTo(expected);
        }
    }

    private static RequestHead randomHead(Random random) {
        List<String> fields = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            fields.add(pick(random, "Accept", "accept", "User-Agent", "Origin", "X-Own", "Cookie", "Range"));
            fields.add(pick(random, "*/*", "curl/8", "https://a.example", "1"));
        }
        HeaderList headers = random.nextBoolean() ? new HeaderList() : HeaderList.uncased(4);
        for (int i = 0; i < fields.size(); i += 2) {
            headers.add(fields.get(i), fields.get(i + 1));
        }
        String host = pick(random, "a.example", "127.0.0.1");
        Origin origin = random.nextBoolean() ? Origin.https(host, 443) : Origin.http(host, 80);
        boolean body = random.nextInt(5) == 0;
        return new RequestHead(
                pick(random, "GET", "POST"),
                origin,
                origin.authority(),
                pick(random, "/", "/x"),
                headers,
                body ? random.nextInt(3) - 1 : 0,
                random.nextBoolean() ? RequestKind.NAVIGATE : RequestKind.FETCH,
                "");
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    private static RequestHead asked(String path, String... fields) {
        return RequestHead.get(Origin.https("a.example", 443), path)
                .withHeaders(HeaderList.of(fields), RequestKind.NAVIGATE);
    }
}
