package io.hotpool.server.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A browser that is started for a capture alone: with a profile folder that is thrown away, trusting the capture, and with a
 * virtual display where there is no other, because browsers without a display say so in their header fields.
 */
public final class BrowserLaunch implements AutoCloseable {
    private static final int END_SECONDS = 10;

    private final Path home;
    private final @Nullable Process display;
    private final Process browser;

    private BrowserLaunch(Path home, @Nullable Process display, Process browser) {
        this.home = home;
        this.display = display;
        this.browser = browser;
    }

    /**
     * @param program the browser's executable
     * @param url where it begins
     * @throws IOException when it cannot be started, saying what is missing
     */
    public static BrowserLaunch start(Path program, CaptureServer server, String url) throws IOException {
        if (!Files.isExecutable(program)) {
            throw new IOException(program + " is not an executable file");
        }
        Path home = Files.createTempDirectory("hotpool-capture");
        Process display = null;
        try {
            VirtualDisplay virtual =
                    hasDisplay() ? null : VirtualDisplay.open(home).orElse(null);
            display = virtual == null ? null : virtual.process();
            boolean headless = virtual == null && !hasDisplay();
            List<String> command = isFirefox(program)
                    ? firefox(program, home, server, url, headless)
                    : chromium(program, home, server, url, headless);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("browser.log").toFile());
            builder.environment().put("HOME", home.toString());
            builder.environment().put("MOZ_CRASHREPORTER_DISABLE", "1");
            if (virtual != null) {
                builder.environment().put("DISPLAY", virtual.name());
            }
            return new BrowserLaunch(home, display, builder.start());
        } catch (IOException | RuntimeException e) {
            end(display);
            delete(home);
            throw e;
        }
    }

    private static boolean hasDisplay() {
        String os = System.getProperty("os.name", "");
        return !os.equals("Linux") || System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    }

    private static boolean isFirefox(Path program) {
        String name = program.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.contains("firefox") || name.contains("librewolf") || name.contains("tor-browser");
    }

    private static List<String> chromium(Path program, Path home, CaptureServer server, String url, boolean headless) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--user-data-dir=" + home.resolve("profile"),
                "--ignore-certificate-errors-spki-list=" + server.keyHash(),
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--disable-gpu",
                "--no-proxy-server"));
        if (System.getProperty("user.name", "").equals("root")) {
            command.add("--no-sandbox"); // it does not start otherwise
        }
        if (headless) {
            command.add("--headless=new");
        }
        command.add(url);
        return command;
    }

    private static List<String> firefox(Path program, Path home, CaptureServer server, String url, boolean headless)
            throws IOException {
        Path profile = Files.createDirectory(home.resolve("profile"));
        Files.write(
                profile.resolve("user.js"),
                List.of(
                        "user_pref(\"browser.shell.checkDefaultBrowser\", false);",
                        "user_pref(\"browser.aboutwelcome.enabled\", false);",
                        "user_pref(\"browser.newtabpage.enabled\", false);",
                        "user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);",
                        "user_pref(\"toolkit.telemetry.enabled\", false);",
                        "user_pref(\"app.normandy.enabled\", false);",
                        "user_pref(\"network.captive-portal-service.enabled\", false);",
                        "user_pref(\"network.connectivity-service.enabled\", false);",
                        "user_pref(\"network.proxy.type\", 0);",
                        "user_pref(\"network.trr.mode\", 5);"));
        Path root = Files.writeString(home.resolve("ca.pem"), server.rootPem());
        certutil(home, "-N", "-d", "sql:" + profile, "--empty-password");
        certutil(home, "-A", "-d", "sql:" + profile, "-t", "C,,", "-n", "hotpool capture", "-i", root.toString());
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--no-remote", "--profile", profile.toString()));
        if (headless) {
            command.add("--headless");
        }
        command.add(url);
        return command;
    }

    private static void certutil(Path home, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("certutil"));
        command.addAll(Arrays.asList(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("certutil.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "certutil is needed to make Firefox trust the capture (Debian: libnss3-tools; Fedora: nss-tools);"
                            + " or open the page in a Firefox of your own, without --browser");
        }
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("certutil failed: "
                        + Files.readString(home.resolve("certutil.log")).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    /** What it said last, when it is no longer there. */
    public Optional<String> ended() {
        if (browser.isAlive()) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(home.resolve("browser.log"), StandardCharsets.ISO_8859_1);
            String last =
                    lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1).strip();
            return Optional.of("the browser ended with exit code " + browser.exitValue() + last);
        } catch (IOException e) {
            return Optional.of("the browser ended with exit code " + browser.exitValue());
        }
    }

    @Override
    public void close() {
        end(browser);
        end(display);
        delete(home);
    }

    private static void end(@Nullable Process process) {
        if (process == null) {
            return;
        }
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** What a browser still holds open may stay behind. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            folder.toFile().deleteOnExit();
        }
    }

    private record VirtualDisplay(Process process, String name) {
        /** Empty where Xvfb is not installed. */
        static Optional<VirtualDisplay> open(Path home) {
            try {
                Process process = new ProcessBuilder(
                                "Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
                        .redirectError(home.resolve("display.log").toFile())
                        .start();
                BufferedReader said =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
                String number = said.readLine();
                if (number != null && number.matches("\\d+")) {
                    return Optional.of(new VirtualDisplay(process, ":" + number));
                }
                process.destroy();
                return Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }
}
