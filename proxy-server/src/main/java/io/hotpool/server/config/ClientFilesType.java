package io.hotpool.server.config;

import static io.hotpool.server.config.RecordType.Field.required;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.server.config.HotpoolConfig.ClientFiles;
import io.hotpool.server.config.RecordType.Field;
import io.hotpool.server.config.RecordType.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two files of a client certificate, which are read at once, and again at each reload. */
final class ClientFilesType implements ValueType<ClientFiles> {
    private static final Field<Path> CERT = required("cert", Scalars.PATH, "PEM, the client's own certificate first");
    private static final Field<Path> KEY = required("key", Scalars.PATH, "PEM, not encrypted, of mode 600");

    private record Names(Path cert, Path key) {}

    private static final RecordType<Names> NAMES = new RecordType<>(
            "a table",
            List.of(CERT, KEY),
            row -> new Names(row.need(CERT), row.need(KEY)),
            names -> new Row().with(CERT, names.cert()).with(KEY, names.key()));

    @Override
    public @Nullable ClientFiles read(Given given, Problems problems) {
        Names names = NAMES.read(given, problems);
        if (names == null) {
            return null;
        }
        try {
            return new ClientFiles(names.cert(), names.key(), ClientCertificate.load(names.cert(), names.key()));
        } catch (IllegalArgumentException e) {
            problems.unusable(given, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Override
    public String write(ClientFiles value) {
        return NAMES.write(new Names(value.cert(), value.key()));
    }

    @Override
    public String allowed() {
        return NAMES.allowed();
    }

    @Override
    public Map<String, Object> schema() {
        return NAMES.schema();
    }
}
