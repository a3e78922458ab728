package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.HeaderDresser;

/** The request that finds out whether somebody answers, as its browser would send it. */
final class HealthRequest {
    private HealthRequest() {}

    /** A HEAD is a script's, a GET without anything else a navigation. */
    static RequestHead of(Health health, Origin origin, BrowserProfile profile, Protocol protocol) {
        RequestKind kind = health.method().equals("HEAD") ? RequestKind.FETCH : RequestKind.NAVIGATE;
        RequestHead asked = new RequestHead(
                health.method(), origin, origin.authority(), health.path(), new HeaderList(), 0, kind, "");
        return HeaderDresser.align(asked, profile, protocol).head();
    }
}
