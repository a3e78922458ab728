package io.hotpool.server.selftest;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fields of a navigation against the profile's: each that the browser sends by itself is there, in its place and, in
 * HTTP/1.1, its casing. Fields that only a client sets may be added; values are its own business. Pure.
 */
final class HeaderComparison {
    private HeaderComparison() {}

    static List<Difference> compare(BrowserProfile profile, Protocol protocol, HeaderList seen) {
        List<Field> promised = profile.headers().fields(protocol, RequestKind.NAVIGATE);
        List<String> expected = new ArrayList<>();
        for (Field field : promised) {
            boolean there = seen.contains(field.name());
            if (!field.name().equals(Field.OTHERS) && (there || required(field, promised, seen))) {
                expected.add(field.name());
            }
        }
        List<String> found = new ArrayList<>();
        seen.forEach((name, value) -> {
            boolean known = promised.stream().anyMatch(field -> field.name().equalsIgnoreCase(name));
            if (known && (found.isEmpty() || !found.get(found.size() - 1).equals(name))) {
                found.add(name); // one entry for cookie crumbs
            }
        });
        return expected.equals(found)
                ? List.of()
                : List.of(new Difference(protocol.label() + ".header_order", expected, found));
    }

    /** A client that names itself has no browser's brand list; one that wants a range asks for no coding. */
    private static boolean required(Field field, List<Field> promised, HeaderList seen) {
        String name = field.name().toLowerCase(Locale.ROOT);
        if (field.placeOnly()) {
            return false;
        }
        if (name.startsWith("sec-ch-ua")) {
            return promised.stream()
                    .filter(f -> f.name().equalsIgnoreCase("user-agent"))
                    .anyMatch(f -> f.value().equals(seen.get("user-agent")));
        }
        return !name.equals("accept-encoding") || !seen.contains("range");
    }
}
