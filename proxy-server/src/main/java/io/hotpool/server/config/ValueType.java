package io.hotpool.server.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a key takes: how it is read, written and described.
 *
 * @param <T> of the value in the records; immutable
 */
interface ValueType<T> {
    /** Null when it cannot be read: then at least one problem was reported. */
    @Nullable
    T read(Given given, Problems problems);

    /** As TOML on one line, so that reading it again gives an equal value. */
    String write(T value);

    /** Completes "must be …": {@code an integer from 1 to 1000}. */
    String allowed();

    /** JSON Schema (2020-12) of the TOML value. */
    Map<String, Object> schema();

    /** In the environment and in {@code --set} the text itself is the value, even when it would be valid TOML. */
    default boolean literal() {
        return false;
    }
}
