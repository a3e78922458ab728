package io.hotpool.server.learn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What real browsers sent, as it was recorded once. */
final class References {
    private static final Path CLIENTS = Path.of("../proxy-pool/src/test/resources/reference/clients");

    private References() {}

    static JsonNode of(String client) {
        try {
            return new ObjectMapper().readTree(CLIENTS.resolve(client + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The hellos of the cases that are named, all that were kept. */
    static List<SeenHello> hellos(String client, String... cases) {
        List<SeenHello> hellos = new ArrayList<>();
        for (String name : cases) {
            for (JsonNode sample : of(client).at("/tls/cases/" + name + "/samples")) {
                ClientHello hello = ClientHelloParser.parse(HexFormat.of().parseHex(sample.asText()));
                hellos.add(new SeenHello(hello, null, name.equals("retry")));
            }
        }
        return hellos;
    }
}
