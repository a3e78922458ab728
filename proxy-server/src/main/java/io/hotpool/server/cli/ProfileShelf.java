package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileFormatException;
import io.hotpool.pool.profile.ProfileReader;
import io.hotpool.pool.profile.ProfileWriter;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.Setting;
import io.hotpool.server.selftest.Demo;
import io.hotpool.server.selftest.DemoReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where profile files of one's own are put, once it is shown that they can be used. */
final class ProfileShelf {
    private final Path file;
    private final boolean replace;

    private ProfileShelf(Path file, boolean replace) {
        this.file = file;
        this.replace = replace;
    }

    /**
     * @param out file, or folder; null: the configured folder
     * @param replace a file that is there may be written over
     */
    static ProfileShelf of(BrowserProfile profile, @Nullable Path out, HotpoolConfig config, boolean replace) {
        Path place = Optional.ofNullable(out)
                .or(() -> Optional.ofNullable(config.fingerprint().profileDir()))
                .orElseThrow(() -> new Failure("fingerprint.profile_dir is empty: say where with --out"));
        boolean aFile = place.getFileName().toString().endsWith(".json");
        ProfileShelf shelf = new ProfileShelf(aFile ? place : place.resolve(profile.name() + ".json"), replace);
        if (Files.exists(shelf.file) && !replace) {
            throw new Failure(shelf.file + " exists; --force writes over it, --name gives another name");
        }
        return shelf;
    }

    /** @param place file or folder; what is missing of its path is made later */
    static void refuseUnwritable(Path place) {
        Path there = place.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        boolean writable =
                Files.isWritable(there) && (Files.isDirectory(there) || there.equals(place.toAbsolutePath()));
        if (!writable) {
            throw new Failure(place + " cannot be written: " + there + " is not a folder that hotpool may write to");
        }
    }

    /**
     * Tries the profile on an origin of its own, and puts it into its place.
     *
     * @throws Failure when it cannot be used, naming what
     */
    DemoReport put(BrowserProfile profile) throws IOException, ConfigException {
        byte[] text = ProfileWriter.write(profile).getBytes(StandardCharsets.UTF_8);
        try {
            ProfileReader.read(file.getFileName().toString(), text);
        } catch (ProfileFormatException e) {
            throw new Failure("the profile cannot be used: " + e.getMessage());
        }
        DemoReport report = tried(profile, text);
        if (!report.matches()) {
            throw new Failure(
                    "the profile cannot be honoured, and was not written:\n" + String.join("\n", differences(report)));
        }
        write(text);
        return report;
    }

    private static DemoReport tried(BrowserProfile profile, byte[] text) throws IOException, ConfigException {
        Path folder = Files.createTempDirectory("hotpool-profile");
        try {
            Files.write(folder.resolve("profile.json"), text);
            try (OwnDaemon daemon = OwnDaemon.start(new Setting("own", "fingerprint.profile_dir", folder.toString()))) {
                return Demo.verify(daemon.proxy(), daemon.root(), List.of(profile.name()));
            }
        } finally {
            Files.deleteIfExists(folder.resolve("profile.json"));
            Files.deleteIfExists(folder);
        }
    }

    private static List<String> differences(DemoReport report) {
        return report.steps().stream()
                .flatMap(step -> {
                    if (step.seen() == null) {
                        return List.of(step.failure()).stream();
                    }
                    List<String> lines = new ArrayList<>();
                    step.seen()
                            .get("differences")
                            .forEach(d -> lines.add(d.get("what").asText() + ": wanted " + d.get("expected")
                                    + ", sent was " + d.get("seen")));
                    return lines.stream();
                })
                .toList();
    }

    /** A folder whose files claim one name twice cannot be read at all: then the file is not left there. */
    private void write(byte[] text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path before = replace && Files.exists(file) ? Files.createTempFile("hotpool-profile", ".json") : null;
        if (before != null) {
            Files.copy(file, before, StandardCopyOption.REPLACE_EXISTING);
        }
        Path fresh = Files.createTempFile(folder, ".profile", ".new");
        Files.write(fresh, text);
        fresh.toFile().setReadable(true, false);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        try {
            Profiles.load(folder);
        } catch (ProfileFormatException e) {
            if (before != null) {
                Files.copy(before, file, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.delete(file);
            }
            throw new Failure("the profile was not written: " + e.getMessage());
        } finally {
            if (before != null) {
                Files.delete(before);
            }
        }
    }

    Path file() {
        return file;
    }
}
