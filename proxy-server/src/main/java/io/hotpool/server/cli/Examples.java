package io.hotpool.server.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Lines to copy, by command; shown below its options and in its manual page. */
final class Examples {
    private static final Map<String, List<String>> OF = Map.ofEntries(
            Map.entry(
                    "run",
                    List.of(
                            "hotpool run",
                            "hotpool run --listen 127.0.0.1:9000 --profile firefox",
                            "hotpool run -c my.toml --set pool.max_connections=200")),
            Map.entry("stop", List.of("hotpool stop", "hotpool stop --pid 4711 --timeout 30")),
            Map.entry("demo", List.of("hotpool demo", "hotpool demo --profile chrome,safari-18.0 --json")),
            Map.entry("check", List.of("hotpool check -c my.toml", "hotpool check -e")),
            Map.entry("status", List.of("hotpool status", "hotpool status --ready", "hotpool status --json")),
            Map.entry(
                    "prewarm",
                    List.of(
                            "hotpool prewarm -n 5 www.example.com",
                            "hotpool prewarm --profile firefox a.test b.test:8443")),
            Map.entry("drain", List.of("hotpool drain www.example.com", "hotpool drain --all")),
            Map.entry("diagnose", List.of("hotpool diagnose https://www.example.com/")),
            Map.entry(
                    "logs",
                    List.of(
                            "hotpool logs access.log",
                            "hotpool logs --top 20 --json access.log.2.gz access.log.1 access.log",
                            "hotpool logs -")),
            Map.entry(
                    "bench",
                    List.of(
                            "hotpool bench -c 50 -d 10 https://www.example.com/",
                            "hotpool bench -n 1000 --rate 100 https://www.example.com/",
                            "hotpool bench --direct --h2 -n 100 https://www.example.com/")),
            Map.entry(
                    "",
                    List.of(
                            "hotpool run",
                            "hotpool status",
                            "hotpool diagnose https://www.example.com/",
                            "hotpool stop")),
            Map.entry(
                    "explain", List.of("hotpool explain 192.0.2.4", "hotpool explain 2001:db8::4 --origin a.test:443")),
            Map.entry("ca", List.of("hotpool ca show", "hotpool ca install")),
            Map.entry("ca show", List.of("hotpool ca show")),
            Map.entry("ca export", List.of("hotpool ca export > ca.pem", "hotpool ca export --der -o ca.crt")),
            Map.entry("ca install", List.of("hotpool ca install")),
            Map.entry("ca rotate", List.of("hotpool stop && hotpool ca rotate && hotpool run")),
            Map.entry("profiles", List.of("hotpool profiles", "hotpool profiles show chrome --json")),
            Map.entry(
                    "capture",
                    List.of(
                            "hotpool capture --name my-chrome",
                            "hotpool capture --browser firefox",
                            "hotpool capture --listen 0.0.0.0:8443",
                            "hotpool capture --ja3 771,4865-4866,0-10-11-13-16-43-45-51,29-23,0 --name bot",
                            "hotpool capture --hello hello.hex",
                            "hotpool capture --pcap trace.pcapng --sni www.example.com")),
            Map.entry(
                    "capture verify",
                    List.of("hotpool capture verify chrome", "hotpool capture verify firefox --browser firefox")),
            Map.entry("profiles list", List.of("hotpool profiles list --json")),
            Map.entry("profiles show", List.of("hotpool profiles show firefox")),
            Map.entry("profiles diff", List.of("hotpool profiles diff chrome firefox")),
            Map.entry("profiles verify", List.of("hotpool profiles verify", "hotpool profiles verify chrome firefox")),
            Map.entry("env", List.of("eval \"$(hotpool env)\"")),
            Map.entry("exec", List.of("hotpool exec -- curl https://www.example.com/")),
            Map.entry("passwd", List.of("hotpool passwd alice", "echo secret | hotpool passwd alice")),
            Map.entry("version", List.of("hotpool version", "hotpool version --json")),
            Map.entry("generate-completion", List.of("source <(hotpool generate-completion)")));

    private Examples() {}

    /** @param name without the program's: {@code ca show} */
    static List<String> of(String name) {
        return OF.getOrDefault(name, List.of());
    }

    static void addTo(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        String name = name(spec);
        List<String> examples = of(name);
        if (!examples.isEmpty()) {
            String[] own = spec.usageMessage().footer();
            String[] lines = Arrays.copyOf(own, own.length + examples.size() + 2);
            lines[own.length] = "";
            lines[own.length + 1] = "Examples:";
            for (int i = 0; i < examples.size(); i++) {
                lines[own.length + i + 2] = "  " + examples.get(i);
            }
            spec.usageMessage().footer(lines);
        }
        line.getSubcommands().values().forEach(Examples::addTo);
    }

    static String name(CommandSpec spec) {
        String whole = spec.qualifiedName(" ");
        return whole.contains(" ") ? whole.substring(whole.indexOf(' ') + 1) : "";
    }
}
