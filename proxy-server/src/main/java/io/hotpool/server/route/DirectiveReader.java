package io.hotpool.server.route;

import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.config.Nearest;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads directives from header fields and from the keys of a user name. */
public final class DirectiveReader {
    public static final String PREFIX = "X-Hotpool-";

    /** Those a user name may hold, too. */
    static final List<String> KEYS = List.of("profile", "session", "scheme", "protocol", "headers", "report", "ip");

    private static final List<String> NAMES = List.of(
            "profile", "session", "scheme", "protocol", "headers", "timeout", "report", "ip", "upstream", "validate");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|)");
    private static final Pattern VALIDATE = Pattern.compile("/[\\x21-\\x7e&&[^#]]{0,1023}");
    private static final int MAX_SESSION = 128;

    private DirectiveReader() {}

    public static boolean isDirective(String fieldName) {
        return fieldName.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /**
     * The directives among the fields. They stay in the list: whoever builds the outgoing head leaves them out.
     *
     * @param allowed names that this installation lets clients use
     * @throws Fault {@code bad_directive} or {@code directive_forbidden}
     */
    public static Directives fromHeaders(HeaderList headers, Set<String> allowed) {
        Map<String, String> found = new TreeMap<>();
        for (int i = 0; i < headers.size(); i++) {
            if (isDirective(headers.name(i))) {
                String name = headers.name(i).substring(PREFIX.length()).toLowerCase(Locale.ROOT);
                if (found.put(name, headers.value(i)) != null) {
                    throw bad(PREFIX + name + " is given twice");
                }
            }
        }
        if (found.isEmpty()) {
            return Directives.NONE;
        }
        refuseWebPages(headers);
        return read(found, allowed, PREFIX, NAMES);
    }

    /** A page in an intercepted browser can set headers on its requests; a person or a program sends neither of these. */
    private static void refuseWebPages(HeaderList headers) {
        if (headers.contains("Origin") || headers.containsToken("Sec-Fetch-Mode", "cors")) {
            throw Fault.of(
                    FaultKind.DIRECTIVE_FORBIDDEN,
                    "directives are refused on a request with Origin or Sec-Fetch-Mode: cors, as a web page would send"
                            + " it; put them on CONNECT or into the proxy user name");
        }
    }

    /** @param found key to value, as a user name has them */
    static Directives fromKeys(Map<String, String> found, Set<String> allowed) {
        return found.isEmpty() ? Directives.NONE : read(found, allowed, "", KEYS);
    }

    private static Directives read(Map<String, String> found, Set<String> allowed, String prefix, List<String> known) {
        for (String name : found.keySet()) {
            if (!known.contains(name)) {
                throw unknown(name, prefix, known);
            }
            if (!allowed.contains(name)) {
                throw Fault.of(
                        FaultKind.DIRECTIVE_FORBIDDEN,
                        prefix + name + " is not in proxy.directives of this installation");
            }
        }
        return new Directives(
                nonEmpty(found, "profile", prefix),
                session(found, prefix),
                oneOf(found, "scheme", prefix, "http", "https"),
                protocol(found, prefix),
                headerMode(found, prefix),
                timeout(found, prefix),
                report(found, prefix),
                ip(found, prefix),
                upstream(found, prefix),
                validate(found, prefix));
    }

    private static Fault unknown(String name, String prefix, List<String> known) {
        return bad(prefix + name + " is unknown; did you mean " + prefix + Nearest.closest(name, known) + "?");
    }

    private static @Nullable String nonEmpty(Map<String, String> found, String name, String prefix) {
        String value = found.get(name);
        if (value != null && value.isEmpty()) {
            throw bad(prefix + name + " is empty");
        }
        return value;
    }

    private static @Nullable String session(Map<String, String> found, String prefix) {
        String value = nonEmpty(found, "session", prefix);
        if (value != null && value.length() > MAX_SESSION) {
            throw bad(prefix + "session is longer than " + MAX_SESSION + " characters");
        }
        return value;
    }

    private static @Nullable String oneOf(Map<String, String> found, String name, String prefix, String a, String b) {
        String value = found.get(name);
        if (value == null) {
            return null;
        }
        String lower = value.toLowerCase(Locale.ROOT);
        if (!lower.equals(a) && !lower.equals(b)) {
            throw bad(prefix + name + " must be " + a + " or " + b);
        }
        return lower;
    }

    private static @Nullable Protocol protocol(Map<String, String> found, String prefix) {
        String value = oneOf(found, "protocol", prefix, "h1", "h2");
        return value == null ? null : Protocol.ofLabel(value);
    }

    private static @Nullable HeaderMode headerMode(Map<String, String> found, String prefix) {
        String value = oneOf(found, "headers", prefix, "preserve", "align");
        return value == null ? null : HeaderMode.valueOf(value.toUpperCase(Locale.ROOT));
    }

    private static @Nullable Boolean report(Map<String, String> found, String prefix) {
        String value = oneOf(found, "report", prefix, "1", "0");
        return value == null ? null : value.equals("1");
    }

    private static @Nullable Duration timeout(Map<String, String> found, String prefix) {
        String value = found.get("timeout");
        if (value == null) {
            return null;
        }
        Matcher match = DURATION.matcher(value);
        long amount = match.matches() ? Long.parseLong(match.group(1)) : 0;
        if (amount == 0) {
            throw bad(prefix + "timeout must be a duration such as 15s, 500ms or 2m");
        }
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofSeconds(amount);
        };
    }

    private static @Nullable InetAddress ip(Map<String, String> found, String prefix) {
        String value = found.get("ip");
        if (value == null) {
            return null;
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(value);
        if (address == null) {
            throw bad(prefix + "ip must be an IP address");
        }
        return address;
    }

    private static @Nullable Egress upstream(Map<String, String> found, String prefix) {
        String value = found.get("upstream");
        if (value == null) {
            return null;
        }
        try {
            return value.equalsIgnoreCase("direct") ? Egress.DIRECT : Egress.byClient(UpstreamProxy.parse(value));
        } catch (IllegalArgumentException e) {
            throw bad(prefix + "upstream must be a proxy URL or direct: " + e.getMessage());
        }
    }

    private static @Nullable String validate(Map<String, String> found, String prefix) {
        String value = found.get("validate");
        if (value != null && !VALIDATE.matcher(value).matches()) {
            throw bad(prefix + "validate must be a path such as /health");
        }
        return value;
    }

    private static Fault bad(String what) {
        return Fault.of(FaultKind.BAD_DIRECTIVE, what);
    }
}
