package io.hotpool.server.route;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.Nearest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a client says it is, and the directives in its user name: {@code alice-profile-firefox-session-42}.
 *
 * @param name the first word where no users are configured; empty where nobody was named
 * @param account the configured user of that name, null when there is none
 */
public record ProxyCredentials(
        String name, HotpoolConfig.@Nullable User account, String password, Directives directives) {

    public static final ProxyCredentials NONE = new ProxyCredentials("", null, "", Directives.NONE);

    /**
     * Of a Proxy-Authorization field: the Basic scheme (RFC 7617).
     *
     * @throws Fault {@code proxy_authentication} when it is not Basic, {@code bad_directive} for an unknown key
     */
    public static ProxyCredentials basic(String field, HotpoolConfig.Proxy config) {
        String[] parts = field.trim().split(" +", 2);
        if (parts.length != 2 || !parts[0].equalsIgnoreCase("Basic")) {
            throw Fault.of(FaultKind.PROXY_AUTHENTICATION, "only the Basic scheme is understood");
        }
        try {
            String text = new String(Base64.getDecoder().decode(parts[1].trim()), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? of(text, "", config.users(), config.directives())
                    : of(text.substring(0, colon), text.substring(colon + 1), config.users(), config.directives());
        } catch (IllegalArgumentException e) {
            throw Fault.of(FaultKind.PROXY_AUTHENTICATION, "the credentials are not valid base64");
        }
    }

    /** The longest configured user name that fits comes first; with no users configured, any first word does. */
    public static ProxyCredentials of(
            String userName, String password, List<HotpoolConfig.User> users, Set<String> allowed) {
        HotpoolConfig.User account = null;
        for (HotpoolConfig.User user : users) {
            boolean fits = userName.equals(user.name()) || userName.startsWith(user.name() + "-");
            if (fits
                    && (account == null || user.name().length() > account.name().length())) {
                account = user;
            }
        }
        if (account == null && !users.isEmpty()) {
            return new ProxyCredentials(userName, null, password, Directives.NONE);
        }
        String name = account != null ? account.name() : firstWord(userName);
        Directives directives = DirectiveReader.fromKeys(keys(userName.substring(name.length())), allowed);
        return new ProxyCredentials(name, account, password, directives);
    }

    private static String firstWord(String userName) {
        int dash = userName.indexOf('-');
        return dash < 0 ? userName : userName.substring(0, dash);
    }

    /** {@code -profile-chrome-latest-session-7}: a value runs to the next known key. */
    private static Map<String, String> keys(String text) {
        Map<String, String> found = new HashMap<>();
        if (text.isEmpty()) {
            return found;
        }
        String[] words = text.substring(1).split("-", -1);
        int i = 0;
        while (i < words.length) {
            String key = words[i++].toLowerCase(Locale.ROOT);
            if (!DirectiveReader.KEYS.contains(key)) {
                throw Fault.of(
                        FaultKind.BAD_DIRECTIVE,
                        "the key '" + key + "' in the proxy user name is unknown; did you mean "
                                + Nearest.closest(key, DirectiveReader.KEYS) + "?");
            }
            StringBuilder value = new StringBuilder();
            int first = i;
            while (i < words.length && (i == first || !isKey(words[i]))) {
                value.append(i == first ? "" : "-").append(words[i++]);
            }
            if (found.put(key, value.toString()) != null) {
                throw Fault.of(FaultKind.BAD_DIRECTIVE, "the key '" + key + "' is twice in the proxy user name");
            }
        }
        return found;
    }

    private static boolean isKey(String word) {
        return DirectiveReader.KEYS.contains(word.toLowerCase(Locale.ROOT));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ProxyCredentials[" + name + "]";
    }
}
