package io.hotpool.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which process listens on a TCP port, from {@code /proc}. Linux only; processes of others are seen by root alone. */
final class PortOwner {
    private static final String LISTEN = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortOwner() {}

    /** {@code process 1234 (nginx: master process)}. */
    static Optional<String> of(int port) {
        Set<String> sockets = Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(file -> lines(Path.of(file)).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(f -> f.length > INODE && f[STATE].equals(LISTEN) && portOf(f[LOCAL]) == port)
                .map(f -> "socket:[" + f[INODE] + "]")
                .collect(Collectors.toSet());
        return sockets.isEmpty()
                ? Optional.empty()
                : ProcessHandle.allProcesses()
                        .filter(process -> holds(process.pid(), sockets))
                        .findFirst()
                        .map(process -> "process " + process.pid() + " (" + name(process.pid()) + ")");
    }

    private static int portOf(String address) {
        String hex = address.substring(address.lastIndexOf(':') + 1);
        return hex.matches("[0-9A-F]{4}") ? Integer.parseInt(hex, 16) : -1;
    }

    private static boolean holds(long pid, Set<String> sockets) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.anyMatch(file -> sockets.contains(target(file)));
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String name(long pid) {
        String line = String.join("", lines(Path.of("/proc", Long.toString(pid), "cmdline")))
                .replace('\0', ' ')
                .strip();
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
