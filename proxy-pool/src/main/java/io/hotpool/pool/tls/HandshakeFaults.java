package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import java.nio.channels.ClosedChannelException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong in a handshake into words. */
final class HandshakeFaults {
    private HandshakeFaults() {}

    static Fault of(Throwable cause) {
        Fault own = own(cause);
        if (own != null) {
            return own;
        }
        if (cause instanceof TlsFatalAlertReceived received) {
            return failed("the origin refused the TLS handshake: " + alert(received.getAlertDescription()), cause);
        }
        if (cause instanceof TlsFatalAlert raised) {
            return failed(raised(raised), cause);
        }
        return failed("the TLS handshake failed: " + cause.getMessage(), cause);
    }

    static Fault busy() {
        return Fault.unprocessed(FaultKind.POOL_EXHAUSTED, "too many TLS handshakes wait for the crypto threads", null);
    }

    static Fault failed(String detail, @Nullable Throwable cause) {
        return Fault.unprocessed(FaultKind.TLS_FAILED, detail, cause);
    }

    /** The connection went away in the middle: nothing that was said speaks against another try. */
    static Fault cut(String detail) {
        return failed(detail, new ClosedChannelException());
    }

    /** For people: {@code handshake_failure (40)}. */
    static String alert(int description) {
        return AlertDescription.getName((short) description) + " (" + description + ")";
    }

    private static String raised(TlsFatalAlert alert) {
        String text = alert.getMessage();
        int detail = text == null ? -1 : text.indexOf("; ");
        String reason = detail < 0 ? "broke the TLS protocol" : text.substring(detail + 2);
        return switch (alert.getAlertDescription()) {
            case AlertDescription.protocol_version ->
                "the origin speaks only a TLS version that is too old: " + alert(alert.getAlertDescription());
            default -> "the origin " + reason + ": " + alert(alert.getAlertDescription());
        };
    }

    private static @Nullable Fault own(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof Fault fault) {
                return fault;
            }
        }
        return null;
    }
}
