package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Upstream proxies that other people wrote. */
class UpstreamPeersTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private interface Start {
        Process on(int port, Path folder) throws IOException;
    }

    /** A proxy program on a free port, stopped with the block. */
    private record Running(Process process, int port) implements AutoCloseable {
        static Running start(String name, Start start) throws IOException {
            Path folder = Files.createDirectories(lab.directory().resolve(name + System.nanoTime()));
            int port;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            Process process = start.on(port, folder);
            Wait.patiently().until(() -> !process.isAlive() || listens(port));
            assertThat(process.isAlive()).as(log(folder)).isTrue();
            return new Running(process, port);
        }

        private static boolean listens(int port) throws IOException {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            }
        }

        private static String log(Path folder) throws IOException {
            Path log = folder.resolve("log");
            return Files.exists(log) ? Files.readString(log) : "";
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.onExit().join();
        }
    }

    /** HTTPS, clear HTTP twice on one connection, and a second client on the same connections. */
    private static void carriesEverything(String upstream) throws IOException {
        try (ScriptedOrigin secure = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin clear = ScriptedOrigin.clear().start();
                RunningDaemon daemon = lab.start(
                        config -> config.set("upstream", "proxy = \"" + upstream + "\"")
                                .set("proxy", "plain_http = \"always\""),
                        false)) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = new RawClient(daemon.proxy())) {
                    for (ScriptedOrigin origin : new ScriptedOrigin[] {secure, clear}) {
                        String host = "127.0.0.1:" + origin.port();
                        String url = (origin == secure ? "https://" : "http://") + host + "/x?q=" + i;
                        RawClient.Response response = client.get(url, "Host: " + host, "X-Id: n" + i);
                        assertThat(response.status()).as(response.toString()).isEqualTo(200);
                        assertThat(response.text()).contains("GET /x?q=" + i + " id=n" + i);
                    }
                }
            }
            assertThat(secure.connections()).isEqualTo(1);
            assertThat(secure.requests())
                    .allSatisfy(seen -> assertThat(seen.head())
                            .doesNotContainIgnoringCase("via:")
                            .doesNotContainIgnoringCase("proxy"));
            assertThat(clear.requests())
                    .hasSize(2)
                    .allSatisfy(seen -> assertThat(seen.head())
                            .doesNotContainIgnoringCase("hotpool")
                            .doesNotContainIgnoringCase("Proxy-Authorization"));
        }
    }

    private static Running squid(String more) throws IOException {
        Path program = Program.find("squid");
        return Running.start("squid", (port, folder) -> {
            String conf = String.join(
                    "\n",
                    "http_port 127.0.0.1:" + port,
                    "pid_filename none",
                    "cache_log /dev/null",
                    "access_log none",
                    "cache deny all",
                    "shutdown_lifetime 0 seconds",
                    "visible_hostname squid.test",
                    "coredump_dir none",
                    "pinger_enable off",
                    more,
                    "");
            return Program.at(program)
                    .args("-N", "-n", "t" + port, "-f", Files.writeString(folder.resolve("squid.conf"), conf))
                    .start(folder.resolve("log"));
        });
    }

    @Test
    void squid() throws Exception {
        try (Running squid = squid("http_access allow all")) {
            carriesEverything("http://127.0.0.1:" + squid.port());
        }
    }

    @Test
    void squid_that_refuses_connect_for_clear_http_gets_requests_in_absolute_form() throws Exception {
        try (ScriptedOrigin clear = ScriptedOrigin.clear().start();
                Running squid = squid("acl there port " + clear.port()
                        + "\nacl CONNECT method CONNECT\nhttp_access deny CONNECT there\nhttp_access allow all");
                RunningDaemon daemon = lab.start(
                        config -> config.set("upstream", "proxy = \"http://127.0.0.1:" + squid.port() + "\"")
                                .set("proxy", "plain_http = \"always\""),
                        false);
                RawClient client = new RawClient(daemon.proxy())) {
            String host = "127.0.0.1:" + clear.port();
            for (int i = 0; i < 3; i++) {
                RawClient.Response response = client.get("http://" + host + "/" + i, "Host: " + host);
                assertThat(response.status()).as(response.toString()).isEqualTo(200);
                assertThat(response.text()).contains("GET /" + i);
            }
            assertThat(clear.requests()).hasSize(3);
            assertThat(client.get("https://" + host + "/", "Host: " + host).text())
                    .contains("\"upstream_proxy\"", "refuses to connect to " + host + " (403");
        }
    }

    @Test
    void tinyproxy_with_a_user() throws Exception {
        Path program = Program.find("tinyproxy");
        try (Running tinyproxy = Running.start(
                "tinyproxy",
                (port, folder) -> Program.at(program)
                        .args(
                                "-d",
                                "-c",
                                Files.writeString(
                                        folder.resolve("conf"),
                                        "Port " + port
                                                + "\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Warning\n"
                                                + "BasicAuth user p-ss\n"))
                        .start(folder.resolve("log")))) {
            carriesEverything("http://user:p%2dss@127.0.0.1:" + tinyproxy.port());
        }
    }

    @Test
    void haproxy_as_the_tls_of_an_https_proxy() throws Exception {
        Path program = Program.find("haproxy");
        try (Running squid = squid("http_access allow all");
                Running haproxy = Running.start("haproxy", (port, folder) -> {
                    Path pem = folder.resolve("site.pem");
                    var identity = lab.leaf();
                    Files.writeString(
                            pem,
                            Files.readString(identity.writeChain(folder))
                                    + Files.readString(identity.writeKey(folder)));
                    String conf = String.join(
                            "\n",
                            "defaults",
                            " mode tcp",
                            " timeout connect 5s",
                            " timeout client 60s",
                            " timeout server 60s",
                            "listen proxy",
                            " bind 127.0.0.1:" + port + " ssl crt " + pem,
                            " server s 127.0.0.1:" + squid.port(),
                            "");
                    return Program.at(program)
                            .args("-db", "-f", Files.writeString(folder.resolve("conf"), conf))
                            .start(folder.resolve("log"));
                })) {
            carriesEverything("https://127.0.0.1:" + haproxy.port());
        }
    }

    @Test
    void microsocks_with_a_user() throws Exception {
        Path program = Program.find("microsocks");
        try (Running socks = Running.start(
                "microsocks",
                (port, folder) -> Program.at(program)
                        .args("-i", "127.0.0.1", "-p", port, "-u", "user", "-P", "pass")
                        .start(folder.resolve("log")))) {
            carriesEverything("socks5h://user:pass@127.0.0.1:" + socks.port());
            carriesEverything("socks5://user:pass@127.0.0.1:" + socks.port());
        }
    }

    @Test
    void dante() throws Exception {
        Path program = Program.find("danted");
        try (Running socks = Running.start(
                "dante",
                (port, folder) -> Program.at(program)
                        .args(
                                "-f",
                                Files.writeString(
                                        folder.resolve("conf"),
                                        "internal: 127.0.0.1 port = " + port + "\nexternal: lo\nsocksmethod: none\n"
                                                + "clientmethod: none\nuser.privileged: root\nuser.unprivileged: nobody\n"
                                                + "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n"))
                        .start(folder.resolve("log")))) {
            carriesEverything("socks5h://127.0.0.1:" + socks.port());
        }
    }

    @Test
    void ssh_with_dynamic_forwarding() throws Exception {
        Path sshd = Program.find("sshd");
        Path ssh = Program.find("ssh");
        if (!System.getProperty("user.name").equals("root")) {
            Skip.because("the test's sshd lets its own user in, which only root can arrange everywhere");
        }
        Path keys = Files.createTempDirectory(lab.directory(), "ssh");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwx------"));
        for (String key : new String[] {"host", "user"}) {
            Program.named("ssh-keygen")
                    .args("-q", "-t", "ed25519", "-N", "", "-f", keys.resolve(key))
                    .run()
                    .ok();
        }
        Files.createDirectories(Path.of("/run/sshd"));
        try (Running server = Running.start(
                        "sshd",
                        (port, folder) -> Program.at(sshd)
                                .args(
                                        "-D",
                                        "-e",
                                        "-f",
                                        Files.writeString(
                                                folder.resolve("conf"),
                                                "ListenAddress 127.0.0.1:" + port + "\nHostKey " + keys.resolve("host")
                                                        + "\nAuthorizedKeysFile " + keys.resolve("user.pub")
                                                        + "\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"))
                                .start(folder.resolve("log")));
                Running client = Running.start(
                        "ssh",
                        (port, folder) -> Program.at(ssh)
                                .args("-N", "-F", "/dev/null", "-D", "127.0.0.1:" + port, "-p", server.port())
                                .args("-i", keys.resolve("user"), "-o", "StrictHostKeyChecking=no")
                                .args("-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "root@127.0.0.1")
                                .start(folder.resolve("log")))) {
            carriesEverything("socks5h://127.0.0.1:" + client.port());
        }
    }

    @Test
    void another_hotpool_by_http_and_by_socks() throws Exception {
        InetSocketAddress other = lab.proxy();
        carriesEverything("http://127.0.0.1:" + other.getPort());
        carriesEverything("socks5h://127.0.0.1:" + other.getPort());
    }
}
