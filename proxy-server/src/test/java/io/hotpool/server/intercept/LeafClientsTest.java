package io.hotpool.server.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real programs and the leaf: accepted with the root in their trust, refused without. */
class LeafClientsTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    @TempDir
    Path folder;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private LeafCache cache;
    private Path root;
    private int port;

    private void serve(String host, SslProvider provider) throws Exception {
        assumeTrue(
                provider == SslProvider.JDK || OpenSsl.isAvailable(),
                "netty-tcnative has no library for this platform");
        CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), Clock.systemUTC());
        root = folder.resolve("ca/ca.pem");
        LeafMinter minter = new LeafMinter(authority, Clock.systemUTC(), () -> Duration.ofDays(7));
        cache = new LeafCache(authority, minter, new LeafContexts(provider), Clock.systemUTC(), () -> 16, () -> {});
        SslContext context =
                cache.contextFor(host, loops.next()).syncUninterruptibly().getNow();
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), new OneAnswer());
                    }
                })
                .bind(InetAddress.getByName(host.equals("::1") ? "::1" : "127.0.0.1"), 0)
                .syncUninterruptibly()
                .channel();
        port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Answers the first bytes of a request; HTTP/1.1 is enough to show that the handshake was to the client's liking. */
    private static final class OneAnswer extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf request) {
            if (request.toString(StandardCharsets.US_ASCII).contains("\r\n\r\n")) {
                ctx.writeAndFlush(Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable refusedByTheClient) {
            ctx.close();
        }
    }

    @AfterEach
    void stop() {
        if (cache != null) {
            cache.close();
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private record Outcome(int exit, String output) {}

    private Outcome run(List<String> command, java.util.Map<String, String> environment) throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v " + command.get(0))
                                .start()
                                .waitFor()
                        == 0,
                command.get(0) + " is not installed");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
                .forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            Assertions.fail(command + " hung");
        }
        return new Outcome(process.exitValue(), output);
    }

    private Outcome run(String... command) throws Exception {
        return run(List.of(command), java.util.Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, OPENSSL",
        "www.example.com, JDK",
        "xn--bcher-kva.example, OPENSSL",
        "127.0.0.1, OPENSSL",
        "127.0.0.1, JDK",
        "::1, OPENSSL",
    })
    void curl(String host, SslProvider provider) throws Exception {
        serve(host, provider);
        String name = host.contains(":") ? "[" + host + "]" : host;
        String url = "https://" + name + ":" + port + "/";
        String[] with = {
            "curl", "-sS", "--http1.1", "--resolve", name + ":" + port + ":127.0.0.1", "--cacert", root.toString(), url
        };
        if (host.equals("::1")) {
            with[4] = "unused.example:1:127.0.0.1";
        }
        Outcome trusted = run(with);
        assertThat(trusted.output()).isEqualTo("ok");
        with[6] = "/etc/ssl/certs/ca-certificates.crt";
        assertThat(run(with).exit()).as("curl without the root").isEqualTo(60);
        with[6] = root.toString();
        with[7] = url.replace(name, "wrong.example");
        with[4] = "wrong.example:" + port + ":" + (host.equals("::1") ? "[::1]" : "127.0.0.1");
        assertThat(run(with).exit()).as("curl with another name").isEqualTo(60);
    }

    @ParameterizedTest
    @CsvSource({"www.example.com, OPENSSL", "www.example.com, JDK"})
    void openssl_with_strict_checks(String host, SslProvider provider) throws Exception {
        serve(host, provider);
        String[] command = {
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + port,
            "-servername",
            host,
            "-verify_hostname",
            host,
            "-verify_return_error",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-CAfile",
            root.toString(),
            "-alpn",
            "h2,http/1.1"
        };
        assertThat(run(command).output())
                .contains("Verify return code: 0 (ok)", "ALPN protocol: h2", "Peer signature type: ECDSA");
        command[12] = "/etc/ssl/certs/ca-certificates.crt";
        assertThat(run(command).exit()).as("openssl without the root").isEqualTo(1);
    }

    /** The JDK sends them with the end of the handshake, BoringSSL with the first bytes of the answer. */
    @ParameterizedTest
    @CsvSource({"OPENSSL, Q", "JDK, ''"})
    void tickets_are_sent(SslProvider provider, String firstBytes) throws Exception {
        serve("www.example.com", provider);
        String input = firstBytes.isEmpty() ? "sleep 2" : "(printf 'GET / HTTP/1.1\\r\\n\\r\\n'; sleep 2)";
        String command = input + " | openssl s_client -connect 127.0.0.1:" + port
                + " -servername www.example.com -tls1_3 -CAfile " + root;
        assertThat(run("sh", "-c", command).output()).contains("New Session Ticket arrived");
    }

    @ParameterizedTest
    @CsvSource({"www.example.com", "127.0.0.1"})
    void gnutls(String host) throws Exception {
        serve(host, SslProvider.OPENSSL);
        String[] command = {
            "gnutls-cli", "--x509cafile", root.toString(), "--verify-hostname", host, "-p", "" + port, "127.0.0.1"
        };
        assertThat(run(command).output()).contains("The certificate is trusted");
        command[2] = "/etc/ssl/certs/ca-certificates.crt";
        Outcome untrusted = run(command);
        assertThat(untrusted.exit()).isNotZero();
        assertThat(untrusted.output()).contains("The certificate issuer is unknown");
    }

    @ParameterizedTest
    @CsvSource({"www.example.com, OPENSSL", "www.example.com, JDK", "127.0.0.1, OPENSSL"})
    void python_with_strict_checks(String host, SslProvider provider) throws Exception {
        serve(host, provider);
        String script = """
                import socket, ssl, sys
                ctx = ssl.create_default_context(cafile=sys.argv[1] or None)
                ctx.verify_flags |= ssl.VERIFY_X509_STRICT
                with ctx.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[2]))), server_hostname=sys.argv[3]) as s:
                    print("trusted", s.version())
                """;
        assertThat(run("python3", "-c", script, root.toString(), "" + port, host)
                        .output())
                .contains("trusted TLSv1.3");
        assertThat(run("python3", "-c", script, "", "" + port, host).output()).contains("CERTIFICATE_VERIFY_FAILED");
    }

    @ParameterizedTest
    @CsvSource({"www.example.com", "127.0.0.1"})
    void node(String host) throws Exception {
        serve(host, SslProvider.OPENSSL);
        String servername = host.equals("127.0.0.1") ? "" : ", servername: '" + host + "'";
        String script = "require('https').get({host: '127.0.0.1', port: " + port + servername
                + "}, r => { r.resume(); console.log('trusted', r.statusCode) })"
                + ".on('error', e => { console.log(e.code); process.exit(1) })";
        assertThat(run(List.of("node", "-e", script), java.util.Map.of("NODE_EXTRA_CA_CERTS", root.toString()))
                        .output())
                .contains("trusted 200");
        assertThat(run("node", "-e", script).output()).contains("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    }

    @ParameterizedTest
    @CsvSource({"www.example.com, OPENSSL", "www.example.com, JDK", "127.0.0.1, OPENSSL"})
    void go(String host, SslProvider provider) throws Exception {
        serve(host, provider);
        Path program = folder.resolve("main.go");
        Files.writeString(program, """
                package main

                import (
                	"crypto/tls"
                	"crypto/x509"
                	"fmt"
                	"os"
                )

                func main() {
                	roots := x509.NewCertPool()
                	if len(os.Args) > 3 {
                		pem, _ := os.ReadFile(os.Args[3])
                		roots.AppendCertsFromPEM(pem)
                	}
                	conn, err := tls.Dial("tcp", os.Args[1], &tls.Config{ServerName: os.Args[2], RootCAs: roots})
                	if err != nil {
                		fmt.Println(err)
                		os.Exit(1)
                	}
                	conn.Close()
                	fmt.Println("trusted")
                }
                """);
        Path binary = folder.resolve("client");
        Outcome built = run(
                List.of("go", "build", "-o", binary.toString(), program.toString()),
                java.util.Map.of("GOFLAGS", "-mod=mod", "GO111MODULE", "off"));
        assertThat(built.exit()).as(built.output()).isZero();
        assertThat(run(binary.toString(), "127.0.0.1:" + port, host, root.toString())
                        .output())
                .contains("trusted");
        assertThat(run(binary.toString(), "127.0.0.1:" + port, host).output()).contains("unknown authority");
    }

    @ParameterizedTest
    @CsvSource({"localhost, OPENSSL", "localhost, JDK", "127.0.0.1, OPENSSL"})
    void java(String host, SslProvider provider) throws Exception {
        serve(host, provider);
        URI uri = URI.create("https://" + host + ":" + port + "/");
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        HttpClient trusting = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trustingOnly(root))
                .build();
        assertThat(trusting.send(request, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("ok");
        Assertions.assertThatThrownBy(
                        () -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PKIX path building failed");
    }

    private static SSLContext trustingOnly(Path pem) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(pem)) {
            store.setCertificateEntry(
                    "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
