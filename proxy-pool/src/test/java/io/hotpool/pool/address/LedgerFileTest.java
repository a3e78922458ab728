package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.LedgerFile.Content;
import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFileTest {
    private static final Origin PLACE = new Origin("tcp", "a.test", 443);
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path folder;

    private Path path;
    private LedgerFile file;

    @BeforeEach
    void name() {
        path = folder.resolve("state/addresses.json");
        file = new LedgerFile(path);
    }

    private static InetAddress ip(int last) {
        return IpLiteral.address(new byte[] {10, 0, 0, (byte) last});
    }

    private static Standing standing(int last, State state, Family against) {
        return new Standing(ip(last), state, "3x forbidden", NOW, NOW + 60_000, 1.5, 2.5, 7e6, 0, against, false, 0);
    }

    private static Content content(int rules) {
        AddressRule[] all = new AddressRule[rules];
        Arrays.setAll(
                all,
                i -> new AddressRule(
                        i % 2 == 0 ? Kind.BLACKLIST : Kind.WHITELIST,
                        AddressBlock.parse("10.1." + i / 256 + "." + i % 256 + "/32"),
                        i % 3 == 0 ? PLACE : null,
                        Source.BY_HAND,
                        NOW,
                        i % 5 == 0 ? NOW + 1000 : Long.MAX_VALUE));
        return new Content(
                List.of(all),
                Map.of(
                        PLACE,
                        List.of(
                                standing(1, State.DENIED, Family.REFUSAL),
                                standing(2, State.ALLOWED, Family.GOOD),
                                standing(3, State.HALF_OPEN, Family.REACH))));
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        file.write(content(20));
        assertThat(file.read()).isEqualTo(content(20));
        file.write(Content.NONE);
        assertThat(file.read()).isEqualTo(Content.NONE);
        assertThat(folder.resolve("state")).isDirectoryContaining(f -> f.equals(path));
        try (var files = Files.list(folder.resolve("state"))) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void nothing_is_known_without_a_file() {
        assertThat(file.read()).isEqualTo(Content.NONE);
    }

    @Test
    void a_file_cut_at_any_byte_is_set_aside_and_never_trusted() throws IOException {
        file.write(content(3));
        byte[] whole = Files.readAllBytes(path);
        Path aside = path.resolveSibling("addresses.json.corrupt");
        for (int length = 0; length < whole.length - 2; length += 41) { // the last bytes are a brace and a line's end
            Files.write(path, Arrays.copyOf(whole, length));
            assertThat(file.read()).as("cut at " + length).isEqualTo(Content.NONE);
            assertThat(path).doesNotExist();
            assertThat(Files.size(aside)).isEqualTo(length);
        }
        file.write(content(3));
        assertThat(file.read()).isEqualTo(content(3));
    }

    @Test
    void what_is_no_file_of_addresses_is_set_aside() throws IOException {
        for (String text : List.of(
                "[]",
                "\0\0\0\0",
                "{\"version\": 99}",
                "{\"version\": 1, \"by_hand\": [{\"list\": \"greylist\", \"ip\": \"10.0.0.1\"}]}",
                "{\"version\": 1, \"by_hand\": [{\"list\": \"blacklist\", \"ip\": \"10.0.0.999\"}]}",
                "{\"version\": 1, \"learned\": [{\"ip\": \"10.0.0.1\", \"state\": \"denied\", \"until\": \"soon\"}]}")) {
            Files.createDirectories(path.getParent());
            Files.write(path, text.getBytes(StandardCharsets.UTF_8));
            assertThat(file.read()).as(text).isEqualTo(Content.NONE);
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void what_a_killed_writer_left_beside_it_is_not_read() throws IOException {
        file.write(content(2));
        Files.writeString(path.resolveSibling("addresses.json.tmp1"), "{\"version\": 1, \"by_ha");
        assertThat(file.read()).isEqualTo(content(2));
    }

    @Test
    void a_reader_finds_the_old_or_the_new_one_whole_at_any_moment() throws Exception {
        file.write(content(1));
        AtomicBoolean done = new AtomicBoolean();
        Throwable[] failure = new Throwable[1];
        int[] reads = new int[1];
        Thread reader = new Thread(() -> {
            try {
                while (!done.get()) {
                    Content read = new LedgerFile(path).read();
                    int rules = read.byHand().size();
                    assertThat(read).isEqualTo(content(rules));
                    assertThat(rules).isPositive();
                    reads[0]++;
                }
            } catch (Throwable t) {
                failure[0] = t;
            }
        });
        reader.start();
        for (int i = 1; i <= 100 || reads[0] < 20 && reader.isAlive(); i++) {
            file.write(content(1 + i % 150));
        }
        done.set(true);
        reader.join();
        assertThat(failure[0]).isNull();
    }

    @Test
    void a_restart_keeps_verdicts_and_hand_made_entries_and_what_has_expired_ends() {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC);
        PoolConfig config = PoolConfig.DEFAULTS.with(b -> b.access = new PoolConfig.Access(
                b.access.whitelist(),
                b.access.blacklist(),
                b.access.unknown(),
                b.access.whitelistTtl(),
                b.access.blacklistTtl(),
                b.access.maxEjectedPercent(),
                path));
        IpAccessController before = new IpAccessController(config, Runnable::run, clock, PoolListener.NONE);
        before.put(Kind.BLACKLIST, AddressBlock.parse("192.0.2.0/24"), null, null);
        before.take(new LoopObservations.Batch(
                Map.of(PLACE, List.of(List.of(ip(1), ip(2)))),
                List.of(
                        new Observation(PLACE, ip(1), Outcome.FORBIDDEN, 3, 0),
                        new Observation(PLACE, ip(2), Outcome.ANSWERED, 1, 5_000_000))));
        before.tick();

        IpAccessController after = new IpAccessController(config, Runnable::run, clock, PoolListener.NONE);
        assertThat(after.entries(Kind.BLACKLIST))
                .isEqualTo(before.entries(Kind.BLACKLIST))
                .hasSize(2);
        assertThat(after.entries(Kind.WHITELIST))
                .isEqualTo(before.entries(Kind.WHITELIST))
                .hasSize(1);
        assertThat(after.addresses("a.test", 443))
                .filteredOn(a -> a.state().equals("denied"))
                .singleElement()
                .satisfies(a -> assertThat(a.evidence()).isEqualTo("3x forbidden"));

        Clock later = Clock.fixed(Instant.ofEpochMilli(NOW).plus(config.access().blacklistTtl()), ZoneOffset.UTC);
        IpAccessController expired = new IpAccessController(config, Runnable::run, later, PoolListener.NONE);
        expired.tick();
        assertThat(expired.addresses("a.test", 443)).extracting(a -> a.state()).containsExactly("half_open", "allowed");
    }
}
