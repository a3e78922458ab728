package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.pool.profile.Profiles;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProfileChoiceTest {
    private final ProfileCatalog catalog = Profiles.builtIn();

    private BrowserProfile random(String session, long client) {
        return ProfileChoice.choose(catalog, "random", session, client, null);
    }

    @Test
    void a_session_keeps_its_random_browser_from_whichever_connection_it_comes() {
        assertThat(IntStream.range(0, 100)
                        .mapToObj(client -> random("ann", client))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void without_a_session_a_client_connection_keeps_its_random_browser_and_others_have_others() {
        assertThat(random("", 7)).isSameAs(random("", 7));
        assertThat(IntStream.range(0, 100)
                        .mapToObj(client -> random("", client))
                        .distinct()
                        .count())
                .isGreaterThan(1);
    }
}
