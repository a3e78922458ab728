package io.hotpool.pool.profile;

import java.util.List;
import java.util.Optional;

/** Every profile that can be named. Immutable; a reload makes a new one. */
public interface ProfileCatalog {
    /** In the catalogue's order, newest first within a family. */
    List<BrowserProfile> all();

    /**
     * By name or alias; {@code chrome-156}, {@code chrome156}, {@code chrome_156} and {@code chrome@156} are the same, case
     * does not matter. Never a fallback.
     */
    Optional<BrowserProfile> find(String name);

    /** Names and aliases close to one that is unknown, best first, for the error message. */
    List<String> nearest(String name);
}
