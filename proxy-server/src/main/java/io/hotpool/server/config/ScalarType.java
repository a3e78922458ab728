package io.hotpool.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A single value that is read by a function.
 *
 * @param reading empty when the value is not allowed
 */
record ScalarType<T>(
        Function<Given, Optional<T>> reading,
        Function<T, String> writing,
        String allowed,
        Map<String, Object> schema,
        boolean literal)
        implements ValueType<T> {

    @Override
    public @Nullable T read(Given given, Problems problems) {
        Optional<T> value = reading.apply(given);
        if (value.isEmpty()) {
            problems.notAllowed(given, allowed);
        }
        return value.orElse(null);
    }

    @Override
    public String write(T value) {
        return writing.apply(value);
    }
}
