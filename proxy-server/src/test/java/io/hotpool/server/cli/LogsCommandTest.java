package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.accesslog.AccessLine;
import io.hotpool.server.metrics.Events;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static final InputStream INPUT = System.in;

    /** Of the big log; the long form has several hundred megabytes. */
    private static final int MEGABYTES = Boolean.getBoolean("hotpool.test.full") ? 500 : 12;

    @TempDir
    Path folder;

    @AfterEach
    void restoreInput() {
        System.setIn(INPUT);
    }

    private static String line(long second) {
        return new AccessLine(AT.plusSeconds(second), Events.answered(200)).text();
    }

    private static JsonNode logs(Object... files) throws IOException {
        List<String> words = new ArrayList<>(List.of("logs", "--json"));
        Arrays.stream(files).map(Object::toString).forEach(words::add);
        ProgramRun run = ProgramRun.of(words.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void rotated_files_are_one_log_in_whatever_order_and_packing() throws IOException {
        Path now = Files.writeString(folder.resolve("access.log"), line(20) + "\r\n" + line(30));
        Path before = Files.writeString(folder.resolve("access.log.1"), line(10) + "\n");
        byte[] oldest = packed(line(0) + "\n" + line(5) + "\n");
        Path old = Files.write(folder.resolve("access.log.2.gz"), oldest);
        Path unnamed = Files.write(folder.resolve("packed-under-another-name"), oldest);

        JsonNode report = logs(now, before, old, unnamed);
        assertThat(report.path("exchanges").asInt()).isEqualTo(7);
        assertThat(report.path("not_understood").asInt()).isZero();
        assertThat(report.path("first").asText()).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(report.path("last").asText()).isEqualTo("2026-11-23T12:00:30Z");
    }

    @Test
    void the_standard_input_may_be_packed_too() throws IOException {
        System.setIn(new ByteArrayInputStream((line(0) + "\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(logs("-").path("exchanges").asInt()).isEqualTo(1);
        System.setIn(new ByteArrayInputStream(packed(line(0) + "\n" + line(1))));
        assertThat(logs("-").path("exchanges").asInt()).isEqualTo(2);
        System.setIn(new ByteArrayInputStream(new byte[0]));
        assertThat(logs("-").path("lines").asInt()).isZero();
    }

    @Test
    void broken_lines_are_counted_and_change_nothing_else() throws IOException {
        String good = line(0);
        List<String> broken = List.of(
                "",
                good.substring(0, good.length() / 4),
                good.replace(" 200 ", " 99999999999999999999 "),
                "{",
                "{\"status\":1e99,\"total_ms\":1}",
                "{\"status\":200}",
                "[".repeat(5000),
                "{\"a\":".repeat(5000),
                "\u0000\u0001\ufffd",
                "{\"status\":\"two hundred\",\"total_ms\":{}}");
        Path file = folder.resolve("broken.log");
        Files.writeString(file, good + "\n" + String.join("\n", broken) + "\n");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, '\n'}, StandardOpenOption.APPEND);
        Files.writeString(file, good, StandardOpenOption.APPEND);

        JsonNode report = logs(file);
        assertThat(report.path("exchanges").asInt()).isEqualTo(2);
        assertThat(report.path("not_understood").asInt()).isEqualTo(broken.size() + 1);
        assertThat(report.path("lines").asInt()).isEqualTo(broken.size() + 3);
    }

    @Test
    void of_a_packed_file_that_was_cut_the_beginning_is_counted_and_the_exit_code_is_1() throws IOException {
        byte[] whole = packed((line(0) + "\n").repeat(20_000));
        Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));

        ProgramRun run = ProgramRun.of("logs", "--json", cut.toString());
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains(cut + " is packed and broken");
        assertThat(new ObjectMapper().readTree(run.out()).path("exchanges").asInt())
                .isBetween(1, 19_999);
    }

    /** Ever new names, and one line that is larger than the heap. */
    @Test
    void a_log_of_any_size_is_counted_in_a_small_heap() throws Exception {
        String pattern = line(0);
        long count = (long) MEGABYTES * (1 << 20) / (pattern.length() + 12);
        Path errors = folder.resolve("errors");
        Path report = folder.resolve("report.json");
        Process logs = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.hotpool.server.Main",
                        "logs",
                        "--json",
                        "-")
                .redirectOutput(report.toFile())
                .redirectError(errors.toFile())
                .start();
        try (OutputStream in = new BufferedOutputStream(logs.getOutputStream(), 1 << 16)) {
            for (long i = 0; i < count; i++) {
                String name = "h" + (1_000_000_000L + i) + ".";
                in.write((pattern.replace("www.example.com", name + "example.com") + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            byte[] endless = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 40; i++) {
                in.write(endless);
            }
        } finally {
            assertThat(logs.waitFor(300, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(logs.exitValue()).as(Files.readString(errors)).isZero();
        JsonNode told = new ObjectMapper().readTree(report.toFile());
        assertThat(told.path("exchanges").asLong()).isEqualTo(count);
        assertThat(told.path("not_understood").asLong()).isEqualTo(1);
        assertThat(told.at("/hosts/(other hosts)").asLong()).isEqualTo(count - LogSummary.MOST_HOSTS);
    }
}
