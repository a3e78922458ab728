package io.hotpool.server.capture;

/** The page that says what to do, for browsers that do not trust the certificate yet. */
final class Instructions {
    private Instructions() {}

    static String page(String start) {
        return """
                <!doctype html><html lang=en><head><meta charset=utf-8><title>hotpool capture</title>
                <meta name=viewport content="width=device-width"><style>body{font:16px/1.5 sans-serif;max-width:40em;margin:3em auto;
                padding:0 1em}code{background:#eee;padding:.1em .3em}</style></head><body><h1>hotpool capture</h1>
                <p>This browser is about to be recorded: its TLS, its HTTP/2 and the header fields of its requests, and nothing
                else. The recording stays on the machine that hotpool runs on.
                <ol><li>Let the browser trust <a href="/ca.crt">this certificate authority</a> (for websites). The best place for
                it is a fresh browser profile that is thrown away afterwards.
                <li>Close other tabs and switch off extensions that change requests.
                <li>Type this address, or paste it: <code>%1$s</code> (<a href="%1$s">or follow it</a>). The rest goes by itself
                and takes some seconds.</ol></body></html>""".formatted(start);
    }
}
