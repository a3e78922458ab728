package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import java.util.regex.Pattern;
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

    private static final Pattern LIBRARIES = Pattern.compile(
            "(?i)(?:lib)?curl|pycurl|wget2?|python(?:-(?:requests|urllib3?|httpx))?|urllib3|requests|aiohttp|httpx"
                    + "|go-http-client|fasthttp|colly|java(?:-http-client)?|apache-httpclient|okhttp|jetty|ktor-client"
                    + "|reactor-?netty|vert\\.x-webclient|ahc|akka-http|node(?:\\.js)?|node-fetch|undici|axios|got"
                    + "|superagent|bun|deno|dart|php|guzzlehttp|symfony|ruby|faraday|rest-client|typhoeus|mechanize"
                    + "|libwww-perl|lwp|reqwest|hyper|ureq|isahc|httpie|postmanruntime|insomnia|scrapy|winhttp"
                    + "|cpp-httplib|boost\\.beast|\\.net|restsharp|k6|vegeta|hey|h2load|nghttp2|aria2|powershell");
    private static final Pattern PRODUCT_END = Pattern.compile("[/ (]");

    static ClientIdentity of(HeaderList client, @Nullable String profileAgent) {
        String agent = client.get("User-Agent");
        if (agent == null || agent.isBlank()) {
            return LIBRARY;
        }
        if (agent.equals(profileAgent)) {
            return PROFILE;
        }
        String product = PRODUCT_END.split(agent.strip(), 2)[0];
        if (LIBRARIES.matcher(product).matches()) {
            return LIBRARY;
        }
        return product.equals("Mozilla") || product.equals("Opera") ? OTHER_BROWSER : CHOSEN;
    }
}
