package io.hotpool.server.config;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration: everything that is known of it, in one place. The reader, the annotated file, the table in the
 * README, the schema and {@code --help} all come from here.
 *
 * @param section {@code pool}; empty for an array of tables at the top
 * @param defaultToml the default as TOML
 * @param recommended values outside of it bring a warning; null: none
 * @param doc one line for people
 */
record Key<T>(
        String section,
        String name,
        ValueType<T> type,
        String defaultToml,
        @Nullable Range<T> recommended,
        String doc,
        Change change,
        boolean secret) {

    /** When a changed value takes effect. */
    enum Change {
        RELOAD,
        RESTART
    }

    /** Both ends included. */
    record Range<T>(Comparable<T> least, Comparable<T> most, String text) {
        boolean holds(T value) {
            return least.compareTo(value) <= 0 && most.compareTo(value) >= 0;
        }
    }

    static <T> Key<T> of(String path, ValueType<T> type, String defaultToml, String doc) {
        int dot = path.indexOf('.');
        String section = dot < 0 ? "" : path.substring(0, dot);
        return new Key<>(section, path.substring(dot + 1), type, defaultToml, null, doc, Change.RELOAD, false);
    }

    <C extends Comparable<T>> Key<T> recommended(C least, C most, String text) {
        return new Key<>(section, name, type, defaultToml, new Range<>(least, most, text), doc, change, secret);
    }

    Key<T> restart() {
        return new Key<>(section, name, type, defaultToml, recommended, doc, Change.RESTART, secret);
    }

    Key<T> hidden() {
        return new Key<>(section, name, type, defaultToml, recommended, doc, change, true);
    }

    /** {@code pool.min_hot}. */
    String path() {
        return section.isEmpty() ? name : section + "." + name;
    }

    /** {@code HOTPOOL_POOL_MIN_HOT}. */
    String variable() {
        return "HOTPOOL_" + path().replace('.', '_').toUpperCase(Locale.ROOT);
    }

    T defaultValue() {
        Problems problems = new Problems();
        T value = type.read(Layer.given(this, defaultToml, Place.DEFAULT), problems);
        if (problems.any()) {
            throw new IllegalStateException(path() + ": the default " + defaultToml + " is not allowed");
        }
        return Objects.requireNonNull(value);
    }
}
