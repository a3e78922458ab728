package io.hotpool.server.learn;

import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which browser it is, by what it says of itself.
 *
 * @param browser family, as in a profile
 * @param version as far as it is told
 */
public record Identity(String browser, String version, String platform) {
    private static final Pattern BRAND = Pattern.compile("\"([^\"]*)\";v=\"([^\"]*)\"");

    /** Product in User-Agent and family, the more specific first. */
    private static final List<List<String>> PRODUCTS = List.of(
            List.of("Edg", "edge"),
            List.of("EdgA", "edge"),
            List.of("OPR", "opera"),
            List.of("SamsungBrowser", "samsung"),
            List.of("Firefox", "firefox"),
            List.of("FxiOS", "firefox"),
            List.of("CriOS", "chrome"),
            List.of("Chrome", "chrome"),
            List.of("Version", "safari"));

    /** Brands that tell more than User-Agent does. */
    private static final List<List<String>> BRANDS = List.of(
            List.of("Google Chrome", "chrome"),
            List.of("Microsoft Edge", "edge"),
            List.of("Brave", "brave"),
            List.of("Opera", "opera"),
            List.of("YaBrowser", "yandex"),
            List.of("Vivaldi", "vivaldi"));

    static Identity of(List<Field> fields, String fullVersion) {
        String agent = value(fields, "user-agent");
        String brands = value(fields, "sec-ch-ua");
        String product = PRODUCTS.stream()
                .filter(p -> agent.contains(p.get(0) + "/"))
                .map(p -> p.get(1))
                .findFirst()
                .orElse("browser");
        String browser = brand(brands).orElse(product.equals("chrome") && !brands.isEmpty() ? "chromium" : product);
        String version = fullVersion.isEmpty() ? version(agent) : fullVersion;
        return new Identity(browser, version, platform(agent, value(fields, "sec-ch-ua-platform")));
    }

    public String major() {
        return version.split("\\.", 2)[0];
    }

    private static Optional<String> brand(String brands) {
        Matcher each = BRAND.matcher(brands);
        while (each.find()) {
            for (List<String> known : BRANDS) {
                if (each.group(1).equals(known.get(0))) {
                    return Optional.of(known.get(1));
                }
            }
        }
        return Optional.empty();
    }

    private static String version(String agent) {
        for (List<String> product : PRODUCTS) {
            Matcher version =
                    Pattern.compile("\\b" + product.get(0) + "/([0-9][0-9.]*)").matcher(agent);
            if (version.find()) {
                return version.group(1);
            }
        }
        return "0";
    }

    private static String platform(String agent, String hint) {
        String told = (hint.isEmpty() ? agent : hint + " " + agent).toLowerCase(Locale.ROOT);
        if (told.contains("android")) {
            return "android";
        }
        if (told.contains("iphone") || told.contains("ipad")) {
            return "ios";
        }
        return told.contains("windows") ? "windows" : told.contains("mac") ? "macos" : "linux";
    }

    private static String value(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }
}
