package io.hotpool.pool.profile;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a browser spells a field name in HTTP/1.1 when the client's casing is not known. */
final class HeaderCasing {
    private HeaderCasing() {}

    static String of(String name, Map<RequestKind, List<Field>> http1) {
        for (List<Field> fields : http1.values()) {
            for (Field field : fields) {
                if (field.name().equalsIgnoreCase(name)) {
                    return field.name();
                }
            }
        }
        // Client hints that no listed kind has are lower case as the listed ones are.
        return name.startsWith("sec-ch-") ? name : capitalised(name);
    }

    private static String capitalised(String name) {
        StringBuilder spelled = new StringBuilder(name.toLowerCase(Locale.ROOT));
        for (int i = 0; i < spelled.length(); i++) {
            if (i == 0 || spelled.charAt(i - 1) == '-') {
                spelled.setCharAt(i, Character.toUpperCase(spelled.charAt(i)));
            }
        }
        return spelled.toString();
    }
}
