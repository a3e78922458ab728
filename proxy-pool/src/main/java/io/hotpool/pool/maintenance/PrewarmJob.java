package io.hotpool.pool.maintenance;

import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One order under way: how many are left, and what became of the others. Confined to the control thread. */
final class PrewarmJob {
    /** A host of which so many dials in a row came to nothing is left alone. */
    static final int FAILURES_IN_A_ROW = 3;

    final Prewarmer.Site site;
    final Origin origin;
    final CompletableFuture<PrewarmResult> result = new CompletableFuture<>();
    private final int requested;
    private final Map<String, Integer> refused = new TreeMap<>();
    private final Map<String, Integer> failed = new TreeMap<>();
    private int left;
    private int dialling;
    private int opened;
    private int alreadyThere;
    private int failuresInARow;
    private boolean known; // the last dial that ended has succeeded
    private @Nullable Protocol protocol;

    /** Why no more dials are made; null: more may be. */
    private @Nullable String over;

    /** Behind demand since, by the prewarmer's clock; 0: it is not. */
    long behindSince;

    /** Not before. */
    long notBefore;

    PrewarmJob(Prewarmer.Site site, Origin origin, int requested) {
        this.site = site;
        this.origin = origin;
        this.requested = requested;
    }

    void alreadyThere(int connections) {
        alreadyThere = Math.min(requested, connections);
        left = requested - alreadyThere;
    }

    /** The first dial goes alone, and so does each that follows a failure: a host that is down takes no room from others. */
    boolean mayDial(int atOnce, long now) {
        return left > 0 && now - notBefore >= 0 && dialling < (known ? atOnce : 1);
    }

    void dial() {
        left--;
        dialling++;
    }

    void opened(Protocol spoken) {
        dialling--;
        opened++;
        known = true;
        failuresInARow = 0;
        protocol = spoken;
    }

    /** It did not take place; another one may, unless the rest was refused. False: there will be none. */
    boolean putBack() {
        dialling--;
        if (over == null) {
            left++;
        } else {
            refuse(over, 1);
        }
        return over == null;
    }

    /** This one and those that are left: the limit will not move for them. */
    void refused(String limit) {
        dialling--;
        refuse(limit, left + 1);
        left = 0;
    }

    /** Those under way may still succeed. */
    void refuseRest(String limit) {
        over = limit;
        refuse(limit, left);
        left = 0;
    }

    private void refuse(String limit, int connections) {
        if (connections > 0) {
            refused.merge(limit, connections, Integer::sum);
        }
    }

    void failed(String cause) {
        dialling--;
        known = false;
        failed.merge(cause, 1, Integer::sum);
        failuresInARow++;
        if (failuresInARow >= FAILURES_IN_A_ROW && left > 0) {
            failed.merge("not tried after " + FAILURES_IN_A_ROW + " failures in a row", left, Integer::sum);
            left = 0;
        }
    }

    /** Null while something is left to do. */
    @Nullable
    PrewarmResult outcome() {
        return left > 0 || dialling > 0
                ? null
                : new PrewarmResult(origin, requested, opened, alreadyThere, refused, failed, note());
    }

    private String note() {
        if (protocol != Protocol.H2 || requested == 1) {
            return "";
        }
        return "h2: one connection of this host carries many requests at once (capacity, in GET /api/v1/connections), and a"
                + " browser keeps one; more pay off with more requests at once than that, over several addresses, or against the"
                + " loss of one";
    }
}
