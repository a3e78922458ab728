package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the embedded origin answers to a request, whatever the protocol it came by. */
final class OriginAnswers {
    static final String PATH = "/fingerprint";
    static final String PROFILE = "profile";

    private static final Logger LOG = LoggerFactory.getLogger(OriginAnswers.class);

    private final Supplier<ProfileCatalog> profiles;

    /** Always JSON. */
    record Reply(int status, byte[] body) {
        static Reply error(int status, String detail) {
            return new Reply(
                    status,
                    ("{\"status\": " + status + ", \"detail\": \"" + detail + "\"}\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    OriginAnswers(Supplier<ProfileCatalog> profiles) {
        this.profiles = profiles;
    }

    Reply answer(SeenRequest request, Sighting sighting, SSLSession session) {
        sighting.requests++;
        QueryStringDecoder target = new QueryStringDecoder(request.target());
        if (!target.path().equals(PATH)) {
            return Reply.error(404, "there is " + PATH + " only");
        }
        List<String> names = target.parameters().getOrDefault(PROFILE, List.of());
        Optional<BrowserProfile> profile =
                names.isEmpty() ? Optional.empty() : profiles.get().find(names.get(0));
        if (profile.isEmpty()) {
            return Reply.error(400, "no such profile");
        }
        try {
            return new Reply(200, FingerprintAnswer.of(profile.get(), sighting, session, request));
        } catch (MalformedInputException e) {
            LOG.warn("self-test: what was sent cannot be read: {}", e.getMessage());
            return Reply.error(500, "what was sent cannot be read");
        }
    }
}
