package io.hotpool.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a command reports: names and values in order, the same for people and for programs. */
record Shown(Map<String, Object> values) {
    static Shown of(String name, Object value) {
        return new Shown(new LinkedHashMap<>()).and(name, value);
    }

    Shown and(String name, Object value) {
        values.put(name, value);
        return this;
    }
}
