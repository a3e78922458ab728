package io.hotpool.server.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import io.hotpool.pool.profile.Profiles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsLessonTest {
    private final Notes notes = new Notes();

    @Test
    void firefoxs_recorded_hellos_give_firefoxs_profile() {
        List<SeenHello> hellos =
                References.hellos("firefox-esr-153", "fresh", "resumed", "resumed_tls12", "alpn_http1_only", "retry");

        TlsShape learnt = TlsLesson.of(hellos, null, notes);

        TlsShape kept = profile("firefox-153").tls();
        assertThat(learnt.extensions())
                .usingRecursiveFieldByFieldElementComparator()
                .filteredOn(e -> e.type() != 65037)
                .containsExactlyElementsOf(kept.extensions().stream()
                        .filter(e -> e.type() != 65037)
                        .toList());
        assertThat(learnt.cipherSuites()).isEqualTo(kept.cipherSuites());
        assertThat(learnt.permuted()).isFalse();
        assertThat(learnt.sharedX25519()).isTrue();
        assertThat(learnt.forms()).isEqualTo(kept.forms());
        assertThat(notes.assumed()).isEmpty();
    }

    @Test
    void chromiums_recorded_hellos_give_chromiums_profile() {
        BrowserProfile kept = profile("chromium-156");
        List<SeenHello> hellos =
                References.hellos("chromium-156", "fresh", "resumed", "resumed_tls12", "alpn_http1_only");

        TlsShape learnt = TlsLesson.of(hellos, kept.tls(), notes);

        assertThat(learnt).usingRecursiveComparison().isEqualTo(kept.tls());
        assertThat(learnt.permuted()).isTrue();
    }

    @Test
    void what_is_drawn_and_was_not_seen_whole_is_the_familys_and_said_to_be() {
        BrowserProfile kept = profile("chromium-156");
        List<SeenHello> one = References.hellos("chromium-156", "fresh").subList(0, 1);

        TlsShape learnt = TlsLesson.of(one, kept.tls(), notes);

        Extension.EchGrease ech = (Extension.EchGrease) learnt.extensions().stream()
                .filter(e -> e.type() == 65037)
                .findFirst()
                .orElseThrow();
        assertThat(ech.payloadLengths()).containsExactly(144, 176, 208, 240);
        assertThat(learnt.permuted()).isTrue();
        assertThat(notes.assumed())
                .anyMatch(note -> note.contains("payload lengths"))
                .anyMatch(note -> note.contains("permuted"));
    }

    @Test
    void a_payload_that_grows_with_the_ticket_is_learned_as_a_rule() {
        TlsShape learnt = TlsLesson.of(
                References.hellos("firefox-esr-153", "fresh", "resumed", "resumed_early_data"), null, notes);
        TlsShape other = TlsLesson.of(References.hellos("chromium-156", "fresh", "resumed"), null, notes);

        assertThat(learnt.variation(HelloForm.RESUMED)).isEqualTo(new Variation(List.of(35), List.of(), List.of(), 32));
        assertThat(other.variation(HelloForm.RESUMED)).isEqualTo(Variation.NONE);
    }

    @Test
    void a_resumed_websocket_is_not_blamed_for_what_resumption_drops() {
        List<SeenHello> hellos = new ArrayList<>(References.hellos("firefox-esr-153", "fresh", "resumed"));
        hellos.addAll(References.hellos("firefox-esr-153", "alpn_http1_only_resumed"));

        TlsShape learnt = TlsLesson.of(hellos, null, notes);

        assertThat(learnt.variation(HelloForm.WEBSOCKET))
                .isEqualTo(new Variation(List.of(27), List.of("http/1.1"), List.of()));
    }

    @Test
    void a_hello_that_hotpool_cannot_send_is_refused_by_name() {
        ClientHello good = References.hellos("firefox-esr-153", "fresh").get(0).first();
        ClientHello odd = new ClientHello(
                good.recordVersion(),
                good.length(),
                good.legacyVersion(),
                good.random(),
                good.sessionId(),
                good.cipherSuites(),
                List.of(1, 0),
                good.extensions());

        assertThatThrownBy(() -> TlsLesson.of(List.of(SeenHello.of(odd)), null, notes))
                .isInstanceOf(LearnException.class)
                .hasMessageContaining("compression_methods");
        assertThatThrownBy(() -> TlsLesson.of(List.of(), null, notes)).hasMessageContaining("no ClientHello");
    }

    private static BrowserProfile profile(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }
}
