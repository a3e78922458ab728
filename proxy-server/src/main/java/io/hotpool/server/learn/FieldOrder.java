package io.hotpool.server.learn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One order of names that holds in every list that was seen. Where two lists contradict each other the more frequent order
 * counts, then that of the earlier list.
 */
final class FieldOrder {
    /** Lower-case name: as it was spelled first. In the order seen. */
    private final Map<String, String> names = new LinkedHashMap<>();

    /** How often the first comes before the second. */
    private final Map<String, Map<String, Integer>> before = new HashMap<>();

    private FieldOrder() {}

    static List<String> of(List<List<String>> lists) {
        FieldOrder order = new FieldOrder();
        lists.forEach(order::add);
        return order.sorted();
    }

    private void add(List<String> list) {
        for (int i = 0; i < list.size(); i++) {
            String name = list.get(i).toLowerCase(Locale.ROOT);
            names.putIfAbsent(name, list.get(i));
            for (String later : list.subList(i + 1, list.size())) {
                before.computeIfAbsent(name, n -> new HashMap<>())
                        .merge(later.toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        }
    }

    private List<String> sorted() {
        List<String> left = new ArrayList<>(names.keySet());
        List<String> sorted = new ArrayList<>();
        while (!left.isEmpty()) {
            String next = left.stream()
                    .min(Comparator.comparingInt(name -> contradictions(name, left)))
                    .orElseThrow();
            left.remove(next);
            sorted.add(names.get(next));
        }
        return sorted;
    }

    /** Names that are to come before it; 0: it may be the next one. */
    private int contradictions(String name, List<String> left) {
        return (int) left.stream()
                .filter(other -> times(other, name) > times(name, other))
                .count();
    }

    private int times(String first, String second) {
        return before.getOrDefault(first, Map.of()).getOrDefault(second, 0);
    }
}
