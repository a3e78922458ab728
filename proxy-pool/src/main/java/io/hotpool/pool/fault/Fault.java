package io.hotpool.pool.fault;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of the data plane: why an exchange, a dial or a handshake ended. Immutable; carries no stack trace.
 */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FaultKind kind;
    private final String detail;
    private final boolean unprocessed;
    private final @Nullable String host;
    private final transient @Nullable InetAddress address;
    private final int attempts;
    private final @Nullable Duration retryAfter;
    private final transient @Nullable DialProgress progress;

    private Fault(
            FaultKind kind,
            String detail,
            boolean unprocessed,
            @Nullable String host,
            @Nullable InetAddress address,
            int attempts,
            @Nullable Duration retryAfter,
            @Nullable DialProgress progress,
            @Nullable Throwable cause) {
        super(detail, cause, false, false);
        this.kind = kind;
        this.detail = detail;
        this.unprocessed = unprocessed;
        this.host = host;
        this.address = address;
        this.attempts = attempts;
        this.retryAfter = retryAfter;
        this.progress = progress;
    }

    /** A fault after which the origin may have acted on the request. */
    public static Fault of(FaultKind kind, String detail) {
        return new Fault(kind, detail, false, null, null, 0, null, null, null);
    }

    public static Fault of(FaultKind kind, String detail, @Nullable Throwable cause) {
        return new Fault(kind, detail, false, null, null, 0, null, null, cause);
    }

    /** A fault of which it is proven that the origin did not act on the request: any method may be sent again. */
    public static Fault unprocessed(FaultKind kind, String detail, @Nullable Throwable cause) {
        return new Fault(kind, detail, true, null, null, 0, null, null, cause);
    }

    /** The fault that {@code cause} is or wraps; {@link FaultKind#INTERNAL} for anything unexpected. */
    public static Fault from(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof Fault fault) {
                return fault;
            }
        }
        return new Fault(FaultKind.INTERNAL, cause.toString(), false, null, null, 0, null, null, cause);
    }

    public Fault at(@Nullable String host, @Nullable InetAddress address) {
        return new Fault(
                kind,
                detail,
                unprocessed,
                host == null ? this.host : host,
                address == null ? this.address : address,
                attempts,
                retryAfter,
                progress,
                getCause());
    }

    public Fault attempts(int attempts) {
        return new Fault(kind, detail, unprocessed, host, address, attempts, retryAfter, progress, getCause());
    }

    /** The same with the time after which another try is worth it. */
    public Fault retryAfter(Duration time) {
        return new Fault(kind, detail, unprocessed, host, address, attempts, time, progress, getCause());
    }

    /** The same of a dial that had come so far. */
    public Fault during(DialProgress dial) {
        return new Fault(kind, detail, unprocessed, host, address, attempts, retryAfter, dial, getCause());
    }

    public FaultKind kind() {
        return kind;
    }

    /** What happened this time, for people; never holds a secret, a header value or a body. */
    public String detail() {
        return detail;
    }

    /** True when the origin provably did not act on the request. */
    public boolean unprocessed() {
        return unprocessed;
    }

    public @Nullable String host() {
        return host;
    }

    public @Nullable InetAddress address() {
        return address;
    }

    /** How many attempts were made, 0 when none left the proxy. */
    public int attempts() {
        return attempts;
    }

    /** When another try is worth it, null when that is not known. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Of the dial that failed; null for what is no dial's fault, or not known to be. */
    public @Nullable DialProgress progress() {
        return progress;
    }

    /** The RFC 9209 error type of this very occurrence. */
    public String proxyError() {
        boolean inDns = progress != null && progress.stage() == DialProgress.Stage.DNS;
        return kind == FaultKind.CONNECT_TIMEOUT && inDns ? "dns_timeout" : kind.proxyError();
    }

    @Override
    public String toString() {
        return kind.label() + ": " + detail;
    }
}
