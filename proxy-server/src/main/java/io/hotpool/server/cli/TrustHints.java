package io.hotpool.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** How programs are told to trust a root certificate; those of this machine first. */
final class TrustHints {
    /**
     * @param whom what trusts the root after that
     * @param here whether what it needs was found on this machine
     * @param commands for a shell, in this order
     */
    record Hint(String whom, boolean here, List<String> commands) {}

    private final String ca;
    private final String root;
    private final Predicate<String> installed;
    private final String system;

    /**
     * @param installed whether a program of that name is there
     * @param system {@code os.name}
     */
    TrustHints(Path ca, Predicate<String> installed, String system, boolean superuser) {
        this.ca = "'" + ca.toString().replace("'", "'\\''") + "'";
        this.installed = installed;
        this.system = system.toLowerCase(Locale.ROOT);
        this.root = superuser ? "" : "sudo ";
    }

    static TrustHints ofThisMachine(Path ca) {
        return new TrustHints(
                ca,
                TrustHints::isInstalled,
                System.getProperty("os.name"),
                System.getProperty("user.name").equals("root"));
    }

    /** Also where only the superuser's PATH leads. */
    private static boolean isInstalled(String program) {
        return Stream.concat(Programs.folders(), Stream.of("/usr/sbin", "/sbin").map(Path::of))
                .anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
    }

    List<Hint> all() {
        boolean linux = system.contains("linux");
        return List.of(
                new Hint("one command alone, nothing installed", true, List.of("scripts/hotpool exec -- COMMAND")),
                new Hint(
                        "the whole system: Debian, Ubuntu, Alpine",
                        linux && installed.test("update-ca-certificates"),
                        List.of(
                                root + "cp " + ca + " /usr/local/share/ca-certificates/hotpool.crt",
                                root + "update-ca-certificates")),
                new Hint(
                        "the whole system: Fedora, RHEL",
                        linux && installed.test("update-ca-trust"),
                        List.of(
                                root + "cp " + ca + " /etc/pki/ca-trust/source/anchors/hotpool.pem",
                                root + "update-ca-trust")),
                new Hint(
                        "the whole system: Arch",
                        linux && installed.test("trust") && installed.test("pacman"),
                        List.of(root + "trust anchor --store " + ca)),
                new Hint(
                        "the whole system: macOS",
                        system.contains("mac"),
                        List.of(root + "security add-trusted-cert -d -r trustRoot"
                                + " -k /Library/Keychains/System.keychain " + ca)),
                new Hint(
                        "the whole system: Windows, as administrator",
                        system.contains("windows"),
                        List.of("certutil -addstore Root " + ca)),
                new Hint(
                        "Chromium and Chrome on Linux (certutil is in libnss3-tools or nss-tools)",
                        linux
                                && Stream.of("chromium", "google-chrome", "chromium-browser")
                                        .anyMatch(installed),
                        List.of(
                                "mkdir -p \"$HOME/.pki/nssdb\"",
                                "certutil -d \"sql:$HOME/.pki/nssdb\" -A -t C,, -n hotpool -i " + ca)),
                new Hint(
                        "Firefox on Linux, in each of its profiles"
                                + " (elsewhere: Settings, Privacy & Security, View Certificates, Authorities, Import)",
                        linux && Stream.of("firefox", "firefox-esr").anyMatch(installed),
                        List.of("for p in \"$HOME\"/.mozilla/firefox/*.default*; do"
                                + " certutil -d \"sql:$p\" -A -t C,, -n hotpool -i " + ca + "; done")),
                new Hint(
                        "Java, the installation whose keytool comes first",
                        installed.test("keytool"),
                        List.of(root
                                + "keytool -importcert -cacerts -storepass changeit -noprompt -alias hotpool -file "
                                + ca)));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of("The root certificate is " + ca, "Nothing was changed."));
        add(lines, "On this machine:", all().stream().filter(Hint::here).toList());
        add(lines, "Elsewhere:", all().stream().filter(hint -> !hint.here()).toList());
        lines.add("");
        lines.add("docs/clients.md has the variable or option of each client that reads roots of its own.");
        return lines;
    }

    private static void add(List<String> lines, String title, List<Hint> hints) {
        lines.add("");
        lines.add(title);
        for (Hint hint : hints) {
            lines.add("  " + hint.whom());
            hint.commands().forEach(command -> lines.add("      " + command));
        }
    }
}
