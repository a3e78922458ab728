package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResidentsTest {
    private static final Origin HOST = new Origin("tcp", "a.test", 443);

    private final Residents residents = new Residents();

    private static List<InetAddress> addresses(int... last) {
        return IntStream.of(last)
                .mapToObj(n -> IpLiteral.address(new byte[] {10, 0, 0, (byte) n}))
                .toList();
    }

    @Test
    void an_address_that_no_answer_had_for_a_while_has_left_once() {
        assertThat(residents.answered(HOST, addresses(1, 2), 0, 100)).isEmpty();
        assertThat(residents.answered(HOST, addresses(2, 3), 60, 100)).isEmpty();
        assertThat(residents.answered(HOST, addresses(2, 3), 100, 100)).isEqualTo(addresses(1));
        assertThat(residents.answered(HOST, addresses(2, 3), 500, 100)).isEmpty();
    }

    @Test
    void a_host_that_moves_between_two_rare_answers_has_left_its_old_addresses() {
        residents.answered(HOST, addresses(1), 0, 100);
        assertThat(residents.answered(HOST, addresses(2), 200, 100)).isEqualTo(addresses(1));
    }

    @Test
    void answers_that_take_turns_lose_nobody() {
        for (int now = 0; now < 10_000; now += 30) {
            int turn = now / 30 % 3;
            assertThat(residents.answered(HOST, addresses(turn, turn + 1), now, 100))
                    .isEmpty();
        }
    }
}
