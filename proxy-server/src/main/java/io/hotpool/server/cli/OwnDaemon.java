package io.hotpool.server.cli;

import io.hotpool.server.Daemon;
import io.hotpool.server.Logging;
import io.hotpool.server.StartException;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.Setting;
import io.hotpool.server.intercept.CertificateAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A proxy for one command alone: free loopback ports, a CA of its own, everything gone at the end. */
final class OwnDaemon implements AutoCloseable {
    private final Path folder;
    private final Daemon daemon;

    private OwnDaemon(Path folder, Daemon daemon) {
        this.folder = folder;
        this.daemon = daemon;
    }

    /** @param further settings beside those that keep it to itself */
    static OwnDaemon start(Setting... further) throws ConfigException, IOException {
        Path folder = Files.createTempDirectory("hotpool-own");
        try {
            List<Setting> settings = new ArrayList<>(List.of(
                    new Setting("own", "proxy.listen", "127.0.0.1:0"),
                    new Setting("own", "admin.listen", "127.0.0.1:0"),
                    new Setting("own", "log.level", "error"),
                    new Setting("own", "access.state_file", ""),
                    new Setting("own", "ca.dir", folder.resolve("ca").toString())));
            settings.addAll(List.of(further));
            Path none = Files.createFile(folder.resolve("hotpool.toml"));
            LiveConfig config = new LiveConfig(new ConfigReader(none, Map.of(), settings));
            Logging.apply(config.get().log());
            return new OwnDaemon(folder, Daemon.start(config));
        } catch (StartException e) {
            delete(folder);
            throw new Failure(e.getMessage());
        } catch (ConfigException | IOException | RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    InetSocketAddress proxy() {
        return daemon.proxyAddresses().get(0);
    }

    /** DER of the root that its clients trust. */
    byte[] root() {
        return CertificateAuthority.read(folder.resolve("ca"), Clock.systemUTC())
                .orElseThrow()
                .der();
    }

    @Override
    public void close() throws IOException {
        daemon.close();
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
