package io.hotpool.pool.tls;

import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two hellos of one shape.
 *
 * @param serverName null for an IP literal: no server_name is sent
 * @param keyShares public key by group
 * @param ticket of a TLS 1.2 session, empty when there is none
 * @param pskIdentities the identities of pre_shared_key, encoded with their length; null when no ticket is offered
 * @param bindersSize bytes of binders that follow the hello, their length included; 0 without identities
 * @param forms the occasions this hello is sent on
 */
record HelloInput(
        byte[] random,
        byte[] sessionId,
        @Nullable String serverName,
        Map<Integer, byte[]> keyShares,
        byte[] ticket,
        byte @Nullable [] pskIdentities,
        int bindersSize,
        Set<HelloForm> forms) {}
