package io.hotpool.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.PoolSnapshot.Connection;
import io.hotpool.pool.PoolSnapshot.Host;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.metrics.Events;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of the API that are longer than a page. */
class PageTest extends AdminFixture {
    private static final int HOSTS = 600;
    private static final Pattern NEXT = Pattern.compile("(?im)^link: <([^>]+)>; rel=\"next\"");

    /** One connection to each of many hosts, in no order. */
    private void show(List<Integer> numbers) {
        List<Host> hosts = new ArrayList<>();
        for (int n : numbers) {
            Origin origin = Origin.https("host-" + n + ".test", 443);
            hosts.add(new Host(
                    origin,
                    0,
                    0,
                    List.of(new Connection(
                            Events.connection(n, origin, Protocol.H2),
                            "",
                            "idle",
                            0,
                            100,
                            1,
                            0,
                            Instant.EPOCH,
                            true,
                            Instant.EPOCH))));
        }
        pool.snapshot = new PoolSnapshot(Instant.EPOCH, hosts);
    }

    private static List<Integer> shuffled(int from, int to) {
        List<Integer> numbers = new ArrayList<>();
        for (int n = from; n < to; n++) {
            numbers.add(n);
        }
        Collections.shuffle(numbers, new Random(7));
        return numbers;
    }

    /** Follows Link to the end; what {@code field} says of every element. */
    private List<String> walk(String from, String field) throws IOException {
        List<String> all = new ArrayList<>();
        String next = from;
        while (next != null) {
            Reply page = get(next);
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            for (JsonNode element : page.json()) {
                all.add(element.path(field).asText());
            }
            Matcher link = NEXT.matcher(page.head());
            next = link.find() ? link.group(1) : null;
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"hosts,host,100", "hosts,host,7", "connections,id,250", "connections,id,600"})
    void every_element_is_on_exactly_one_page(String list, String field, int limit) throws IOException {
        show(shuffled(0, HOSTS));

        List<String> all = walk("/api/v1/" + list + "?limit=" + limit, field);

        assertThat(all).hasSize(HOSTS).doesNotHaveDuplicates();
        assertThat(get("/api/v1/" + list + "?limit=1").head()).contains("X-Total-Count: " + HOSTS);
    }

    @Test
    void the_next_page_begins_where_the_last_ended_though_elements_came_and_went() throws IOException {
        show(shuffled(0, HOSTS));
        Reply first = get("/api/v1/connections?limit=100&healthy=true");
        Matcher link = NEXT.matcher(first.head());
        assertThat(link.find()).isTrue();
        assertThat(link.group(1)).contains("healthy=true", "limit=100");

        show(shuffled(50, HOSTS + 50));

        assertThat(walk(link.group(1), "id"))
                .hasSize(HOSTS - 50)
                .startsWith("100")
                .endsWith(Integer.toString(HOSTS + 49));
    }

    @Test
    void lists_of_addresses_have_pages_too() throws IOException {
        for (int n : shuffled(0, HOSTS)) {
            pool.lists.put(Kind.BLACKLIST, AddressBlock.parse("198.51." + n / 250 + "." + n % 250), null, null);
        }

        assertThat(walk("/api/v1/blacklist?limit=90", "ip")).hasSize(HOSTS).doesNotHaveDuplicates();
        assertThat(get("/api/v1/blacklist?limit=90").head()).contains("X-Total-Count: " + HOSTS);
    }

    @Test
    void a_page_that_cannot_be_is_refused_and_a_whole_list_has_no_next() throws IOException {
        show(shuffled(0, 3));

        assertThat(get("/api/v1/hosts?cursor=%C3%A4").status()).isEqualTo(400);
        assertThat(get("/api/v1/hosts?limit=10001").status()).isEqualTo(400);
        assertThat(get("/api/v1/hosts?limit=-1").status()).isEqualTo(400);
        assertThat(get("/api/v1/hosts").head()).doesNotContainIgnoringCase("link:");
        assertThat(get("/api/v1/hosts?limit=2&offset=1").json()).hasSize(2);
    }
}
