package io.hotpool.wire.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;

/** Changes the daemon's configuration while it runs, one key at a time: limits, lifetimes, lists, the addresses it leaves from. */
final class Changes {
    private static final List<String> CHANGES = List.of(
            "\"pool.max_conns_per_host\": 6",
            "\"pool.max_conns_per_host\": 12",
            "\"pool.max_lifetime\": \"5s\"",
            "\"pool.max_lifetime\": \"5m\"",
            "\"pool.idle_timeout\": \"2s\"",
            "\"pool.min_hot\": 2",
            "\"pool.min_hot\": null",
            "\"pool.auto_tune\": true",
            "\"pool.auto_tune\": false",
            "\"headers.mode\": \"preserve\"",
            "\"headers.mode\": null",
            "\"blacklist.ips\": [\"127.0.11.2\", \"127.0.12.0/31\"]",
            "\"blacklist.ips\": null",
            "\"upstream.local_addresses\": [\"127.0.0.2\", \"127.0.0.3\"]",
            "\"upstream.local_addresses\": [\"127.0.0.3\"]",
            "\"upstream.local_addresses\": null");
    private static final String ALL_BACK = "\"pool.max_conns_per_host\": null, \"pool.max_lifetime\": null,"
            + " \"pool.idle_timeout\": null, \"pool.min_hot\": null, \"pool.auto_tune\": null, \"headers.mode\": null,"
            + " \"blacklist.ips\": null, \"upstream.local_addresses\": null";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random;
    private final URI config;
    private int made;

    Changes(long seed, URI admin) {
        random = new Random(seed);
        config = admin.resolve("/api/v1/config");
    }

    void next() throws IOException, InterruptedException {
        patch(CHANGES.get(random.nextInt(CHANGES.size())));
        made++;
    }

    void takeBack() throws IOException, InterruptedException {
        patch(ALL_BACK);
    }

    private void patch(String members) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(config)
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{" + members + "}"))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(members + ": " + answer.body()).isEqualTo(200);
    }

    int made() {
        return made;
    }
}
