package io.hotpool.pool.tls;

import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tickets at hand, by everything that two connections must share to share them. A ticket is handed out once. Bounded;
 * thread-safe.
 */
final class SessionTickets {
    /** Servers send two at a time; a browser keeps about as many. */
    private static final int PER_SCOPE = 4;

    private final ConcurrentHashMap<Scope, List<SessionTicket>> tickets = new ConcurrentHashMap<>();
    private final Clock clock;
    private final int scopes;

    /** @param scopes most scopes with tickets */
    SessionTickets(Clock clock, int scopes) {
        this.clock = clock;
        this.scopes = scopes;
    }

    /**
     * @param profile compared by identity: profiles of one name, reloaded or mirrored, may send different hellos
     * @param http1Only the session was made by a hello that offers nothing but HTTP/1.1
     * @param ticketScope of the request: session, egress and verification
     */
    record Scope(BrowserProfile profile, Origin origin, Object ticketScope, boolean verify, boolean http1Only) {
        static Scope of(TlsRequest request) {
            return new Scope(
                    request.profile(),
                    request.origin(),
                    request.ticketScope(),
                    request.verify(),
                    request.form() == TlsRequest.Form.HTTP1_ONLY);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Scope scope
                    && profile == scope.profile
                    && verify == scope.verify
                    && http1Only == scope.http1Only
                    && origin.equals(scope.origin)
                    && ticketScope.equals(scope.ticketScope);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * origin.hashCode() + ticketScope.hashCode()) + System.identityHashCode(profile);
        }
    }

    void put(Scope scope, SessionTicket ticket) {
        tickets.compute(scope, (key, old) -> {
            List<SessionTicket> kept = new ArrayList<>(PER_SCOPE);
            kept.add(ticket);
            if (old != null) {
                old.stream().limit(PER_SCOPE - 1).forEach(kept::add);
            }
            return kept;
        });
        if (tickets.size() > scopes) {
            makeRoom(scope);
        }
    }

    /** The newest ticket that is still good, removed; null when there is none. */
    @Nullable
    SessionTicket take(Scope scope) {
        Instant now = clock.instant();
        SessionTicket[] taken = new SessionTicket[1];
        tickets.computeIfPresent(scope, (key, old) -> {
            List<SessionTicket> good = new ArrayList<>(old);
            good.removeIf(ticket -> !now.isBefore(ticket.expires()));
            if (!good.isEmpty()) {
                taken[0] = good.remove(0);
            }
            return good.isEmpty() ? null : good;
        });
        return taken[0];
    }

    int size() {
        return tickets.values().stream().mapToInt(List::size).sum();
    }

    void clear() {
        tickets.clear();
    }

    private void makeRoom(Scope newest) {
        Instant now = clock.instant();
        tickets.values().removeIf(list -> list.stream().allMatch(ticket -> !now.isBefore(ticket.expires())));
        Iterator<Scope> any = tickets.keySet().iterator();
        while (tickets.size() > scopes && any.hasNext()) {
            if (!any.next().equals(newest)) {
                any.remove();
            }
        }
    }
}
