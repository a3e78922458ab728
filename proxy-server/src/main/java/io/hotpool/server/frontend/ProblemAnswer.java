package io.hotpool.server.frontend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A fault as an answer: a problem document (RFC 9457) or the same as a page, and Proxy-Status (RFC 9209). */
final class ProblemAnswer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "urn:hotpool:problem:";

    private ProblemAnswer() {}

    /** @param accept the client's Accept */
    static OwnAnswer of(Fault fault, @Nullable String accept) {
        boolean page = prefersHtml(accept);
        OwnAnswer answer = page
                ? OwnAnswer.text(fault.kind().status(), "text/html; charset=utf-8", html(fault))
                : OwnAnswer.of(fault.kind().status(), "application/problem+json", json(fault));
        HeaderList headers = answer.headers();
        headers.add("Proxy-Status", proxyStatus(fault));
        switch (fault.kind().status()) {
            case 407 -> headers.add("Proxy-Authenticate", "Basic realm=\"hotpool\", charset=\"UTF-8\"");
            case 429, 503 -> headers.add("Retry-After", retryAfter(fault));
            default -> {}
        }
        if (page) {
            headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        }
        return answer;
    }

    /** Whole seconds, rounded up (RFC 9110, 10.2.3). */
    private static String retryAfter(Fault fault) {
        long millis = fault.retryAfter() == null ? 0 : fault.retryAfter().toMillis();
        return Long.toString(Math.max(1, (millis + 999) / 1000));
    }

    private static byte[] json(Fault fault) {
        FaultKind kind = fault.kind();
        ObjectNode problem = JSON.createObjectNode();
        problem.put("type", TYPE + kind.label());
        problem.put("title", kind.title());
        problem.put("status", kind.status());
        problem.put("detail", fault.detail());
        problem.put("kind", kind.label());
        if (fault.host() != null) {
            problem.put("host", fault.host());
        }
        if (fault.address() != null) {
            problem.put("ip", NetUtil.toAddressString(fault.address()));
        }
        problem.put("attempts", fault.attempts());
        try {
            return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(problem) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String html(Fault fault) {
        FaultKind kind = fault.kind();
        String where = fault.host() == null ? "" : "<p>Host: " + escaped(fault.host()) + "</p>";
        String address = fault.address() == null
                ? ""
                : "<p>Address: " + escaped(NetUtil.toAddressString(fault.address())) + "</p>";
        return """
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><title>%d %s</title>
                <style>body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:4em auto;padding:0 1em}</style>
                <h1>%s</h1>
                <p>%s</p>
                %s%s<p>Kind: <code>%s</code>, status %d, attempts %d. Answered by hotpool.</p>
                </html>
                """.formatted(
                        kind.status(),
                        escaped(kind.title()),
                        escaped(kind.title()),
                        escaped(fault.detail()),
                        where,
                        address,
                        kind.label(),
                        kind.status(),
                        fault.attempts());
    }

    /** RFC 9209, 2: our name, the error type, and details as a quoted string of ASCII (RFC 8941, 3.3.3). */
    private static String proxyStatus(Fault fault) {
        StringBuilder field = new StringBuilder("hotpool; error=").append(fault.proxyError());
        if (fault.address() != null) {
            field.append("; next-hop=\"")
                    .append(NetUtil.toAddressString(fault.address()))
                    .append('"');
        }
        return field.append("; details=\"")
                .append(quotable(fault.detail()))
                .append('"')
                .toString();
    }

    private static String quotable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length() && i < 200; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** True when text/html is named, and not with a lower quality than a JSON type. */
    static boolean prefersHtml(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        double html = 0;
        double json = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            String type = range.split(";", 2)[0].trim();
            if (type.equals("text/html")) {
                html = Math.max(html, quality(range));
            } else if (type.equals("application/problem+json") || type.equals("application/json")) {
                json = Math.max(json, quality(range));
            }
        }
        return html > 0 && html >= json;
    }

    private static double quality(String range) {
        int q = range.indexOf("q=");
        if (q < 0) {
            return 1;
        }
        try {
            return Double.parseDouble(range.substring(q + 2).split("[;,]", 2)[0].trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
