package io.hotpool.server;

import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.netty.util.NetUtil;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an owner should be told of a configuration that is right: at the start, and when a reload changes it. */
final class Cautions {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private Cautions() {}

    static boolean concern(HotpoolConfig before, HotpoolConfig after) {
        return !before.tls().equals(after.tls())
                || !before.rules().equals(after.rules())
                || !before.pool().sources().equals(after.pool().sources());
    }

    static void log(HotpoolConfig config) {
        if (!config.tls().verify()) {
            LOG.warn(
                    "tls.verify = false: the certificates of origins are NOT checked; anybody on the way can read and change everything");
        }
        if (!config.tls().insecureHosts().isEmpty()) {
            LOG.warn(
                    "tls.insecure_hosts: the certificates of {} are NOT checked",
                    config.tls().insecureHosts());
        }
        List<String> byRule = config.rules().stream()
                .filter(rule -> Boolean.FALSE.equals(rule.verify()))
                .map(Rule::host)
                .toList();
        if (!byRule.isEmpty()) {
            LOG.warn("rules with verify = false: the certificates of {} are NOT checked", byRule);
        }
        if (config.pool().tls().keyLogFile() != null) {
            LOG.warn(
                    "tls.key_log_file: session keys are written to {}",
                    config.pool().tls().keyLogFile());
        }
        for (InetAddress source : config.pool().sources().addresses()) {
            if (!ofThisMachine(source)) {
                LOG.warn(
                        "upstream.local_addresses: {} is no address of this machine now; connections from it fail (local_address)",
                        NetUtil.toAddressString(source));
            }
        }
    }

    /** Whether a socket can be bound to it is the very question, interfaces tell less (127.0.0.0/8). */
    private static boolean ofThisMachine(InetAddress address) {
        try (DatagramSocket bound = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return bound.isBound();
        } catch (SocketException e) {
            return false;
        }
    }
}
