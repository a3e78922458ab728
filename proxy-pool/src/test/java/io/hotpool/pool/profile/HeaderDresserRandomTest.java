package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What must hold for any client, any browser and any kind of request. */
class HeaderDresserRandomTest {
    private static final List<String> STRUCTURAL =
            List.of("host", "connection", "upgrade", "content-length", "transfer-encoding");
    private static final List<String> OWN = List.of("X-A", "x-b", "X-C-D", "Authorization", "DNT", "Via");
    private static final List<String> PLACED =
            List.of("Cookie", "Referer", "Origin", "Content-Type", "If-None-Match", "Accept-Language", "Cache-Control");
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    @RepeatedTest(8)
    void the_clients_fields_stay_and_the_structure_is_there_once(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<BrowserProfile> profiles = Profiles.builtIn().all();
        for (int i = 0; i < 500; i++) {
            RequestHead asked = asked(random);
            BrowserProfile profile = profiles.get(random.nextInt(profiles.size()));
            Protocol protocol = asked.upgrades() ? Protocol.H1 : Protocol.values()[random.nextInt(2)];
            boolean align = random.nextBoolean();
            HeaderList before = asked.headers().copy();
            HeaderList out = (align
                            ? HeaderDresser.align(asked, profile, protocol)
                            : HeaderDresser.preserve(asked, profile, protocol))
                    .head()
                    .headers();
            check(asked, out, protocol, align);
            assertThat(asked.headers()).isEqualTo(before);
        }
    }

    private static void check(RequestHead asked, HeaderList out, Protocol protocol, boolean align) {
        String what = asked + " " + protocol + " " + align;
        for (String name : OWN) {
            assertThat(out.getAll(name)).as(what).isEqualTo(asked.headers().getAll(name));
        }
        for (String name : PLACED) {
            List<String> given = asked.headers().getAll(name);
            boolean cookie = name.equals("Cookie") && given.size() > 1;
            if (!given.isEmpty()) {
                assertThat(out.getAll(name)).as(what).isEqualTo(cookie ? List.of(String.join("; ", given)) : given);
            }
        }
        for (String name : STRUCTURAL) {
            assertThat(out.getAll(name).size()).as(what + " " + name).isEqualTo(expected(name, asked, protocol));
        }
        for (int i = 0; i < out.size(); i++) {
            assertThat(out.value(i)).as(what).isNotEmpty();
            if (protocol == Protocol.H2) {
                assertThat(out.name(i)).isEqualTo(out.name(i).toLowerCase(Locale.ROOT));
            }
        }
    }

    private static int expected(String name, RequestHead asked, Protocol protocol) {
        boolean h1 = protocol == Protocol.H1;
        boolean said = asked.bodyLength() > 0 || List.of("POST", "PUT").contains(asked.method());
        boolean holds = switch (name) {
            case "host", "connection" -> h1;
            case "upgrade" -> asked.upgrades();
            case "content-length" -> said && asked.bodyLength() >= 0;
            default -> h1 && asked.bodyLength() == RequestHead.UNKNOWN_LENGTH;
        };
        return holds ? 1 : 0;
    }

    private static RequestHead asked(Random random) {
        HeaderList headers = random.nextBoolean() ? new HeaderList() : HeaderList.uncased(8);
        List<String> agents = List.of("curl/8", "Mozilla/5.0 (X) Firefox/1", "Own/1", "okhttp/4.12.0");
        if (random.nextBoolean()) {
            headers.add("User-Agent", agents.get(random.nextInt(agents.size())));
        }
        for (int n = random.nextInt(8); n > 0; n--) {
            List<String> names = random.nextBoolean() ? OWN : PLACED;
            headers.add(names.get(random.nextInt(names.size())), "v" + n);
        }
        boolean websocket = random.nextInt(6) == 0;
        String method = websocket ? "GET" : METHODS.get(random.nextInt(METHODS.size()));
        long body = websocket || method.equals("HEAD") ? 0 : random.nextInt(3) - 1;
        RequestKind kind = RequestClassifier.classify(method, "/", headers, body != 0, websocket ? "websocket" : "");
        Origin origin = new Origin(random.nextBoolean() ? "https" : "http", "example.com", 443);
        return new RequestHead(method, origin, "example.com", "/", headers, body, kind, websocket ? "websocket" : "");
    }
}
