package io.hotpool.server.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JarIT {
    private static final Path JAR = Path.of(Objects.requireNonNull(System.getProperty("hotpool.jar")));
    private static final long MOST_BYTES = 25L << 20;

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void it_is_small_and_carries_no_signatures_of_other_jars() throws IOException {
        assertThat(Files.size(JAR)).isLessThan(MOST_BYTES);
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().map(e -> e.getName()))
                    .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release"))
                    .isEqualTo("true");
        }
    }

    @Test
    void the_build_left_manual_pages_and_completion_beside_it() throws IOException {
        assertThat(JAR.resolveSibling("man").resolve("hotpool.1")).isNotEmptyFile();
        assertThat(JAR.resolveSibling("man").resolve("hotpool-ca-rotate.1")).isNotEmptyFile();
        assertThat(Files.readString(JAR.resolveSibling("completion").resolve("hotpool")))
                .contains("complete -F _complete_hotpool");
    }

    @Test
    void it_tells_its_version() throws Exception {
        Process process = start("version", "--json");

        assertThat(process.waitFor()).isZero();
        assertThat(output(process)).contains("\"version\"").doesNotContain("development");
    }

    @Test
    void it_listens_on_its_defaults_and_a_sigterm_ends_it_with_0() throws Exception {
        Process process = run("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0");
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);

        assertThat(lines.readLine()).startsWith("hotpool is listening (built-in defaults");
        InetSocketAddress proxy = address(lines.readLine(), "proxy");
        InetSocketAddress admin = address(lines.readLine(), "admin");
        assertThat(ask(admin, "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(ask(proxy, "GET http://hotpool.internal/ca.pem HTTP/1.1\r\nHost: hotpool.internal\r\n\r\n"))
                .startsWith("HTTP/1.1 200");

        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void stop_and_status_find_the_running_daemon() throws Exception {
        Process daemon = run("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0");
        daemon.inputReader(StandardCharsets.UTF_8).readLine();

        Process status = start("status", "--json");
        assertThat(status.waitFor()).isZero();
        assertThat(output(status)).contains("\"ready\" : true", "total_connections");
        assertThat(start("stop").waitFor()).isZero();
        assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).isZero();
        assertThat(start("status").waitFor()).isEqualTo(1);
    }

    @Test
    void a_taken_port_ends_it_with_1_and_says_whose_it_is_and_what_to_do() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, new InetSocketAddress("127.0.0.1", 0).getAddress())) {
            Process process = run("--listen", "127.0.0.1:" + taken.getLocalPort(), "--admin-listen", "127.0.0.1:0");

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(error(process))
                    .contains(
                            "127.0.0.1:" + taken.getLocalPort(),
                            "in use",
                            "process " + ProcessHandle.current().pid(),
                            "--listen");
        }
    }

    @Test
    void a_wide_listener_without_credentials_ends_it_with_2_and_names_the_key() throws Exception {
        Process process = run("--listen", "0.0.0.0:0");

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(error(process)).contains("proxy.users or proxy.allow_clients");
    }

    private Process run(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("run"));
        arguments.addAll(List.of(options));
        return start(arguments.toArray(String[]::new));
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOTPOOL_"));
        builder.environment()
                .putAll(Map.of(
                        "XDG_STATE_HOME",
                        folder.toString(),
                        "XDG_CONFIG_HOME",
                        folder.toString(),
                        "HOME",
                        folder.toString()));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static InetSocketAddress address(String line, String name) {
        assertThat(line).contains(name);
        String[] hostAndPort =
                line.replaceAll(".* (http://)?([0-9.]+:\\d+).*", "$2").split(":");
        return new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1]));
    }

    private static String ask(InetSocketAddress address, String request) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String error(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
