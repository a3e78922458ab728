package io.hotpool.server.cli;

import io.hotpool.server.capture.BrowserLaunch;
import io.hotpool.server.capture.CaptureServer;
import io.hotpool.server.capture.Steps;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.learn.Observations;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a browser is recorded: the same options for {@code capture} and {@code capture verify}. */
final class CaptureOptions {
    @Option(
            names = {"-l", "--listen"},
            paramLabel = "ADDRESS:PORT",
            defaultValue = "127.0.0.1:0",
            converter = ListenAddress.class,
            description = "Where the pages are (default: a free port of this machine alone).")
    private InetSocketAddress listen = new InetSocketAddress("127.0.0.1", 0);

    @Option(
            names = {"-n", "--connections"},
            paramLabel = "N",
            defaultValue = "32",
            converter = WholeNumber.Positive.class,
            description = "First connections to ask for, to learn what varies (default: ${DEFAULT-VALUE}; at least 8).")
    private int connections = 32;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            converter = WholeNumber.Positive.class,
            description = "How long to wait for the browser (default: ${DEFAULT-VALUE}).")
    private int seconds = 600;

    @Option(
            names = "--browser",
            paramLabel = "PROGRAM",
            description = "Start this browser with a profile that is thrown away, instead of waiting for one.")
    private @Nullable Path browser;

    /** Leads a browser through the pages; blocks until it is through. */
    Observations record(CertificateAuthority authority, PrintWriter out, boolean quiet) {
        Path program = browser == null ? null : Programs.find(browser);
        try (CaptureServer server = new CaptureServer(authority, listen, steps())) {
            CaptureProgress progress = new CaptureProgress(server, out, quiet);
            if (program == null) {
                progress.invite();
                return progress.await(Duration.ofSeconds(seconds), null);
            }
            try (BrowserLaunch launch = BrowserLaunch.start(program, server, server.url())) {
                return progress.await(Duration.ofSeconds(seconds), launch);
            }
        } catch (IOException e) {
            throw new Failure(e.getMessage());
        }
    }

    private Steps steps() {
        try {
            return Steps.of(connections);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--connections: " + e.getMessage());
        }
    }

    static final class ListenAddress implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon).replaceAll("^\\[|]$", "");
            String port = text.substring(colon + 1);
            String literal = host.equals("localhost") ? "127.0.0.1" : host;
            boolean valid = NetUtil.isValidIpV4Address(literal) || NetUtil.isValidIpV6Address(literal);
            if (!valid || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
                throw new TypeConversionException(
                        "'" + text + "' is not ADDRESS:PORT with an IP address, nor a port, such as 127.0.0.1:8443");
            }
            return new InetSocketAddress(literal, Integer.parseInt(port));
        }
    }
}
