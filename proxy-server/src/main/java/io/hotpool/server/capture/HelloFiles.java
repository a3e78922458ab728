package io.hotpool.server.capture;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.server.learn.LearnException;
import io.hotpool.server.learn.SeenHello;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** ClientHellos that were recorded elsewhere: hex digits, their bytes, packet captures. */
public final class HelloFiles {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int LONGEST_FILE = 64 * 1024 * 1024;

    private HelloFiles() {}

    /**
     * @param given hex digits, or a file with hex digits or with the bytes
     * @throws LearnException when it is no ClientHello
     */
    public static SeenHello hello(String given) throws IOException {
        byte[] bytes = file(given)
                .map(HelloFiles::content)
                .orElseGet(() -> hex(given)
                        .orElseThrow(() -> new LearnException(
                                "--hello: '" + shown(given) + "' is neither hex digits nor a file that is there")));
        try {
            return SeenHello.of(ClientHelloParser.parse(bytes));
        } catch (MalformedInputException e) {
            throw new LearnException("--hello: not a ClientHello: " + e.getMessage());
        }
    }

    /** For people: not the whole of a long text. */
    public static String shown(String given) {
        return given.length() <= 40 ? given : given.substring(0, 40) + "…";
    }

    private static Optional<Path> file(String given) {
        try {
            return Optional.of(Path.of(given)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static byte[] content(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            boolean raw = bytes.length > 0 && (bytes[0] == HANDSHAKE || bytes[0] == CLIENT_HELLO);
            return raw
                    ? bytes
                    : hex(new String(bytes, StandardCharsets.ISO_8859_1)).orElse(bytes);
        } catch (IOException e) {
            throw new LearnException("--hello: " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static Optional<byte[]> hex(String text) {
        String digits = text.replaceAll("[\\s:]|0x", "").toLowerCase(Locale.ROOT);
        return digits.isEmpty() || digits.length() % 2 != 0 || !digits.matches("[0-9a-f]+")
                ? Optional.empty()
                : Optional.of(HexFormat.of().parseHex(digits));
    }

    /**
     * The hellos of one client.
     *
     * @param name only those that ask for that server name; null: all
     * @throws LearnException when there is none, or when they are of several clients
     */
    public static List<SeenHello> pcap(Path file, @Nullable String name) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new LearnException("--pcap: there is no file " + file);
        }
        if (Files.size(file) > LONGEST_FILE) {
            throw new LearnException("--pcap: " + file + " is larger than " + LONGEST_FILE / 1024 / 1024
                    + " MiB; keep the packets of port 443 alone");
        }
        List<ClientHello> all = new ArrayList<>();
        for (byte[] flow : TcpFlows.of(PacketFile.read(Files.readAllBytes(file)))) {
            hello(flow).ifPresent(all::add);
        }
        List<ClientHello> wanted = all.stream()
                .filter(hello -> name == null || hello.serverName().equals(Optional.of(name)))
                .toList();
        if (wanted.isEmpty()) {
            throw new LearnException("--pcap: no ClientHello"
                    + (name == null ? " over TCP in " : " for " + name + " in ") + file + names(all));
        }
        refuseSeveralClients(wanted);
        return wanted.stream().map(SeenHello::of).toList();
    }

    private static Optional<ClientHello> hello(byte[] flow) {
        if (flow.length == 0 || flow[0] != HANDSHAKE) {
            return Optional.empty();
        }
        try {
            return HelloReader.read(Unpooled.wrappedBuffer(flow)).map(ClientHelloParser::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the server's side, or not TLS
        }
    }

    private static String names(List<ClientHello> all) {
        Set<String> names = new TreeSet<>();
        all.forEach(hello -> hello.serverName().ifPresent(names::add));
        return names.isEmpty() ? "" : "; there are hellos for " + String.join(", ", names);
    }

    /** Hellos of one browser share their cipher suites, whatever the occasion. */
    private static void refuseSeveralClients(List<ClientHello> hellos) {
        Set<String> suites = new TreeSet<>();
        Set<String> described = new TreeSet<>();
        for (ClientHello hello : hellos) {
            String ja4 = Ja4.text(hello);
            if (suites.add(ja4.split("_")[1])) {
                described.add(ja4 + " for " + hello.serverName().orElse("an address"));
            }
        }
        if (suites.size() > 1) {
            throw new LearnException("--pcap: the hellos are of " + suites.size() + " clients: "
                    + String.join("; ", described) + "; --sni NAME tells which is meant");
        }
    }
}
