package io.hotpool.pool.profile;

/** A profile file that cannot be used; the message names file, place, what was given and what is allowed. */
public final class ProfileFormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ProfileFormatException(String message) {
        super(message);
    }

    ProfileFormatException(String file, String path, String given, String allowed) {
        super(file + ": " + (path.isEmpty() ? "top level" : path) + ": " + given + " (allowed: " + allowed + ")");
    }
}
