package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import java.util.concurrent.CompletableFuture;

/** The catalogue of browsers. */
final class ProfilePages {
    private final AdminServices services;

    ProfilePages(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.get(
                "/api/v1/profiles",
                request -> Answer.json(services.profiles().get().all().stream()
                        .map(ProfilePages::json)
                        .toList()));
        routes.withArgument(
                "GET",
                "/api/v1/profiles/",
                "",
                (request, name) -> CompletableFuture.completedFuture(Answer.json(json(profile(name)))));
        routes.withArgument(
                "POST",
                "/api/v1/profiles/",
                "/self-test",
                (request, name) ->
                        services.inspections().selfTest(profile(name)).thenApply(Answer::json));
    }

    private BrowserProfile profile(String name) {
        ProfileCatalog catalog = services.profiles().get();
        return catalog.find(name)
                .orElseThrow(() ->
                        new Problem(404, "no such profile; close to it: " + String.join(", ", catalog.nearest(name))));
    }

    private static ObjectNode json(BrowserProfile profile) {
        ObjectNode json = Json.object();
        json.put("name", profile.name());
        profile.aliases().forEach(json.putArray("aliases")::add);
        json.put("browser", profile.browser());
        json.put("version", profile.version());
        json.put("platform", profile.platform());
        json.put("ja3", profile.expected().ja3());
        json.put("ja3n", profile.expected().ja3n());
        json.put("ja4", profile.expected().ja4());
        json.put("akamai", profile.expected().akamai());
        json.put("source", profile.provenance().source());
        json.put("captured", profile.provenance().captured());
        return json;
    }
}
