package io.hotpool.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.ConnectionFacts.DialTiming;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.metrics.Events;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is slow is named, with the remedy for that and for nothing else. */
class DiagnosisTest {
    @ParameterizedTest(name = "dns {0} ms, tcp {1} ms, tls {2} ms, answer {3} ms: {4}")
    @CsvSource({
        "900,   1,    1,    1, DNS took 900 ms,                          dns.servers",
        "  1, 900,    1,    1, connecting took 900 ms,                   pool.min_hot",
        "  1,   1, 1900,    1, the TLS handshake took 1900 ms,           prewarm",
        "  1,   1,    1, 3900, the first byte of the answer took 3900 ms, the origin itself is slow",
        "400, 400,  900, 2900, nothing is wrong,                         ''"
    })
    void a_slow_step_is_found(long dns, long tcp, long tls, long answer, String finding, String advice) {
        JsonNode diagnosis = diagnosis(new DialTiming(nanos(dns), nanos(tcp), nanos(tls)), nanos(answer));
        assertThat(diagnosis.path("findings")).hasSize(1);
        assertThat(diagnosis.at("/findings/0").asText()).startsWith(finding);
        assertThat(diagnosis.at("/advice/0").asText()).contains(advice);
        assertThat(diagnosis.path("advice")).hasSize(advice.isEmpty() ? 0 : 1);
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static JsonNode diagnosis(DialTiming dial, long firstByte) {
        ConnectionFacts seen = Events.connection(1, Events.ORIGIN, Protocol.H2);
        ConnectionFacts connection = new ConnectionFacts(
                seen.id(),
                seen.origin(),
                seen.remote(),
                seen.protocol(),
                seen.profile(),
                seen.tlsVersion(),
                seen.cipherSuite(),
                seen.ja3(),
                seen.ja4(),
                seen.akamai(),
                seen.resumed(),
                seen.created(),
                dial);
        Timing timing = new Timing(false, 0, 0, 0, 0, firstByte);
        OneRequest.Outcome outcome = new OneRequest.Outcome(200, new byte[0], connection, timing, firstByte, null);
        PoolSnapshot empty = new PoolSnapshot(Instant.EPOCH, List.of());
        return Diagnosis.of(
                "https://www.example.com/",
                Events.ORIGIN,
                "chrome-156",
                outcome,
                new Diagnosis.State(empty, List.of(), ConfigReader.defaults().pool()));
    }
}
