package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.http.HeaderList;

/** A request that a person made by typing an address, by its own account. */
final class Navigation {
    private Navigation() {}

    static boolean is(HeaderList headers) {
        return "navigate".equals(headers.get("sec-fetch-mode"))
                && "document".equals(headers.get("sec-fetch-dest"))
                && "none".equals(headers.get("sec-fetch-site"));
    }

    static boolean is(Http2Opening opening) {
        HeaderList headers = new HeaderList();
        opening.fields().forEach(field -> headers.add(field.name(), field.value()));
        return is(headers);
    }
}
