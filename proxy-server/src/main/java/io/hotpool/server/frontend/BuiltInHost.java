package io.hotpool.server.frontend;

import io.hotpool.pool.Egress;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.server.route.Router;
import io.hotpool.server.selftest.SelfTest;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** The host {@value Router#BUILT_IN}: what clients need to be set up, and the self-test. It never goes out. */
final class BuiltInHost {
    private static final String INDEX = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>hotpool</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:4em auto;padding:0 1em}</style>
            <h1>hotpool</h1>
            <p>This page comes from the proxy itself: your client uses it.</p>
            <ul>
            <li><a href="/ca.pem">ca.pem</a>, <a href="/ca.crt">ca.crt</a>: the root certificate to trust</li>
            <li><a href="/proxy.pac">proxy.pac</a>: automatic proxy configuration</li>
            <li><a href="/fingerprint">fingerprint</a>: what an origin sees of you through this proxy</li>
            </ul>
            </html>
            """;

    private BuiltInHost() {}

    static void answer(ClientExchange exchange, RequestPlan plan) {
        if (!plan.head().method().equals("GET") && !plan.head().method().equals("HEAD")) {
            OwnAnswer refusal = OwnAnswer.text(405, "text/plain; charset=utf-8", "GET and HEAD only\n");
            refusal.headers().add("Allow", "GET, HEAD");
            exchange.answer(refusal, null);
            return;
        }
        if (plan.path().equals("/fingerprint")) {
            carrySelfTest(exchange, plan);
            return;
        }
        exchange.answer(page(exchange, plan.path()), null);
    }

    private static OwnAnswer page(ClientExchange exchange, String path) {
        return switch (path) {
            case "/" -> OwnAnswer.text(200, "text/html; charset=utf-8", INDEX);
            case "/ca.pem" ->
                OwnAnswer.text(
                        200,
                        "application/x-pem-file",
                        exchange.client().frontend().leaves().rootPem());
            case "/ca.crt" ->
                OwnAnswer.of(
                        200,
                        "application/x-x509-ca-cert",
                        exchange.client().frontend().leaves().rootDer());
            case "/proxy.pac" -> OwnAnswer.text(200, "application/x-ns-proxy-autoconfig", pac(exchange.client()));
            default ->
                OwnAnswer.text(
                        404,
                        "text/plain; charset=utf-8",
                        "hotpool has /ca.pem, /ca.crt, /proxy.pac and /fingerprint here\n");
        };
    }

    private static String pac(ClientConnection client) {
        String proxy = NetUtil.toSocketAddressString(
                (InetSocketAddress) client.channel().localAddress());
        return """
                function FindProxyForURL(url, host) {
                  if (isPlainHostName(host) && host != "%s") return "DIRECT";
                  return "PROXY %s";
                }
                """.formatted(Router.BUILT_IN, proxy);
    }

    private static void carrySelfTest(ClientExchange exchange, RequestPlan plan) {
        SelfTest selfTest = exchange.client().frontend().selfTest();
        Origin origin = selfTest.origin();
        RequestHead head = plan.head();
        HeaderList headers = head.headers();
        exchange.carry(
                selfTest.pool(),
                new RequestHead(
                        head.method(),
                        origin,
                        Router.BUILT_IN,
                        selfTest.path(plan.options().profile().name()),
                        headers,
                        head.bodyLength(),
                        head.kind(),
                        ""),
                plan.options().withVerify(true).withAddress(null).withEgress(Egress.DIRECT));
    }
}
