package io.hotpool.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that was read and found right.
 *
 * @param file null: none was found, built-in defaults
 * @param effective every key in the file's order
 */
public record Loaded(
        HotpoolConfig config, @Nullable Path file, Map<String, Effective> effective, List<Problem> warnings) {
    Loaded with(HotpoolConfig same) {
        return new Loaded(same, file, effective, warnings);
    }
}
