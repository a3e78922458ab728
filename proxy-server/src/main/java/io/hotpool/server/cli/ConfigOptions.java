package io.hotpool.server.cli;

import io.hotpool.server.ProfileNames;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where the configuration comes from: the same options for every command that needs it. */
final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "TOML file. Otherwise $HOTPOOL_CONFIG, ./config/hotpool.toml, "
                    + "$XDG_CONFIG_HOME/hotpool/hotpool.toml, /etc/hotpool/hotpool.toml, or built-in defaults.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            converter = Pair.class,
            description = "Sets one key, as in --set pool.max_connections=200. May be repeated.")
    private List<Setting> settings = new ArrayList<>();

    /** @param further set by options of the command itself; they win */
    ConfigReader reader(List<Setting> further) {
        List<Setting> all = new ArrayList<>(settings);
        all.addAll(further);
        return new ConfigReader(file, System.getenv(), all, ProfileNames::check);
    }

    ConfigReader reader() {
        return reader(List.of());
    }

    static final class Pair implements ITypeConverter<Setting> {
        @Override
        public Setting convert(String text) {
            try {
                return Setting.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
