package io.hotpool.server.config;

/**
 * The value of one key as it is in force, for people and the API.
 *
 * @param value as TOML; secrets are not shown
 * @param origin {@code default}, {@code hotpool.toml:12}, {@code HOTPOOL_POOL_MIN_HOT}, {@code --set}
 */
public record Effective(String value, String defaultValue, String origin, boolean needsRestart, String doc) {}
