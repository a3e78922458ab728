package io.hotpool.server.admin;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** @param path decoded, without query */
record AdminRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        HttpHeaders headers,
        byte[] body,
        InetAddress client) {

    /** Reads and changes nothing (RFC 9110, 9.2.1). */
    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** The first value of a query parameter. */
    @Nullable
    String parameter(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** A number of the query within bounds. */
    int number(String name, int otherwise, int most) {
        String text = parameter(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, as a number out of bounds is.
        }
        throw new Problem(400, name + " must be a number from 0 to " + most);
    }
}
