package io.hotpool.pool.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields in the order and with the casing in which they were sent; names repeat. Look-ups ignore case.
 * Not thread-safe: handed over, never shared, unless it is {@link #fixed}.
 */
public final class HeaderList {
    private final ArrayList<String> pairs; // name, value, name, value
    private final boolean cased;
    private boolean fixed;

    public HeaderList() {
        this(16);
    }

    public HeaderList(int expectedFields) {
        this(expectedFields, true);
    }

    private HeaderList(int expectedFields, boolean cased) {
        this.pairs = new ArrayList<>(2 * expectedFields);
        this.cased = cased;
    }

    /** A list for fields that arrived over HTTP/2: their names are lower case because the protocol has no other. */
    public static HeaderList uncased(int expectedFields) {
        return new HeaderList(expectedFields, false);
    }

    /** {@code of("Accept", "text/html", "Host", "example.com")} */
    public static HeaderList of(String... namesAndValues) {
        HeaderList list = new HeaderList(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            list.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return list;
    }

    public int size() {
        return pairs.size() / 2;
    }

    /** False when the sender had no choice in the casing of names: see {@link #uncased}. Not part of equality. */
    public boolean cased() {
        return cased;
    }

    /** From now on it cannot be changed: requests may share it, and what was made of it may be kept. */
    public HeaderList fix() {
        fixed = true;
        return this;
    }

    public boolean fixed() {
        return fixed;
    }

    private void changes() {
        if (fixed) {
            throw new IllegalStateException("a fixed list of fields is not changed");
        }
    }

    public boolean isEmpty() {
        return pairs.isEmpty();
    }

    public String name(int index) {
        return pairs.get(2 * index);
    }

    public String value(int index) {
        return pairs.get(2 * index + 1);
    }

    /** The first value of that name. */
    public @Nullable String get(String name) {
        int i = indexOf(name);
        return i < 0 ? null : value(i);
    }

    public List<String> getAll(String name) {
        int first = indexOf(name);
        if (first < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (int i = first; i < size(); i++) {
            if (name(i).equalsIgnoreCase(name)) {
                values.add(value(i));
            }
        }
        return values;
    }

    public boolean contains(String name) {
        return indexOf(name) >= 0;
    }

    /** True when one of the comma-separated tokens of that field equals {@code token}, ignoring case (RFC 9110, 5.6.1). */
    public boolean containsToken(String name, String token) {
        for (int i = 0; i < size(); i++) {
            if (name(i).equalsIgnoreCase(name)) {
                if (holdsToken(value(i), token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The same of one value. */
    public static boolean holdsToken(String value, String token) {
        for (int start = 0; start <= value.length(); ) {
            int comma = value.indexOf(',', start);
            int end = comma < 0 ? value.length() : comma;
            int next = end + 1;
            while (start < end && value.charAt(start) <= ' ') {
                start++;
            }
            while (end > start && value.charAt(end - 1) <= ' ') {
                end--;
            }
            if (end - start == token.length() && value.regionMatches(true, start, token, 0, token.length())) {
                return true;
            }
            start = next;
        }
        return false;
    }

    /** Position of the first field of that name, or -1. */
    public int indexOf(String name) {
        for (int i = 0; i < pairs.size(); i += 2) {
            if (pairs.get(i).equalsIgnoreCase(name)) {
                return i / 2;
            }
        }
        return -1;
    }

    public HeaderList add(String name, String value) {
        changes();
        pairs.add(name);
        pairs.add(value);
        return this;
    }

    /** Puts a field before the one that is at {@code index} now. */
    public HeaderList insert(int index, String name, String value) {
        changes();
        pairs.addAll(2 * index, List.of(name, value));
        return this;
    }

    /** Replaces the first field of that name in place and drops the others; appends when there is none. */
    public HeaderList set(String name, String value) {
        int first = indexOf(name);
        if (first < 0) {
            return add(name, value);
        }
        changes();
        pairs.set(2 * first + 1, value);
        for (int i = size() - 1; i > first; i--) {
            if (name(i).equalsIgnoreCase(name)) {
                removeAt(i);
            }
        }
        return this;
    }

    /** Removes every field of that name. Returns true when there was one. */
    public boolean remove(String name) {
        return removeIf((n, v) -> n.equalsIgnoreCase(name));
    }

    public boolean removeIf(BiPredicate<String, String> unwanted) {
        changes();
        int kept = 0;
        for (int i = 0; i < pairs.size(); i += 2) {
            String name = pairs.get(i);
            String value = pairs.get(i + 1);
            if (!unwanted.test(name, value)) {
                if (kept < i) {
                    pairs.set(kept, name);
                    pairs.set(kept + 1, value);
                }
                kept += 2;
            }
        }
        boolean removed = kept < pairs.size();
        if (removed) {
            pairs.subList(kept, pairs.size()).clear();
        }
        return removed;
    }

    private void removeAt(int index) {
        pairs.subList(2 * index, 2 * index + 2).clear();
    }

    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < size(); i++) {
            action.accept(name(i), value(i));
        }
    }

    public HeaderList copy() {
        HeaderList copy = new HeaderList(size(), cased);
        copy.pairs.addAll(pairs);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderList list && list.pairs.equals(pairs);
    }

    @Override
    public int hashCode() {
        return pairs.hashCode();
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("[");
        for (int i = 0; i < size(); i++) {
            names.append(i == 0 ? "" : ", ").append(name(i));
        }
        return names.append(']').toString();
    }
}
