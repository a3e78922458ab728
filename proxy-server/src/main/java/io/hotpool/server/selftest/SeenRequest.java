package io.hotpool.server.selftest;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import java.util.Map.Entry;

/**
 * A request as it arrived.
 *
 * @param target path and query
 * @param headers in order, without pseudo-header fields
 */
record SeenRequest(Protocol protocol, String method, String target, HeaderList headers) {

    /** The fields of a message of Netty's, in order, without pseudo-header fields. */
    static HeaderList fields(Iterable<? extends Entry<? extends CharSequence, ? extends CharSequence>> from) {
        HeaderList headers = new HeaderList();
        from.forEach(field -> {
            String name = field.getKey().toString();
            if (!name.startsWith(":")) {
                headers.add(name, field.getValue().toString());
            }
        });
        return headers;
    }
}
