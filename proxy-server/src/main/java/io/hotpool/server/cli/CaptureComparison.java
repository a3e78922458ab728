package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a browser sends against what a profile says, by parts.
 *
 * @param parts every part, with its differences; empty: as the profile says
 * @param uncovered kinds of request that the browser sent and the profile has no facts of its own about
 */
record CaptureComparison(String profile, Map<String, List<ProfileFacts.Difference>> parts, List<String> uncovered) {

    static CaptureComparison of(BrowserProfile profile, BrowserProfile seen) {
        Map<String, List<ProfileFacts.Difference>> parts = new LinkedHashMap<>();
        ProfileFacts.of(profile).keySet().forEach(fact -> parts.computeIfAbsent(part(fact), p -> new ArrayList<>()));
        List<String> uncovered = new ArrayList<>();
        for (ProfileFacts.Difference difference : ProfileFacts.differences(profile, seen)) {
            boolean aKind = difference.what().startsWith("headers.")
                    || difference.what().startsWith("http2.priority ");
            if (aKind && difference.left().isEmpty()) {
                uncovered.add(difference.what());
            } else {
                parts.computeIfAbsent(part(difference.what()), p -> new ArrayList<>())
                        .add(difference);
            }
        }
        return new CaptureComparison(profile.name(), parts, uncovered);
    }

    private static String part(String fact) {
        if (fact.startsWith("tls.form ")) {
            return "hello on occasion: " + fact.substring("tls.form ".length());
        }
        if (fact.startsWith("tls.")) {
            return "first ClientHello";
        }
        if (fact.equals("http2.hpack")) {
            return "HPACK";
        }
        if (fact.startsWith("http2.priority ")) {
            return "HTTP/2 priorities";
        }
        if (fact.startsWith("http2.")) {
            return "HTTP/2 opening";
        }
        return fact.startsWith("headers.http2.") ? "header fields over HTTP/2" : "header fields over HTTP/1.1";
    }

    boolean equal() {
        return parts.values().stream().allMatch(List::isEmpty);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        parts.forEach((part, differences) -> {
            lines.add(String.format(Locale.ROOT, "%-34s %s", part, differences.isEmpty() ? "equal" : "DIFFERS"));
            for (ProfileFacts.Difference difference : differences) {
                lines.add("  " + difference.what() + ": " + said(difference));
            }
        });
        if (!uncovered.isEmpty()) {
            lines.add("not in the profile, and not compared: " + String.join(", ", uncovered));
        }
        lines.add(equal() ? "the browser sends what " + profile + " says" : "the browser is not " + profile);
        return lines;
    }

    /** Of lists, what one has and the other has not, or the first place where their orders part. */
    private static String said(ProfileFacts.Difference difference) {
        String separator = difference.what().startsWith("headers.") ? " | " : " ";
        List<String> profile = List.of(difference.left().split(Pattern.quote(separator)));
        List<String> browser = List.of(difference.right().split(Pattern.quote(separator)));
        if (profile.size() < 2 && browser.size() < 2) {
            return "profile " + shown(difference.left()) + ", browser " + shown(difference.right());
        }
        List<String> only = new ArrayList<>(profile);
        only.removeAll(browser);
        List<String> added = new ArrayList<>(browser);
        added.removeAll(profile);
        if (!only.isEmpty() || !added.isEmpty()) {
            return "profile has " + listed(only) + ", browser has " + listed(added);
        }
        int at = 0;
        while (at < profile.size() - 1 && profile.get(at).equals(browser.get(at))) {
            at++;
        }
        return "order: at place " + (at + 1) + " the profile has " + profile.get(at) + ", the browser "
                + browser.get(at);
    }

    private static String listed(List<String> items) {
        return items.isEmpty() ? "nothing more" : String.join(", ", items);
    }

    private static String shown(String fact) {
        return fact.isEmpty() ? "(none)" : fact;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("equal", equal());
        json.put("parts", parts);
        json.put("not_compared", uncovered);
        return json;
    }
}
