package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogTest {
    @Test
    void secrets_are_for_the_owners_eyes_only(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.log");
        KeyLog log = new KeyLog(file);
        log.append("one\n");
        log.append("two\n");

        assertThat(file).content().isEqualTo("one\ntwo\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
