package io.hotpool.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * A client's connection, as far as the pool has to know it: a connection to an origin that logged in by NTLM or Negotiate
 * serves it alone, and ends with it. Compared by identity. Thread-safe by one short lock, taken for such logins only.
 */
public final class Downstream {
    private final List<Runnable> atEnd = new ArrayList<>(0);
    private boolean gone;

    /** Runs {@code action} at the end, at once when that was before. */
    public void whenGone(Runnable action) {
        synchronized (this) {
            if (!gone) {
                atEnd.add(action);
                return;
            }
        }
        action.run();
    }

    /** The client has closed its connection. */
    public void end() {
        List<Runnable> actions;
        synchronized (this) {
            gone = true;
            actions = List.copyOf(atEnd);
            atEnd.clear();
        }
        actions.forEach(Runnable::run);
    }
}
