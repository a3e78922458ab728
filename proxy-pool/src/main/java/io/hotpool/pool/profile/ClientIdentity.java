package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who a client says it is, by its User-Agent, beside the browser that it shall look like. */
enum ClientIdentity {
    /** No User-Agent, or the one that a library sends by itself: as if not set. */
    LIBRARY,
    /** The profile's own. */
    PROFILE,
    /** Another browser: gives way to the profile with everything that tells browsers apart. */
    OTHER_BROWSER,
    /** A name that the client chose: stays. */
    CHOSEN;

    /** Products, in lower case, that libraries and tools put into User-Agent by themselves. */
    private static final Set<String> LIBRARIES = Set.of(
            ".net",
            "ahc",
            "aiohttp",
            "akka-http",
            "apache-httpclient",
            "aria2",
            "axios",
            "boost.beast",
            "bun",
            "colly",
            "cpp-httplib",
            "curl",
            "dart",
            "deno",
            "faraday",
            "fasthttp",
            "go-http-client",
            "got",
            "guzzlehttp",
            "h2load",
            "hey",
            "httpie",
            "httpx",
            "hyper",
            "insomnia",
            "isahc",
            "java",
            "java-http-client",
            "jetty",
            "k6",
            "ktor-client",
            "libcurl",
            "libwww-perl",
            "lwp",
            "mechanize",
            "nghttp2",
            "node",
            "node-fetch",
            "node.js",
            "okhttp",
            "php",
            "postmanruntime",
            "powershell",
            "pycurl",
            "python",
            "python-httpx",
            "python-requests",
            "python-urllib",
            "python-urllib3",
            "reactor-netty",
            "reactornetty",
            "requests",
            "reqwest",
            "rest-client",
            "restsharp",
            "ruby",
            "scrapy",
            "superagent",
            "symfony",
            "typhoeus",
            "undici",
            "ureq",
            "urllib3",
            "vegeta",
            "vert.x-webclient",
            "wget",
            "wget2",
            "winhttp");

    static ClientIdentity of(HeaderList client, @Nullable String profileAgent) {
        String agent = client.get("User-Agent");
        if (agent == null || agent.isBlank()) {
            return LIBRARY;
        }
        if (agent.equals(profileAgent)) {
            return PROFILE;
        }
        String product = product(agent.strip());
        if (product.equals("Mozilla") || product.equals("Opera")) {
            return OTHER_BROWSER;
        }
        return LIBRARIES.contains(product.toLowerCase(Locale.ROOT)) ? LIBRARY : CHOSEN;
    }

    /** The first product's name (RFC 9110, 10.1.5). */
    private static String product(String agent) {
        int end = 0;
        while (end < agent.length() && "/ (".indexOf(agent.charAt(end)) < 0) {
            end++;
        }
        return agent.substring(0, end);
    }
}
