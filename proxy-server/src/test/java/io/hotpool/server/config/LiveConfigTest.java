package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveConfigTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        file = write("[pool]\nmax_connections = 60\n");
    }

    @Test
    void a_reload_replaces_the_whole_configuration_and_says_what_changed() throws Exception {
        LiveConfig live = live();
        List<Integer> followed = new ArrayList<>();
        live.onChange((before, after) -> followed.add(after.pool().maxConnections()));
        write("[pool]\nmax_connections = 70\n[proxy]\nlisten = \"127.0.0.1:9999\"\n");

        Reload reload = live.reload();

        assertThat(reload.ok()).isTrue();
        assertThat(reload.changed()).containsExactly("proxy.listen", "pool.max_connections");
        assertThat(reload.needRestart()).containsExactly("proxy.listen");
        assertThat(live.get().pool().maxConnections()).isEqualTo(70);
        assertThat(followed).containsExactly(70);
    }

    @Test
    void a_file_with_a_mistake_changes_nothing_and_the_line_is_told() throws Exception {
        LiveConfig live = live();
        HotpoolConfig before = live.get();
        List<Reload> witnessed = new ArrayList<>();
        live.onReload(witnessed::add);
        live.onChange((a, b) -> {
            throw new AssertionError("nothing may follow");
        });
        write("[pool]\nmin_hot = 1\nmax_connections = 0\n");

        Reload reload = live.reload();

        assertThat(reload.problems()).extracting(p -> p.place().line()).containsExactly(3);
        assertThat(live.get()).isSameAs(before);
        assertThat(witnessed).containsExactly(reload);
    }

    @Test
    void an_unchanged_file_changes_nothing() throws Exception {
        LiveConfig live = live();
        live.onChange((a, b) -> {
            throw new AssertionError("nothing may follow");
        });

        assertThat(live.reload()).isEqualTo(new Reload(List.of(), List.of()));
    }

    @Test
    void a_check_of_the_daemon_can_refuse_with_the_line_of_the_key() throws Exception {
        write("[pool]\n[fingerprint]\nprofile = \"lynx\"\n");
        ConfigReader reader = new ConfigReader(
                file,
                Map.of(),
                List.of(),
                (config, complaint) -> complaint.accept("fingerprint.profile", "no such profile"));

        assertThat(org.assertj.core.api.Assertions.catchThrowable(reader::read))
                .hasMessage(file + ":3: fingerprint.profile: no such profile");
    }

    @Test
    void a_written_file_is_reported_once_and_only_when_it_is_still() throws IOException {
        FileWatch watch = new FileWatch(() -> List.of(file));
        assertThat(watch.changed()).isFalse();
        write("[pool]\nmax_connections = 61 # longer\n");

        assertThat(watch.changed()).as("just written").isFalse();
        write("[pool]\nmax_connections = 62 # longer still\n");
        assertThat(watch.changed()).as("written again").isFalse();
        assertThat(watch.changed()).as("still").isTrue();
        assertThat(watch.changed()).as("reported").isFalse();
    }

    /** How Kubernetes replaces a ConfigMap: the file is a link into a folder that is a link itself. */
    @Test
    void a_link_on_the_way_that_points_elsewhere_is_a_change() throws IOException {
        Path folder = file.resolveSibling("mount");
        for (String version : List.of("first", "second")) {
            Files.writeString(Files.createDirectories(folder.resolve(version)).resolve("hotpool.toml"), "");
        }
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("first"));
        Path linked = Files.createSymbolicLink(folder.resolve("hotpool.toml"), Path.of("..data/hotpool.toml"));
        FileWatch watch = new FileWatch(() -> List.of(linked));
        assertThat(watch.changed()).isFalse();

        Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of("second"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(List.of(watch.changed(), watch.changed())).containsExactly(false, true);
    }

    @Test
    void a_file_that_appears_or_goes_is_a_change() throws IOException {
        FileWatch watch = new FileWatch(() -> List.of(file));
        Files.delete(file);
        assertThat(List.of(watch.changed(), watch.changed())).containsExactly(false, true);

        write("");
        assertThat(List.of(watch.changed(), watch.changed())).containsExactly(false, true);
    }

    private LiveConfig live() throws ConfigException {
        return new LiveConfig(new ConfigReader(file, Map.of(), List.of()));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("hotpool.toml"), text);
    }
}
