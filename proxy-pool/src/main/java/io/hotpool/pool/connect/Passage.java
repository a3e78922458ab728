package io.hotpool.pool.connect;

import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.fault.DialProgress;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts.DialTiming;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way to an origin up to an open byte stream, straight or through a proxy. One use; confined to its loop; a deadline
 * that also covers what the caller does after {@link #open}.
 */
interface Passage {
    /**
     * @param only the one address of the origin to connect to; null: those of the host
     * @return a channel with auto-read off that yields and takes the origin's bytes, or a {@link Fault}
     */
    Future<Channel> open(@Nullable InetAddress only);

    /** The open stream came to nothing: another one, to an address that did not fail yet. */
    Future<Channel> another();

    /** Is there an address left, and time for it? */
    boolean hasAnother();

    /**
     * How long a handshake may take on the open stream: not all of the time that is left while another address could still
     * answer.
     */
    long patienceNanos();

    /** What to do when the deadline passes after the stream is open. */
    void atDeadline(Runnable action);

    /** Does the stream end at the address that was to be tried first? */
    boolean atFirst(Channel channel);

    /** What came of the open stream. */
    void seen(Channel channel, Outcome outcome);

    void seen(InetAddress address, Outcome outcome);

    /** The caller has what it wanted, or gave up: the deadline is off. */
    void finish();

    /** Nobody wants it any more: what is being opened is closed, and nothing is said of any address. */
    void abandon(Fault why);

    Fault late();

    DialTiming timing();

    /** Until now. */
    DialProgress progress();

    /** The origin's address at the end of the stream; null where it is not known here. */
    @Nullable
    InetAddress address(Channel channel);
}
