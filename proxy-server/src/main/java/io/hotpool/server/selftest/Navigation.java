package io.hotpool.server.selftest;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;
import java.util.Optional;

/** A request that looks as if a person had typed an address. */
final class Navigation {
    private Navigation() {}

    /** By its Sec-Fetch fields; of a browser that is older than these, by its name. */
    static boolean is(BrowserProfile profile, Protocol protocol, HeaderList headers) {
        List<Field> promised = profile.headers().fields(protocol, RequestKind.NAVIGATE);
        if (value(promised, "sec-fetch-mode").isPresent()) {
            return "navigate".equals(headers.get("sec-fetch-mode"))
                    && "document".equals(headers.get("sec-fetch-dest"))
                    && "none".equals(headers.get("sec-fetch-site"));
        }
        return value(promised, "user-agent").equals(Optional.ofNullable(headers.get("user-agent")));
    }

    private static Optional<String> value(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }
}
