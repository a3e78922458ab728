package io.hotpool.server.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A value for every key, and where each came from. Immutable once read. */
final class Values {
    private final Map<Key<?>, Object> values = new HashMap<>();
    private final Map<Key<?>, Place> places = new HashMap<>();

    /** Reads every key from the last layer that has it, else from its default. */
    static Values read(List<Layer> layers, Problems problems) {
        Values all = new Values();
        for (Key<?> key : Keys.ALL) {
            all.readKey(key, layers, problems);
        }
        return all;
    }

    private <T> void readKey(Key<T> key, List<Layer> layers, Problems problems) {
        T value = key.defaultValue();
        Place place = Place.DEFAULT;
        for (Layer layer : layers) {
            Given given = layer.values().get(key);
            T read = given == null ? null : key.type().read(given, problems);
            if (given != null && read != null) {
                value = read;
                place = given.place();
            }
        }
        values.put(key, value);
        places.put(key, place);
        warnOutsideRecommended(key, value, place, problems);
    }

    private static <T> void warnOutsideRecommended(Key<T> key, T value, Place place, Problems problems) {
        Key.Range<T> range = key.recommended();
        if (range != null && !range.holds(value)) {
            problems.warning(
                    place,
                    key.path(),
                    key.type().write(value) + " is allowed, but outside of the recommended " + range.text());
        }
    }

    /** Only {@link #readKey} puts values in, so the type holds. */
    @SuppressWarnings("unchecked")
    <T> T get(Key<T> key) {
        return (T) Objects.requireNonNull(values.get(key), key.path());
    }

    Place place(Key<?> key) {
        return Objects.requireNonNull(places.get(key), key.path());
    }

    /** @param path of a key, or of a part of its value: {@code rule[2].profile} */
    Place placeOf(String path) {
        return Keys.find(path.replaceFirst("\\[.*", "")).map(this::place).orElse(Place.DEFAULT);
    }

    Map<String, Effective> effective() {
        Map<String, Effective> all = new LinkedHashMap<>();
        for (Key<?> key : Keys.ALL) {
            all.put(key.path(), effective(key));
        }
        return all;
    }

    private <T> Effective effective(Key<T> key) {
        String text = key.type().write(get(key));
        boolean hide = key.secret() && !text.equals(key.defaultToml());
        return new Effective(
                hide ? "\"(not shown)\"" : text,
                key.defaultToml(),
                place(key).toString(),
                key.change() == Key.Change.RESTART,
                key.doc());
    }
}
