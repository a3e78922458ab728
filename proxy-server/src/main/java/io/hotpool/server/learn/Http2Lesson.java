package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Priority;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.PriorityFrame;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Setting;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Upkeep;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The HTTP/2 of a profile, from the connections of one browser. */
final class Http2Lesson {
    private final List<Http2Session> sessions;
    private final List<SeenRequest> requests;
    private final @Nullable Http2Shape like;
    private final Notes notes;

    private Http2Lesson(
            List<Http2Session> sessions, List<SeenRequest> requests, @Nullable Http2Shape like, Notes notes) {
        this.sessions = sessions;
        this.requests = requests.stream().filter(r -> r.http2() != null).toList();
        this.like = like;
        this.notes = notes;
    }

    /** @param sessions at least one */
    static Http2Shape of(
            List<Http2Session> sessions, List<SeenRequest> requests, @Nullable Http2Shape like, Notes notes) {
        return new Http2Lesson(sessions, requests, like, notes).shape();
    }

    private Http2Shape shape() {
        Http2Opening opening = opening();
        return new Http2Shape(
                opening.settings().stream()
                        .map(s -> new Setting(s.id(), s.value()))
                        .toList(),
                Math.toIntExact(opening.windowUpdate()),
                streamWindowUpdate(),
                opening.firstStreamId(),
                opening.pseudoHeaders(),
                priorities(),
                opening.priorityFrames().stream()
                        .map(p -> new PriorityFrame(p.stream(), p.dependsOn(), p.exclusive(), p.weight()))
                        .toList(),
                HpackLesson.of(sessions, like == null ? null : like.hpack(), notes),
                like == null ? Upkeep.NONE : like.upkeep());
    }

    /** The most frequent one. */
    private Http2Opening opening() {
        Map<List<Object>, List<Http2Opening>> byContent =
                sessions.stream().map(Http2Session::opening).collect(Collectors.groupingBy(Http2Lesson::content));
        List<Http2Opening> most = byContent.values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElseThrow();
        if (most.size() < sessions.size()) {
            notes.assumed("the most frequent HTTP/2 opening: " + most.size() + " of " + sessions.size()
                    + " connections began like that");
        }
        return most.get(0);
    }

    private static List<Object> content(Http2Opening opening) {
        return List.of(
                opening.settings(),
                opening.windowUpdate(),
                opening.priorityFrames(),
                opening.firstStreamId(),
                opening.pseudoHeaders());
    }

    private int streamWindowUpdate() {
        List<Long> updates = sessions.stream()
                .flatMap(session -> session.requests().stream())
                .map(Http2Session.Request::windowUpdate)
                .toList();
        Map<Long, Long> counts = updates.stream().collect(Collectors.groupingBy(u -> u, Collectors.counting()));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> most.getKey().intValue())
                .orElse(0);
    }

    private Map<RequestKind, Priority> priorities() {
        boolean dependent = requests.stream()
                .map(r -> Objects.requireNonNull(r.http2()).priority())
                .anyMatch(p -> p != null && p.dependsOn() != 0);
        Map<RequestKind, Priority> priorities = new EnumMap<>(RequestKind.class);
        for (SeenRequest request : requests) {
            Http2Opening.Priority seen = Objects.requireNonNull(request.http2()).priority();
            if (seen != null) {
                priorities.putIfAbsent(request.kind(), new Priority(seen.exclusive(), seen.weight(), dependent));
            }
        }
        if (like != null) {
            like.priorities().forEach((kind, known) -> addUnseen(priorities, kind, known));
        }
        return priorities;
    }

    /** Of a kind that the browser did not send, as long as its family agrees on those that it did. */
    private void addUnseen(Map<RequestKind, Priority> priorities, RequestKind kind, Priority known) {
        boolean seen = requests.stream().anyMatch(r -> r.kind() == kind);
        boolean agrees = like != null
                && Objects.equals(
                        priorities.get(RequestKind.NAVIGATE), like.priorities().get(RequestKind.NAVIGATE));
        if (!seen && agrees) {
            priorities.put(kind, known);
            notes.assumed("HTTP/2 priority of " + kind.label() + ": as by its family");
        }
    }
}
