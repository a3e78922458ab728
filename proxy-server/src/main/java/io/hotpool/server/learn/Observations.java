package io.hotpool.server.learn;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;

/**
 * Everything that was seen of one browser.
 *
 * @param requests in the order they came; the first of a kind is one that neither cookies nor a cache had a part in
 * @param fullVersion as the browser told a script; empty where it did not
 */
public record Observations(
        List<SeenHello> hellos, List<Http2Session> sessions, List<SeenRequest> requests, String fullVersion) {
    public Observations {
        hellos = List.copyOf(hellos);
        sessions = List.copyOf(sessions);
        requests = List.copyOf(requests);
    }

    /** The fields of the first navigation, else of the first request; empty where there was none. */
    List<Field> self() {
        return requests.stream()
                .filter(request -> request.kind() == RequestKind.NAVIGATE)
                .findFirst()
                .or(() -> requests.stream().findFirst())
                .map(SeenRequest::fields)
                .orElse(List.of());
    }

    public Identity identity() {
        return Identity.of(self(), fullVersion);
    }
}
