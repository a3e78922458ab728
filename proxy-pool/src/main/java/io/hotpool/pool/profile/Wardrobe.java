package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.HeaderDresser.Dressed;
import org.jspecify.annotations.Nullable;

/**
 * Dresses requests, and remembers those that come again and again: programs repeat their header fields, and only the path
 * differs. Requests with a body, cookies or credentials are not remembered. The fields of a dressed request may be shared
 * with others and are then fixed. Confined to one thread.
 */
public final class Wardrobe {
    private static final int PLACES = 64; // a power of two
    private static final int MOST_FIELDS = 32;

    private final @Nullable Outfit[] places = new Outfit[PLACES];

    /** What was asked, and by whom it was dressed: everything that decides on the outcome. */
    private record Outfit(
            RequestHead asked, BrowserProfile profile, Protocol protocol, boolean aligned, Dressed dressed) {
        boolean fits(RequestHead other, BrowserProfile profile, Protocol protocol, boolean aligned) {
            return this.profile == profile
                    && this.protocol == protocol
                    && this.aligned == aligned
                    && asked.kind() == other.kind()
                    && asked.headers().cased() == other.headers().cased()
                    && asked.method().equals(other.method())
                    && asked.authority().equals(other.authority())
                    && asked.upgrade().equals(other.upgrade())
                    && asked.origin().equals(other.origin())
                    && asked.headers().equals(other.headers());
        }

        Dressed around(RequestHead other) {
            return new Dressed(
                    other.withHeaders(dressed.head().headers(), dressed.head().kind()), dressed.addedCodings());
        }
    }

    /** @param aligned {@link HeaderDresser#align}, else {@link HeaderDresser#preserve} */
    public Dressed dress(RequestHead asked, BrowserProfile profile, Protocol protocol, boolean aligned) {
        if (!memorable(asked)) {
            return dressed(asked, profile, protocol, aligned);
        }
        int place = (31 * asked.headers().hashCode() + asked.authority().hashCode()) & PLACES - 1;
        Outfit worn = places[place];
        if (worn != null && worn.fits(asked, profile, protocol, aligned)) {
            return worn.around(asked);
        }
        Dressed fresh = dressed(asked, profile, protocol, aligned);
        fresh.head().headers().fix();
        places[place] = new Outfit(asked, profile, protocol, aligned, fresh);
        return fresh;
    }

    private static Dressed dressed(RequestHead asked, BrowserProfile profile, Protocol protocol, boolean aligned) {
        return aligned
                ? HeaderDresser.align(asked, profile, protocol)
                : HeaderDresser.preserve(asked, profile, protocol);
    }

    private static boolean memorable(RequestHead asked) {
        HeaderList headers = asked.headers();
        return !asked.hasBody()
                && headers.size() <= MOST_FIELDS
                && !headers.contains("Cookie")
                && !headers.contains("Authorization");
    }
}
