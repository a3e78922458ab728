package io.hotpool.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers everything that is wrong with a configuration, so that all of it is reported at once. Confined to one reading. */
final class Problems {
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    /** A value that is not what the key takes. */
    void notAllowed(Given given, String allowed) {
        errors.add(new Problem(given.place(), given.key(), " = " + given.shown() + ": must be " + allowed));
    }

    /** A value of the right type that cannot be used; {@code reason} says why. */
    void unusable(Given given, String reason) {
        errors.add(new Problem(given.place(), given.key(), " = " + given.shown() + ": " + reason));
    }

    void error(Place place, String key, String message) {
        errors.add(new Problem(place, key, ": " + message));
    }

    void syntax(Place place, String message) {
        errors.add(new Problem(place, "", message));
    }

    void warning(Place place, String key, String message) {
        warnings.add(new Problem(place, key, ": " + message));
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    List<Problem> errors() {
        return List.copyOf(errors);
    }

    boolean any() {
        return !errors.isEmpty();
    }

    /** Whether a value of one of these keys was refused, so that nothing can be said about it. */
    boolean blame(Key<?>... keys) {
        return Arrays.stream(keys).anyMatch(key -> errors.stream().anyMatch(error -> isIn(error.key(), key.path())));
    }

    private static boolean isIn(String part, String path) {
        return part.equals(path) || part.startsWith(path + "[") || part.startsWith(path + ".");
    }

    void throwIfAny() throws ConfigException {
        if (any()) {
            throw new ConfigException(errors);
        }
    }
}
