package io.hotpool.server.admin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/** From method and path to what answers. Built once, then read by any thread. */
final class Routes {
    private static final int SECONDS = 30;
    private static final int SLOW_SECONDS = 600;

    private final List<Route> routes = new ArrayList<>();

    /** @param prefix of the path; the rest of it, up to {@code suffix}, is the argument; an exact path has no argument */
    private record Route(
            String method,
            String prefix,
            boolean exact,
            String suffix,
            int seconds,
            BiFunction<AdminRequest, String, CompletionStage<Answer>> action) {

        boolean matches(String path) {
            return exact
                    ? path.equals(prefix)
                    : path.length() > prefix.length() + suffix.length()
                            && path.startsWith(prefix)
                            && path.endsWith(suffix);
        }

        String argument(String path) {
            return exact ? "" : path.substring(prefix.length(), path.length() - suffix.length());
        }
    }

    /** Answers at once. */
    void get(String path, Function<AdminRequest, Answer> action) {
        later("GET", path, request -> CompletableFuture.completedFuture(action.apply(request)));
    }

    void getWithArgument(String prefix, BiFunction<AdminRequest, String, Answer> action) {
        withArgument(
                "GET",
                prefix,
                "",
                (request, argument) -> CompletableFuture.completedFuture(action.apply(request, argument)));
    }

    void later(String method, String path, Function<AdminRequest, CompletionStage<Answer>> action) {
        routes.add(new Route(method, path, true, "", SECONDS, (request, none) -> action.apply(request)));
    }

    /** May take minutes. */
    void slow(String method, String path, Function<AdminRequest, CompletionStage<Answer>> action) {
        routes.add(new Route(method, path, true, "", SLOW_SECONDS, (request, none) -> action.apply(request)));
    }

    void withArgument(
            String method,
            String prefix,
            String suffix,
            BiFunction<AdminRequest, String, CompletionStage<Answer>> action) {
        routes.add(new Route(method, prefix, false, suffix, SECONDS, action));
    }

    /** Every route as {@code GET /api/v1/hosts/{}}. */
    List<String> all() {
        return routes.stream()
                .map(r -> r.method() + " " + r.prefix() + (r.exact() ? "" : "{}") + r.suffix())
                .toList();
    }

    /** @throws Problem 404 or 405 when there is nothing */
    CompletionStage<Answer> answer(AdminRequest request) {
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Set<String> allowed = new LinkedHashSet<>();
        for (Route route : routes) {
            if (route.matches(request.path())) {
                if (route.method().equals(method)) {
                    return route.action()
                            .apply(request, route.argument(request.path()))
                            .toCompletableFuture()
                            .orTimeout(route.seconds(), TimeUnit.SECONDS);
                }
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw new Problem(404, "there is nothing here; GET / lists what there is");
        }
        String list = String.join(", ", allowed);
        throw new Problem(405, "allowed here: " + list, Map.of("Allow", list), List.of());
    }
}
