package io.hotpool.server.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Programs as a shell finds them. */
final class Programs {
    private Programs() {}

    /** A path as it is; a bare name by PATH. */
    static Path find(Path named) {
        if (named.getNameCount() > 1 || named.isAbsolute()) {
            return named;
        }
        return folders()
                .map(folder -> folder.resolve(named))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new Failure("there is no program '" + named + "' on the PATH"));
    }

    static Stream<Path> folders() {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
                .map(Path::of);
    }
}
