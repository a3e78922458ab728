package io.hotpool.pool.profile;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The catalogue: the profiles that come with the library, and a user's own beside or instead of them. */
public final class Profiles implements ProfileCatalog {
    private static final String BUILT_IN = "/profiles/";

    private final List<BrowserProfile> all;
    private final Map<String, BrowserProfile> byKey;

    private Profiles(Collection<BrowserProfile> all, Map<String, BrowserProfile> byKey) {
        this.all = List.copyOf(all);
        this.byKey = Map.copyOf(byKey);
    }

    /** The profiles of this library. Read once. */
    public static ProfileCatalog builtIn() {
        return BuiltIn.CATALOG;
    }

    /**
     * The built-in profiles and every {@code *.json} of a folder. A file whose profile has a built-in's name replaces it;
     * an alias that a file claims leaves the built-in that had it.
     *
     * @throws ProfileFormatException a file that cannot be used, or two files that claim one name
     */
    public static ProfileCatalog load(Path folder) {
        return load(folder, BuiltIn.CATALOG);
    }

    /**
     * The same again; a profile that did not change is the very object of {@code before}.
     *
     * @throws ProfileFormatException as {@link #load(Path)} does
     */
    public static ProfileCatalog load(Path folder, ProfileCatalog before) {
        List<BrowserProfile> own =
                read(folder).stream().map(profile -> kept(profile, before)).toList();
        return of(BuiltIn.CATALOG.all, own);
    }

    private static BrowserProfile kept(BrowserProfile read, ProfileCatalog before) {
        String text = ProfileWriter.write(read);
        return before.find(read.name())
                .filter(old -> ProfileWriter.write(old).equals(text))
                .orElse(read);
    }

    private static Profiles of(List<BrowserProfile> builtIn, List<BrowserProfile> own) {
        Map<String, BrowserProfile> byKey = new HashMap<>();
        register(own, byKey);
        Map<String, BrowserProfile> profiles = new LinkedHashMap<>();
        own.forEach(p -> profiles.put(p.name(), p));
        List<BrowserProfile> kept =
                builtIn.stream().filter(p -> !profiles.containsKey(p.name())).toList();
        Map<String, BrowserProfile> ofBuiltIn = new HashMap<>();
        register(kept, ofBuiltIn);
        ofBuiltIn.forEach(byKey::putIfAbsent);
        kept.forEach(p -> profiles.put(p.name(), p));
        return new Profiles(profiles.values(), byKey);
    }

    private static void register(List<BrowserProfile> profiles, Map<String, BrowserProfile> byKey) {
        for (BrowserProfile profile : profiles) {
            for (String name : names(profile)) {
                BrowserProfile other = byKey.put(key(name), profile);
                if (other != null && other != profile) {
                    throw new ProfileFormatException("profile name \"" + name + "\" is claimed by " + other.name()
                            + " and by " + profile.name());
                }
            }
        }
    }

    /** Name and aliases, each also with the platform as suffix. */
    private static List<String> names(BrowserProfile profile) {
        List<String> names = new ArrayList<>();
        Stream.concat(Stream.of(profile.name()), profile.aliases().stream()).forEach(name -> {
            names.add(name);
            names.add(name + "-" + profile.platform());
        });
        return names;
    }

    /** One spelling for {@code chrome-156}, {@code Chrome156}, {@code chrome_156} and {@code chrome@156}. */
    static String key(String name) {
        StringBuilder key = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if ("-_@ ".indexOf(name.charAt(i)) < 0) {
                key.append(name.charAt(i));
            }
        }
        return key.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<BrowserProfile> all() {
        return all;
    }

    @Override
    public Optional<BrowserProfile> find(String name) {
        return Optional.ofNullable(byKey.get(key(name)));
    }

    @Override
    public List<String> nearest(String name) {
        List<String> names = all.stream()
                .flatMap(p -> Stream.concat(Stream.of(p.name()), p.aliases().stream()))
                .toList();
        return NearestNames.of(name, names);
    }

    private static List<BrowserProfile> read(Path folder) {
        try {
            return list(folder).stream().map(Profiles::readFile).toList();
        } catch (IOException e) {
            throw new ProfileFormatException(folder + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** The profile files of a folder; none where it cannot be read. */
    public static List<Path> files(Path folder) {
        try {
            return list(folder);
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static BrowserProfile readFile(Path file) {
        try {
            return ProfileReader.read(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ProfileFormatException(file + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static final class BuiltIn {
        static final Profiles CATALOG = of(readAll(), List.of());

        private static List<BrowserProfile> readAll() {
            try {
                List<BrowserProfile> profiles = new ArrayList<>();
                for (String name : new ObjectMapper().readValue(resource("index.json"), String[].class)) {
                    profiles.add(ProfileReader.read(name + ".json", resource(name + ".json")));
                }
                return profiles;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static byte[] resource(String name) throws IOException {
            try (InputStream in = Profiles.class.getResourceAsStream(BUILT_IN + name)) {
                if (in == null) {
                    throw new IOException("missing resource " + BUILT_IN + name);
                }
                return in.readAllBytes();
            }
        }
    }
}
