package io.hotpool.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paths as configurations write them: {@code ~}, {@code $HOME} and the XDG folders with their defaults. */
public final class Paths {
    private Paths() {}

    /** {@code -} stands for the standard output and stays as it is. */
    static Path resolve(String text, Place place) {
        if (text.equals("-")) {
            return Path.of(text);
        }
        return place.base().resolve(expand(text, System.getenv())).normalize();
    }

    /** {@code $XDG_STATE_HOME/hotpool}: what is to survive a restart. */
    public static Path state() {
        return Path.of(expand("$XDG_STATE_HOME/hotpool", System.getenv()));
    }

    static String expand(String text, Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        String state = absolute(environment.get("XDG_STATE_HOME"), home + "/.local/state");
        String config = absolute(environment.get("XDG_CONFIG_HOME"), home + "/.config");
        String path = text.replace("$XDG_STATE_HOME", state)
                .replace("$XDG_CONFIG_HOME", config)
                .replace("$HOME", home);
        return path.equals("~") || path.startsWith("~/") ? home + path.substring(1) : path;
    }

    /** The XDG specification: a relative value is to be ignored. */
    private static String absolute(@Nullable String value, String otherwise) {
        return value != null && value.startsWith("/") ? value : otherwise;
    }
}
