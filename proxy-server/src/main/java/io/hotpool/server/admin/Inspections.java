package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.profile.BrowserProfile;
import java.util.concurrent.CompletionStage;

/** Requests that hotpool makes by order of an operator, to see how they fare. Any thread. */
public interface Inspections {
    /** What an origin sees of a profile, beside what the profile promises. */
    CompletionStage<JsonNode> selfTest(BrowserProfile profile);

    /**
     * One request to a URL, step by step, with findings and advice.
     *
     * @throws IllegalArgumentException when it is no http or https URL
     */
    CompletionStage<JsonNode> diagnose(String url);
}
