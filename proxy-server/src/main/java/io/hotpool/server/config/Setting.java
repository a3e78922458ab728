package io.hotpool.server.config;

/**
 * A key that the command line sets.
 *
 * @param option for messages: {@code --set}, {@code --listen}
 * @param text TOML, or a text without quotes
 */
public record Setting(String option, String key, String text) {
    /** @param pair {@code KEY=VALUE} */
    public static Setting parse(String pair) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("'" + pair + "' is not KEY=VALUE, such as pool.max_connections=200");
        }
        return new Setting(
                "--set",
                pair.substring(0, equals).strip(),
                pair.substring(equals + 1).strip());
    }
}
