package io.hotpool.server.capture;

import io.hotpool.pool.http.RequestKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages that lead a browser through every kind of request and connection that a profile tells of. They drive themselves:
 * the first page asks for all kinds of request, then for connections; its form leads to the second page, which asks for the
 * same with cookies and validators; from there it goes to the same two pages over HTTP/1.1, and to the end.
 */
final class CapturePages {
    /** The last page: everything has been asked for. */
    static final String DONE = "/done";

    /** After it the connection is closed, so that the next one may resume. */
    static final String BYE = "/bye";

    /** Where scripts tell the browser's full version. */
    static final String ABOUT = "/about";

    static final String FORM = "/form";

    /** After it the connection stays open. */
    static final String KEEP = "/keep";

    /** In a name: a connection ends without an answer to its second request. */
    static final String BROKEN = "broken";

    /** Begin of a name: its server asks for another key share. */
    static final String RETRIED = "hrr";

    private static final String WEBSOCKET = "/ws";

    /** Lengths on both sides of where encoders of header fields change their mind. */
    private static final List<Integer> COOKIE_LENGTHS = List.of(3, 8, 12, 15, 16, 17, 18, 19, 20, 21, 22, 24, 28, 32);

    private static final byte[] PIXEL = HexFormat.of()
            .parseHex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
                    + "0000000d4944415478da63fcffff3f0300080502fe0c2c1cf50000000049454e44ae426082");

    private static final Map<String, RequestKind> KINDS = Map.ofEntries(
            Map.entry("/", RequestKind.NAVIGATE),
            Map.entry(FORM, RequestKind.FORM),
            Map.entry("/frame.html", RequestKind.IFRAME),
            Map.entry("/style.css", RequestKind.STYLE),
            Map.entry("/script.js", RequestKind.SCRIPT),
            Map.entry("/image.png", RequestKind.IMAGE),
            Map.entry("/font.woff2", RequestKind.FONT),
            Map.entry("/icon.png", RequestKind.ICON),
            Map.entry("/media.mp4", RequestKind.MEDIA),
            Map.entry("/fetch", RequestKind.FETCH),
            Map.entry("/json", RequestKind.FETCH),
            Map.entry("/put", RequestKind.FETCH),
            Map.entry("/cors", RequestKind.FETCH),
            Map.entry("/xhr", RequestKind.XHR),
            Map.entry("/xhr-post", RequestKind.XHR),
            Map.entry(WEBSOCKET, RequestKind.WEBSOCKET));

    private static final String HEAD = """
            <!doctype html><html lang=en><head><meta charset=utf-8><title>hotpool capture</title><link rel=icon href=/icon.png>
            <link rel=stylesheet href=/style.css><script src=/script.js></script></head><body><h1>hotpool capture</h1>
            """;

    private static final String PARTS = """
            <p id=state>Recording. Leave this page open; it goes on by itself.</p><img src=/image.png alt="">
            <iframe src=/frame.html width=1 height=1 style="border:0"></iframe><video src=/media.mp4 preload=metadata muted width=1></video>
            """;

    private static final String SCRIPT = """
            const site = location.hostname.slice(location.hostname.indexOf('.')) + (location.port ? ':' + location.port : '');
            const old = location.hostname.startsWith('h1');
            const at = (name, path) => 'https://' + name + site + path;
            const pause = ms => new Promise(r => setTimeout(r, ms));
            const within = (ms, work) => Promise.race([work.catch(() => 0), pause(ms)]);
            const quiet = {mode: 'no-cors', cache: 'no-store', credentials: 'include'};
            const visit = name => within(6000, fetch(at(name, '/bye'), quiet));
            const keep = name => within(6000, fetch(at(name, '/keep'), quiet));
            const each = async (n, prefix, width) => { for (let i = 0; i < n; i += width)
              await Promise.all([...Array(Math.min(width, n - i)).keys()].map(k => visit(prefix + (i + k)))) };
            const ask = (path, how) => within(6000, fetch(path, how));
            const xhr = (method, path, type, body) => within(6000, new Promise(r => { const x = new XMLHttpRequest();
              x.onloadend = r; x.open(method, path); if (type) x.setRequestHeader('Content-Type', type); x.send(body) }));
            const socket = name => within(6000, new Promise(r => { const w = new WebSocket('wss://' + name + site + '/ws');
              w.onerror = w.onclose = r }));
            const state = text => document.getElementById('state').textContent = text;
            async function kinds() {
              await ask('/fetch');
              await ask('/json', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"a":1}'});
              await ask('/put', {method: 'PUT', headers: {'X-Custom': '1'}, body: 'x'});
              await ask('/authorized', {headers: {Authorization: 'Basic aG90cG9vbDpjYXB0dXJl'}});
              await xhr('GET', '/xhr');
              await xhr('POST', '/xhr-post', 'application/x-www-form-urlencoded', 'a=b');
              await ask(at(old ? 'h1-api' : 'api', '/cors'),
                {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
            }
            """;

    record Page(int status, String type, byte[] body, List<Map.Entry<String, String>> fields) {
        static Page of(String type, String body) {
            return new Page(200, type, body.getBytes(StandardCharsets.UTF_8), List.of());
        }

        Page with(String name, String value) {
            List<Map.Entry<String, String>> more = new ArrayList<>(fields);
            more.add(Map.entry(name, value));
            return new Page(status, type, body, more);
        }
    }

    private final Steps steps;

    CapturePages(Steps steps) {
        this.steps = steps;
    }

    /** What a browser makes such a request for; null where that says nothing of the browser. */
    static @Nullable RequestKind kind(String method, String target) {
        String path = path(target);
        if (method.equals("OPTIONS")) {
            return path.equals("/cors") ? RequestKind.PREFLIGHT : null;
        }
        return KINDS.get(path);
    }

    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    Page page(String target) {
        String path = path(target);
        return switch (path) {
            case "/" -> Page.of("text/html", first());
            case FORM -> withCookies(Page.of("text/html", second()));
            case DONE -> Page.of("text/html", done());
            case "/frame.html" -> validated(Page.of("text/html", "<!doctype html><title>frame</title>"));
            case "/style.css" ->
                validated(Page.of(
                        "text/css", "@font-face{font-family:x;src:url(/font.woff2)}body{font-family:x,sans-serif}"));
            case "/script.js" -> validated(Page.of("text/javascript", SCRIPT));
            case "/image.png", "/icon.png", "/favicon.ico" -> validated(new Page(200, "image/png", PIXEL, List.of()));
            case "/font.woff2", "/media.mp4", WEBSOCKET -> new Page(404, "text/plain", new byte[0], List.of());
            case "/cors" ->
                Page.of("application/json", "{}")
                        .with("access-control-allow-origin", "*")
                        .with("access-control-allow-headers", "content-type")
                        .with("access-control-allow-methods", "POST");
            default -> Page.of("application/json", "{}").with("cache-control", "no-store");
        };
    }

    private static Page validated(Page page) {
        return page.with("cache-control", "no-cache")
                .with("etag", "\"1\"")
                .with("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT");
    }

    private static Page withCookies(Page page) {
        Page all = page;
        for (int length : COOKIE_LENGTHS) {
            String name = "c" + (char) ('a' + COOKIE_LENGTHS.indexOf(length));
            String pair = length < 5 ? "c=1".substring(0, length) : name + "=" + "v".repeat(length - name.length() - 1);
            all = all.with("set-cookie", pair + "; Path=/");
        }
        return all;
    }

    private String first() {
        return HEAD + PARTS
                + "<form id=f method=post action=" + FORM + "><input type=hidden name=a value=b></form><script>"
                + """
                addEventListener('load', async () => {
                  const full = navigator.userAgentData && await navigator.userAgentData
                    .getHighEntropyValues(['fullVersionList']).catch(() => 0);
                  await kinds();
                  if (full) await ask('/about?brands=' + encodeURIComponent(JSON.stringify(full.fullVersionList)));
                  if (!old) {
                """
                + "    await each(%d, 'f', 4); await pause(700);\n".formatted(steps.fresh())
                + "    await each(%d, 'f', 2); await each(%d, 'hrr', 2);\n".formatted(steps.resumed(), steps.retries())
                + "    await each(%1$d, 'tls12-', 2); await pause(700); await each(%1$d, 'tls12-', 2);\n"
                        .formatted(steps.tls12())
                + "    for (let i = 0; i < %d; i++) for (const name of ['broken', 'h1-broken']) { await keep(name + i); await keep(name + i) }\n"
                        .formatted(steps.broken())
                + "    for (let i = 0; i < %d; i++) await socket('ws' + i);\n".formatted(steps.webSockets())
                + """
                  }
                  document.getElementById('f').submit();
                });
                </script></body></html>""";
    }

    private static String second() {
        return HEAD + PARTS + """
                <script>
                addEventListener('load', async () => {
                  await kinds();
                  if (old) await socket('h1');
                  location.href = old ? at('www', '/done') : at('h1', '/');
                });
                </script></body></html>""";
    }

    private static String done() {
        return """
                <!doctype html><html lang=en><head><meta charset=utf-8><title>hotpool capture: done</title></head><body>
                <h1>Done</h1><p>The browser was recorded. The command prints what came of it; this page can be closed.</p>
                </body></html>""";
    }
}
