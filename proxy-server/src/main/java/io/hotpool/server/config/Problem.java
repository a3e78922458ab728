package io.hotpool.server.config;

/** One thing wrong, or questionable, in a configuration. */
public record Problem(Place place, String key, String message) {
    /** {@code hotpool.toml:12: pool.min_hot = -1: an integer from 0 to 1000}. */
    @Override
    public String toString() {
        return place + (key.isEmpty() ? "" : ": " + key) + message;
    }
}
