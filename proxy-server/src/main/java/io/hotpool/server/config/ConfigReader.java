package io.hotpool.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a configuration together: built-in defaults, then the file, then the environment, then the command line. May be read
 * any number of times; each time gives a new picture.
 *
 * @param named by {@code --config}; null: searched for
 * @param settings of the command line
 * @param check asked last, of a configuration that is right by itself
 */
public record ConfigReader(@Nullable Path named, Map<String, String> environment, List<Setting> settings, Check check) {

    /** What only the rest of the daemon can tell, such as whether a profile exists. */
    @FunctionalInterface
    public interface Check {
        Check NONE = (config, complaint) -> {};

        /** @param complaint takes a key, with or without an element ({@code rule[2].profile}), and what is wrong with it */
        void check(HotpoolConfig config, BiConsumer<String, String> complaint);
    }

    public ConfigReader(@Nullable Path named, Map<String, String> environment, List<Setting> settings) {
        this(named, environment, settings, Check.NONE);
    }

    /** The built-in defaults alone. */
    public static HotpoolConfig defaults() {
        try {
            return new ConfigReader(null, Map.of(), List.of())
                    .read(List.of(), null, new Problems())
                    .config();
        } catch (ConfigException e) {
            throw new IllegalStateException("the built-in defaults are right", e);
        }
    }

    /** @throws ConfigException with everything that is wrong */
    public Loaded read() throws ConfigException {
        return read(List.of());
    }

    /** @param live settings above every other source */
    Loaded read(List<Setting> live) throws ConfigException {
        Problems problems = new Problems();
        Optional<Path> file = file();
        Layer fromFile = file.map(f -> Layer.ofFile(f, problems)).orElse(Layer.EMPTY);
        Layer fromEnvironment = Layer.ofEnvironment(environment, problems);
        Layer fromSettings = Layer.ofSettings(settings, problems);
        Layer fromLive = Layer.ofSettings(live, problems);
        return read(List.of(fromFile, fromEnvironment, fromSettings, fromLive), file.orElse(null), problems);
    }

    private Loaded read(List<Layer> layers, @Nullable Path file, Problems problems) throws ConfigException {
        Values values = Values.read(layers, problems);
        CrossRules.check(values, problems);
        problems.throwIfAny();
        HotpoolConfig config = Binder.bind(values);
        check.check(config, (key, message) -> problems.error(values.placeOf(key), key, message));
        problems.throwIfAny();
        return new Loaded(config, file, values.effective(), problems.warnings());
    }

    /** The file that counts: a named one must exist, of the others the first that does. */
    public Optional<Path> file() {
        if (named != null) {
            return Optional.of(named);
        }
        String fromVariable = environment.getOrDefault("HOTPOOL_CONFIG", "");
        if (!fromVariable.isEmpty()) {
            return Optional.of(Path.of(fromVariable));
        }
        return Stream.of(
                        "config/hotpool.toml",
                        Paths.expand("$XDG_CONFIG_HOME/hotpool/hotpool.toml", environment),
                        "/etc/hotpool/hotpool.toml")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
    }
}
