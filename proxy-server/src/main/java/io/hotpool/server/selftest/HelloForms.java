package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which forms of hello one is, and how it differs from the profile's hello of those forms.
 *
 * @param forms empty: a first hello
 */
record HelloForms(Set<HelloForm> forms, List<Difference> differences) {
    private static final int PRE_SHARED_KEY = 41;
    private static final int SESSION_TICKET = 35;

    /** A repeated connection does not say that it is one: it is taken for one when that explains what is missing. */
    static HelloForms of(BrowserProfile profile, ClientHello hello) {
        EnumSet<HelloForm> evident = EnumSet.noneOf(HelloForm.class);
        if (hello.extension(PRE_SHARED_KEY).isPresent()) {
            evident.add(HelloForm.RESUMED);
        }
        if (hello.extension(SESSION_TICKET).filter(e -> e.data().length > 0).isPresent()) {
            evident.add(HelloForm.RESUMED_TLS12);
        }
        if (hello.protocols().size() == 1
                && new String(hello.protocols().get(0), StandardCharsets.ISO_8859_1).equals("http/1.1")) {
            evident.add(HelloForm.WEBSOCKET);
        }
        HelloForms first = new HelloForms(evident, HelloComparison.compare(profile, hello, evident));
        if (first.differences.isEmpty() || !profile.tls().forms().containsKey(HelloForm.RETRY)) {
            return first;
        }
        EnumSet<HelloForm> repeated = EnumSet.copyOf(evident);
        repeated.add(HelloForm.RETRY);
        HelloForms second = new HelloForms(repeated, HelloComparison.compare(profile, hello, repeated));
        return second.differences.isEmpty() ? second : first;
    }

    /** A hello of which the profile says what tools must print. */
    boolean first() {
        return forms.isEmpty();
    }
}
