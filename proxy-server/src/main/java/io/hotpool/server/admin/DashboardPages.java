package io.hotpool.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dashboard: one page, its scripts and the charting library, all from the jar. The content security policy lets it load
 * and ask nothing but this port.
 */
final class DashboardPages {
    private static final String OWN = "dashboard/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final List<String> SCRIPTS = List.of(
            "api.js",
            "charts.js",
            "config.js",
            "dashboard.js",
            "diagnose.js",
            "dom.js",
            "events.js",
            "hosts.js",
            "lists.js",
            "metrics.js",
            "overview.js",
            "profiles.js");

    /** Where the page's parts are; open without a token, as the shell of the page is. */
    static final String ASSETS = "/assets/";

    private final Map<String, Answer> pages = new LinkedHashMap<>();

    DashboardPages() {
        pages.put("/", resource(OWN + "index.html", "text/html; charset=utf-8"));
        SCRIPTS.forEach(name -> pages.put(ASSETS + name, resource(OWN + name, "text/javascript; charset=utf-8")));
        pages.put(ASSETS + "dashboard.css", resource(OWN + "dashboard.css", "text/css; charset=utf-8"));
        pages.put(ASSETS + "icon.svg", resource(OWN + "icon.svg", "image/svg+xml"));
        pages.put(ASSETS + "uplot.js", resource(CHARTS + "uPlot.iife.min.js", "text/javascript; charset=utf-8"));
        pages.put(ASSETS + "uplot.css", resource(CHARTS + "uPlot.min.css", "text/css; charset=utf-8"));
    }

    void addTo(Routes routes) {
        pages.forEach((path, answer) -> routes.get(path, request -> answer));
    }

    private static Answer resource(String name, String type) {
        return new Answer(200, type, bytes(name), Map.of("Content-Security-Policy", POLICY));
    }

    static byte[] bytes(String name) {
        try (InputStream in = DashboardPages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
