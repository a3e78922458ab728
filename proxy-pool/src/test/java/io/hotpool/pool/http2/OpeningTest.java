package io.hotpool.pool.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.Http2OpeningParser;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RecordingListener;
import io.hotpool.pool.http.RecordingResponse;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.TestFacts;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.Profiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The opening of every profile, read by the parser that names fingerprints. */
class OpeningTest {
    static Stream<String> names() {
        return Profiles.builtIn().all().stream().map(BrowserProfile::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_profile_opens_as_it_says(String name) {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        Http2Shape shape = profile.http2();
        EmbeddedChannel channel = new EmbeddedChannel();
        Http2Connection.attach(channel, TestFacts.secure(Protocol.H2), shape, new RecordingListener())
                .open(RequestHead.get(Origin.https("www.example.com", 443), "/"), new RecordingResponse());
        channel.runPendingTasks();
        String seen =
                AkamaiHttp2.text(Http2OpeningParser.parse(written(channel)).orElseThrow());
        String settings = String.join(
                ";",
                shape.settings().stream().map(s -> s.id() + ":" + s.value()).toList());
        assertThat(seen).startsWith(settings + "|" + shape.connectionWindowUpdate() + "|");
        assertThat(seen).endsWith("|" + initials(shape.pseudoHeaders()));
        if (!profile.expected().akamai().isEmpty()) {
            assertThat(seen).isEqualTo(profile.expected().akamai());
        }
        channel.finishAndReleaseAll();
    }

    private static String initials(List<String> pseudoHeaders) {
        return String.join(
                ",", pseudoHeaders.stream().map(n -> n.substring(1, 2)).toList());
    }

    private static byte[] written(EmbeddedChannel channel) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        return ByteBufUtil.getBytes(all);
    }
}
