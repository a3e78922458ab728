package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.config.Paths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A daemon of this user, as it wrote itself down at its start: how {@code stop}, {@code status} and {@code env} find it.
 *
 * @param proxy where it listens, {@code 127.0.0.1:8080}
 * @param ca its root certificate
 */
record RunningDaemon(long pid, List<String> proxy, List<String> admin, String ca) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Path folder() {
        return Paths.state().resolve("run");
    }

    /** Written whole or not at all. Removed by {@link #forget}; a stale one is recognized by its process. */
    void remember() {
        try {
            Files.createDirectories(folder());
            Path draft = folder().resolve(pid + ".tmp");
            Files.write(draft, JSON.writeValueAsBytes(this));
            Files.move(draft, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void forget() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that are alive, newest first. */
    static List<RunningDaemon> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .sorted((a, b) -> Long.compare(modified(b), modified(a)))
                    .flatMap(f -> read(f).stream())
                    .filter(RunningDaemon::alive)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** @param otherwise what to do where none runs, for the message */
    static RunningDaemon newest(String otherwise) {
        return all().stream().findFirst().orElseThrow(() -> none(otherwise));
    }

    static Failure none(String otherwise) {
        return new Failure("no running hotpool was found in " + folder() + "\nstart one with `hotpool run`"
                + (otherwise.isEmpty() ? "" : "; " + otherwise));
    }

    private static Optional<RunningDaemon> read(Path file) {
        try {
            return Optional.of(JSON.readValue(file.toFile(), RunningDaemon.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private Path file() {
        return folder().resolve(pid + ".json");
    }

    private boolean alive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
