package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever asks, and however: User-Agent and client hints are those of the browser whose TLS is sent, or none. */
class OneIdentityTest {
    private static final int REQUESTS = 300;
    private static final String CHOSEN = "MyCrawler/1.0";
    private static final List<String> AGENTS = List.of(
            "",
            "curl/8.5.0",
            "python-requests/2.31",
            CHOSEN,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/111.0.0.0 Safari/537.36");
    private static final List<String> HINTS = List.of(
            "sec-ch-ua", "\"Opera\";v=\"99\"",
            "Sec-CH-UA-Mobile", "?1",
            "sec-ch-ua-platform", "\"Windows\"",
            "Sec-CH-UA-Full-Version-List", "\"Opera\";v=\"99.0.1\"",
            "sec-ch-ua-arch", "\"arm\"");

    static List<BrowserProfile> profiles() {
        return Profiles.builtIn().all();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void user_agent_and_client_hints_never_tell_of_another_browser(BrowserProfile profile) {
        Random random = new Random(profile.name().hashCode());
        for (int i = 0; i < REQUESTS; i++) {
            RequestKind kind = RequestKind.values()[random.nextInt(RequestKind.values().length)];
            Protocol protocol = Protocol.values()[random.nextInt(2)];
            HeaderList client = client(random, profile);
            RequestHead asked = new RequestHead(
                    "GET", Origin.https("www.example.com", 443), "www.example.com", "/", client, 0, kind, "");
            HeaderList sent =
                    HeaderDresser.align(asked, profile, protocol).head().headers();
            List<Field> own = profile.headers().fields(protocol, kind);
            String agent = client.get("User-Agent");
            boolean chosen = CHOSEN.equals(agent);
            assertThat(sent.getAll("User-Agent"))
                    .as("%s", client)
                    .containsExactly(chosen ? CHOSEN : value(own, "user-agent"));
            boolean itself = value(own, "user-agent").equals(agent);
            sent.forEach((name, value) -> {
                if (name.toLowerCase(Locale.ROOT).startsWith("sec-ch-") && !chosen && !itself) {
                    assertThat(value).as("%s of %s", name, client).isEqualTo(value(own, name));
                }
            });
        }
    }

    private static HeaderList client(Random random, BrowserProfile profile) {
        HeaderList client = new HeaderList();
        int agent = random.nextInt(AGENTS.size() + 1);
        if (agent == AGENTS.size()) {
            client.add("User-Agent", value(profile.headers().fields(Protocol.H2, RequestKind.NAVIGATE), "user-agent"));
        } else if (!AGENTS.get(agent).isEmpty()) {
            client.add("User-Agent", AGENTS.get(agent));
        }
        for (int i = 0; i < HINTS.size(); i += 2) {
            if (random.nextBoolean()) {
                client.add(HINTS.get(i), HINTS.get(i + 1));
            }
        }
        client.add("Accept", "*/*");
        return client;
    }

    private static String value(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }
}
