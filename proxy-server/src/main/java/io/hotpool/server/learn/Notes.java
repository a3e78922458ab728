package io.hotpool.server.learn;

import java.util.ArrayList;
import java.util.List;

/** What a profile that is being made rests on. */
final class Notes {
    private final List<String> verified = new ArrayList<>();
    private final List<String> assumed = new ArrayList<>();

    void verified(String fact) {
        verified.add(fact);
    }

    void assumed(String fact) {
        if (!assumed.contains(fact)) {
            assumed.add(fact);
        }
    }

    List<String> verified() {
        return List.copyOf(verified);
    }

    List<String> assumed() {
        return List.copyOf(assumed);
    }
}
