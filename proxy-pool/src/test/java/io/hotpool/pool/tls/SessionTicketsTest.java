package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SessionTicketsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final BrowserProfile CHROME =
            Profiles.builtIn().find("chrome").orElseThrow();
    private static final BrowserProfile FIREFOX =
            Profiles.builtIn().find("firefox").orElseThrow();
    private static final SessionTickets.Scope SCOPE = scope("a.test", "", true, false);

    private final SteppingClock clock = new SteppingClock();
    private final SessionTickets tickets = new SessionTickets(clock, 3);

    @Test
    void a_ticket_is_given_out_once_newest_first() {
        tickets.put(SCOPE, ticket(1, Duration.ofHours(1)));
        tickets.put(SCOPE, ticket(2, Duration.ofHours(1)));

        assertThat(id(tickets.take(SCOPE))).isEqualTo(2);
        assertThat(id(tickets.take(SCOPE))).isEqualTo(1);
        assertThat(tickets.take(SCOPE)).isNull();
    }

    @Test
    void an_old_ticket_is_not_given_out() {
        tickets.put(SCOPE, ticket(1, Duration.ofMinutes(1)));
        clock.now = START.plusSeconds(60);

        assertThat(tickets.take(SCOPE)).isNull();
        assertThat(tickets.size()).isZero();
    }

    @Test
    void nothing_is_shared_between_scopes() {
        tickets.put(SCOPE, ticket(1, Duration.ofHours(1)));

        assertThat(tickets.take(scope("b.test", "", true, false))).isNull();
        assertThat(tickets.take(scope("a.test", "session", true, false))).isNull();
        assertThat(tickets.take(scope("a.test", "", false, false))).isNull();
        assertThat(tickets.take(scope("a.test", "", true, true))).isNull();
        SessionTickets.Scope otherProfile =
                new SessionTickets.Scope(FIREFOX, SCOPE.origin(), SCOPE.ticketScope(), true, false);
        assertThat(tickets.take(otherProfile)).isNull();
        assertThat(tickets.take(SCOPE)).isNotNull();
    }

    @Test
    void the_number_of_tickets_is_bounded() {
        for (int i = 0; i < 10; i++) {
            tickets.put(SCOPE, ticket(i, Duration.ofHours(1)));
            tickets.put(scope(i + ".test", "", true, false), ticket(i, Duration.ofHours(1)));
        }

        assertThat(tickets.size()).isLessThanOrEqualTo(3 * 4);
    }

    @Test
    void the_age_is_obfuscated_and_true() {
        SessionTicket.Tls13 ticket = ticket(7, Duration.ofHours(1));
        byte[] identities = ticket.identities(START.plusMillis(5000));

        // list length, identity length, identity, age + add modulo 2^32
        assertThat(identities).containsExactly(0, 7, 0, 1, 7, 0, 0, 0x13, 0x87);
    }

    @Test
    void a_ticket_lives_a_week_at_most_and_no_longer_than_the_certificate() {
        Instant far = START.plus(Duration.ofDays(400));

        assertThat(SessionTicket.expiry(START, 30 * 86400L, far)).isEqualTo(START.plus(Duration.ofDays(7)));
        assertThat(SessionTicket.expiry(START, 60, far)).isEqualTo(START.plusSeconds(60));
        assertThat(SessionTicket.expiry(START, 86400, START.plusSeconds(5))).isEqualTo(START.plusSeconds(5));
    }

    private static int id(SessionTicket ticket) {
        return ((SessionTicket.Tls13) ticket).identity()[0];
    }

    private static SessionTicket.Tls13 ticket(int id, Duration lifetime) {
        Instant end = START.plus(lifetime);
        return new SessionTicket.Tls13(
                new byte[] {(byte) id}, new byte[32], 0, 32, 0xffffffffL, START, end, Instant.MAX);
    }

    private static SessionTickets.Scope scope(String host, String name, boolean verify, boolean http1Only) {
        return new SessionTickets.Scope(CHROME, Origin.https(host, 443), name, verify, http1Only);
    }

    private static final class SteppingClock extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
