package io.hotpool.server.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.selftest.DemoClient.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows a running proxy at work: requests in each of the forms that clients use, as curl would send them, to the built-in
 * host; each answer says what the origin saw. Blocks.
 */
public final class Demo {
    private static final String PATH = "/fingerprint";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DemoClient client;
    private final String session;

    private interface Form {
        Reply ask(Map<String, String> directives) throws IOException;
    }

    private Demo(InetSocketAddress proxy, byte[] root) {
        this.client = new DemoClient(proxy, root);
        this.session = "demo-" + Long.toHexString(System.nanoTime());
    }

    /**
     * @param proxy the proxy port
     * @param root DER of the local CA's certificate, the only one that the client trusts
     * @param profiles names; each is shown in every form
     */
    public static DemoReport run(InetSocketAddress proxy, byte[] root, List<String> profiles) {
        Demo demo = new Demo(proxy, root);
        List<DemoReport.Step> steps = new ArrayList<>();
        profiles.forEach(profile -> demo.forms().forEach((form, ask) -> steps.add(demo.step(profile, form, ask))));
        return new DemoReport(steps);
    }

    /** Each profile once, on a connection of its own. */
    public static DemoReport verify(InetSocketAddress proxy, byte[] root, List<String> profiles) {
        Demo demo = new Demo(proxy, root);
        String url = "https://" + LocalSelfTest.HOST + PATH;
        return new DemoReport(profiles.stream()
                .map(profile -> demo.step(profile, "GET " + url, directives -> demo.client.absolute(url, directives)))
                .toList());
    }

    private Map<String, Form> forms() {
        String host = LocalSelfTest.HOST;
        Map<String, Form> forms = new LinkedHashMap<>();
        forms.put("GET http://" + host + PATH, directives -> client.absolute("http://" + host + PATH, directives));
        forms.put("CONNECT " + host + ":443", directives -> client.tunnel(host, PATH, directives));
        forms.put("GET https://" + host + PATH, directives -> client.absolute("https://" + host + PATH, directives));
        return forms;
    }

    private DemoReport.Step step(String profile, String form, Form ask) {
        Map<String, String> directives = new LinkedHashMap<>();
        directives.put("X-Hotpool-Profile", profile);
        directives.put("X-Hotpool-Session", session);
        directives.put("X-Hotpool-Report", "1");
        long started = System.nanoTime();
        try {
            Reply reply = ask.ask(directives);
            double millis = (System.nanoTime() - started) / 1e6;
            JsonNode seen = JSON.readTree(reply.body());
            boolean told = reply.status() == 200 && seen.has("match");
            return told
                    ? DemoReport.Step.answered(profile, form, seen, reply.headers(), millis)
                    : DemoReport.Step.failed(profile, form, "status " + reply.status() + ": " + reason(seen));
        } catch (IOException e) {
            return DemoReport.Step.failed(profile, form, e.toString());
        }
    }

    private static String reason(JsonNode problem) {
        return problem.path("detail").asText(problem.path("title").asText("no reason given"));
    }
}
