package io.hotpool.server.cli;

import io.hotpool.server.cli.LoadRun.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bench",
        description =
                "Load on a URL through the proxy, or past it, and what came of it; exit code 1 when nothing succeeded.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final long PROGRESS_MILLIS = 1000;

    @Mixin
    private Output output = new Output();

    @Option(
            names = {"-c", "--clients"},
            paramLabel = "N",
            defaultValue = "10",
            converter = WholeNumber.Positive.class,
            description = "Requests at a time (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "0",
            converter = WholeNumber.FromZero.class,
            description = "Requests in all; otherwise for --duration.")
    private int count;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "SECONDS",
            defaultValue = "10",
            converter = WholeNumber.Positive.class,
            description = "How long (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            converter = WholeNumber.Rate.class,
            description = "Requests a second; otherwise as fast as answers come.")
    private double rate;

    @Option(names = "--h2", description = "HTTP/2 to the proxy's TLS or to the server; otherwise HTTP/1.1.")
    private boolean http2;

    @Option(names = "--direct", description = "Past the proxy.")
    private boolean direct;

    @Option(
            names = "--proxy",
            paramLabel = "ADDRESS:PORT",
            converter = Endpoint.Converter.class,
            description = "The proxy; otherwise that of the running daemon.")
    private @Nullable Endpoint proxy;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM file of the root to trust; otherwise the daemon's own, or the system's with --direct.")
    private @Nullable Path ca;

    @Parameters(
            paramLabel = "URL",
            converter = Arguments.WholeUrl.class,
            description = "A whole one: https://www.example.com/")
    private URI url = URI.create("http://127.0.0.1/");

    @Override
    public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(60));
        if (!direct) {
            request.header("X-Hotpool-Report", "1");
        }
        LoadRun run = new LoadRun(
                        client(), request.build(), new Plan(clients, count, Duration.ofSeconds(seconds), rate))
                .start();
        try (Progress progress = Progress.of(output)) {
            while (!run.await(PROGRESS_MILLIS)) {
                progress.tell(String.format(
                        Locale.ROOT,
                        "%.0f s: %d requests, %.0f a second, p50 %.1f ms, p99 %.1f ms",
                        run.seconds(),
                        run.done(),
                        run.done() / run.seconds(),
                        run.millis(50),
                        run.millis(99)));
            }
        }
        Shown shown = Shown.of("url", url.toString())
                .and("way", direct ? "direct" : "proxy")
                .and("clients", clients);
        run.report().forEach(shown::and);
        output.show(shown);
        return run.succeeded() > 0 ? 0 : 1;
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30));
        Path root = ca;
        if (!direct) {
            Endpoint through = proxy == null ? Endpoint.parse(daemon().proxy().get(0)) : proxy;
            client.proxy(ProxySelector.of(new InetSocketAddress(through.host(), through.port())));
            root = ca != null || proxy != null ? ca : Path.of(daemon().ca());
        }
        return (root == null ? client : client.sslContext(trusting(root))).build();
    }

    private static RunningDaemon daemon() {
        return RunningDaemon.newest("name its port with --proxy, or go past it with --direct");
    }

    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("root-" + store.size(), root);
            }
        } catch (CertificateException e) {
            throw new Failure("--ca: " + pem + " has no certificate in PEM or DER: " + e.getMessage());
        }
        if (store.size() == 0) {
            throw new Failure("--ca: " + pem + " has no certificate");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
