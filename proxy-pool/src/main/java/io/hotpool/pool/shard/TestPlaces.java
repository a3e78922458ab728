package io.hotpool.pool.shard;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections that tests of addresses make, within the caps: each has a place of its host and a permit, is only begun
 * where nobody wants these, and ends as soon as somebody does. Pure.
 */
final class TestPlaces {
    private final Shell shell;
    private final ArrayDeque<Place> staying = new ArrayDeque<>();
    private volatile int stayingCount;

    TestPlaces(Shell shell) {
        this.shell = shell;
    }

    /** What one test occupies until it is given to {@link PoolState#leave}. */
    static final class Place {
        final HostState host;
        private final Runnable giveWay;

        private Place(HostState host, Runnable giveWay) {
            this.host = host;
            this.giveWay = giveWay;
        }
    }

    /**
     * Null when there is none to spare.
     *
     * @param giveWay called once at most: somebody wants the place. It is left on that stack, or as soon as the socket is closed
     */
    @Nullable
    Place take(HostState host, int perHost, Runnable giveWay) {
        if (host.waiting > 0 || host.sockets() >= perHost || !shell.takePermit()) {
            return null;
        }
        Place place = new Place(host, giveWay);
        staying.add(place);
        stayingCount = staying.size();
        host.tests++;
        return place;
    }

    void left(Place place) {
        unlist(place);
        place.host.tests--;
        shell.returnPermit();
    }

    /** Has the host no place left, not even that of a test? */
    boolean full(HostState host, int perHost) {
        if (host.sockets() >= perHost && host.tests > 0) {
            giveWay(host);
        }
        return host.sockets() >= perHost;
    }

    /** The oldest one of that host has to go. */
    void giveWay(HostState host) {
        staying.stream().filter(p -> p.host == host).findFirst().ifPresent(this::ask);
    }

    /** The oldest one has to go. False: there is none that is not leaving already. */
    boolean giveWay() {
        Place oldest = staying.peek();
        if (oldest != null) {
            ask(oldest);
        }
        return oldest != null;
    }

    private void ask(Place place) {
        unlist(place);
        place.giveWay.run();
    }

    private void unlist(Place place) {
        staying.remove(place);
        stayingCount = staying.size();
    }

    /** How many have not been asked to leave. Any thread. */
    int staying() {
        return stayingCount;
    }
}
