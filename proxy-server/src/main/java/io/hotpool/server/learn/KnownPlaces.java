package io.hotpool.server.learn;

import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;

/**
 * Places of a family's order that a capture's pages have no occasion for: of fields that a page, a person or a cache may add,
 * of a page's own value beside that of the browser's, of the length of an empty body, of what is told to another site.
 */
final class KnownPlaces {
    /** Storage Access Headers, 3. */
    private static final String TO_OTHER_SITES = "sec-fetch-storage-access";

    private KnownPlaces() {}

    /**
     * Puts those that {@code order} does not have behind the nearest known predecessor that it has.
     *
     * @return whether there were any
     */
    static boolean add(List<Field> order, List<Field> known) {
        int before = order.size();
        int next = 0;
        for (Field field : known) {
            int at = indexOf(order, field, twice(known, field));
            if (at >= 0) {
                next = at + 1;
            } else if (field.placeOnly() || twice(known, field) || field.name().equalsIgnoreCase(TO_OTHER_SITES)) {
                order.add(next++, field);
            }
        }
        return order.size() > before;
    }

    private static boolean twice(List<Field> known, Field field) {
        return known.stream()
                        .filter(other -> other.name().equalsIgnoreCase(field.name()))
                        .count()
                > 1;
    }

    /** Of a field that has two places, the one that is a place only, or the one with a value. */
    private static int indexOf(List<Field> order, Field field, boolean twice) {
        for (int i = 0; i < order.size(); i++) {
            Field other = order.get(i);
            if (other.name().equalsIgnoreCase(field.name()) && (!twice || other.placeOnly() == field.placeOnly())) {
                return i;
            }
        }
        return -1;
    }
}
