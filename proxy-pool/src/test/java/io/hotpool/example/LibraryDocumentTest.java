package io.hotpool.example;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/library.md: put together from its pieces, compiled, held to the public API, and run. */
class LibraryDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/library.md");
    private static final Pattern PIECE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Set<String> PUBLIC = Set.of(
            "io.hotpool.pool",
            "io.hotpool.pool.http",
            "io.hotpool.pool.fault",
            "io.hotpool.pool.profile",
            "io.hotpool.pool.fingerprint",
            "io.hotpool.pool.stats");

    @TempDir
    Path folder;

    private static String program(int port, Path config) throws Exception {
        String pieces = PIECE.matcher(Files.readString(DOCUMENT))
                .results()
                .map(piece -> piece.group(1))
                .collect(Collectors.joining())
                .replace("Origin.https(\"www.example.com\", 443)", "Origin.http(\"localhost\", " + port + ")")
                .replace("hotpool.toml", config.toString());
        return """
                import io.hotpool.pool.*;
                import io.hotpool.pool.ExchangeOptions.Validation;
                import io.hotpool.pool.http.*;
                import io.hotpool.pool.profile.*;
                import java.net.InetAddress;
                import java.nio.file.Path;
                import java.time.Duration;
                import java.util.concurrent.TimeUnit;

                public class Program {
                    public static void run() throws Exception {
                %s
                    }
                }
                """.formatted(pieces);
    }

    private void compile(String program) throws Exception {
        Path source = Files.writeString(folder.resolve("Program.java"), program);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = compiler.run(
                null, null, errors, "-Xlint:deprecation", "-Werror", "-d", folder.toString(), source.toString());
        assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    @Timeout(60)
    void the_program_of_the_document_compiles_against_the_public_api_and_does_what_it_says() throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        origin.setExecutor(threads);
        origin.createContext("/", exchange -> {
            byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
            if (!exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        origin.start();
        Path config = Files.writeString(
                folder.resolve("pool.toml"),
                "[proxy]\nlisten = []\n[pool]\nmax_connections = 20\n[dns.hosts]\nlocalhost = [\"127.0.0.1\"]\n");
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            compile(program(origin.getAddress().getPort(), config));
            usesThePublicApiOnly();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Program").getMethod("run").invoke(null);
        } finally {
            System.setOut(out);
            origin.stop(0);
            threads.shutdownNow();
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("ready: 2, refused {}, failed {}")
                .contains("200 over H1, connection was ready: true")
                .contains("same connection: true")
                .contains("3 requests, 100 % fine");
    }

    private void usesThePublicApiOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(describe("are inside of the pool", LibraryDocumentTest::inside))
                .check(new ClassFileImporter().importPath(folder));
    }

    private static boolean inside(JavaClass type) {
        return type.getPackageName().startsWith("io.hotpool") && !PUBLIC.contains(type.getPackageName());
    }
}
