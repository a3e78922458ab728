package io.hotpool.server.admin;

/** The page at the root: what there is to ask for. */
final class IndexPage {
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>hotpool</title>
            </head>
            <body>
            <h1>hotpool</h1>
            <ul>
            <li><a href="/api/v1/stats">Statistics</a>, <a href="/metrics">metrics</a></li>
            <li><a href="/api/v1/hosts">Hosts</a> and their <a href="/api/v1/connections">connections</a></li>
            <li><a href="/api/v1/profiles">Browser profiles</a></li>
            <li><a href="/api/v1/config">Configuration</a> in force</li>
            <li><a href="/healthz">Alive</a>, <a href="/readyz">ready</a></li>
            <li><a href="/ca.pem">Root certificate</a> (PEM; also as <a href="/ca.crt">DER</a>),
            <a href="/proxy.pac">proxy auto-configuration</a></li>
            </ul>
            </body>
            </html>
            """;

    private IndexPage() {}

    static Answer answer() {
        return Answer.text("text/html; charset=utf-8", PAGE);
    }
}
