package io.hotpool.server.learn;

import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Hpack;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Huffman;
import io.hotpool.server.learn.HpackField.Form;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a browser encodes header fields, from the blocks that it sent. */
final class HpackLesson {
    private static final String COOKIE = "cookie";
    private static final Set<String> IN_STATIC_TABLE = Set.of("/", "/index.html");
    private static final int FIRST_PATH = 4;
    private static final int LAST_PATH = 5;

    private final List<HpackField> fields;
    private final List<Http2Session> sessions;
    private final @Nullable Hpack like;
    private final Notes notes;

    private HpackLesson(List<Http2Session> sessions, @Nullable Hpack like, Notes notes) {
        this.sessions = sessions;
        this.fields = sessions.stream()
                .flatMap(session -> session.requests().stream())
                .flatMap(request -> request.fields().stream())
                .toList();
        this.like = like;
        this.notes = notes;
    }

    static Hpack of(List<Http2Session> sessions, @Nullable Hpack like, Notes notes) {
        return new HpackLesson(sessions, like, notes).hpack();
    }

    private Hpack hpack() {
        int threshold = cookieThreshold();
        Set<String> never = named(Form.NEVER_INDEXED);
        if (threshold > 0) {
            never.remove(COOKIE);
        }
        return new Hpack(
                completed(never, like == null ? List.of() : like.neverIndexed(), "never indexed"),
                completed(
                        named(Form.WITHOUT_INDEXING),
                        like == null ? List.of() : like.withoutIndexing(),
                        "written without indexing"),
                pathNameIndex(),
                fields.stream().anyMatch(HpackField::codedInVain) ? Huffman.ALWAYS : Huffman.WHEN_SHORTER,
                crumbs(),
                threshold);
    }

    /** Names that are never put into the table, in that form. */
    private Set<String> named(Form form) {
        Set<String> names = new TreeSet<>();
        fields.stream().filter(field -> field.form() == form).forEach(field -> names.add(field.name()));
        fields.stream()
                .filter(field ->
                        field.form() == Form.INCREMENTAL && !field.name().equals(COOKIE))
                .forEach(field -> names.remove(field.name()));
        if (form != Form.NEVER_INDEXED) {
            names.remove(COOKIE);
        }
        return names;
    }

    /** With those of the family that the requests neither showed nor ruled out. In its order. */
    private List<String> completed(Set<String> seen, List<String> known, String what) {
        Set<String> all = new LinkedHashSet<>(known);
        all.removeIf(name -> !seen.contains(name) && ruledOut(name));
        List<String> unseen = all.stream().filter(name -> !seen.contains(name)).toList();
        if (!unseen.isEmpty()) {
            notes.assumed(String.join(", ", unseen) + " " + what + " in HTTP/2: as by its family");
        }
        all.addAll(seen);
        return List.copyOf(all);
    }

    /** A literal that was put into the table. */
    private boolean ruledOut(String name) {
        return fields.stream().anyMatch(field -> field.name().equals(name) && field.form() == Form.INCREMENTAL);
    }

    /** Of a path that the static table does not have: one that it has may be referred to by its own entry. */
    private int pathNameIndex() {
        for (HpackField field : fields) {
            boolean literal = field.name().equals(":path")
                    && field.form() != Form.INDEXED
                    && !IN_STATIC_TABLE.contains(field.value());
            if (literal && (field.nameIndex() == FIRST_PATH || field.nameIndex() == LAST_PATH)) {
                return field.nameIndex();
            }
        }
        return like == null ? FIRST_PATH : like.pathNameIndex();
    }

    private boolean crumbs() {
        List<HpackField> cookies = cookies();
        if (cookies.isEmpty()) {
            notes.assumed("cookies in HTTP/2: as by its family");
            return like == null || like.cookieCrumbs();
        }
        return cookies.stream().noneMatch(cookie -> cookie.value().contains("; "));
    }

    /** Pairs shorter than that are never indexed. */
    private int cookieThreshold() {
        List<Integer> never = lengths(true);
        List<Integer> indexed = lengths(false);
        if (never.isEmpty()) {
            return indexed.isEmpty() && like != null ? like.neverIndexCookieShorterThan() : 0;
        }
        int longestNever = never.get(never.size() - 1);
        int shortestIndexed = indexed.isEmpty() ? Integer.MAX_VALUE : indexed.get(0);
        if (indexed.isEmpty() || longestNever >= shortestIndexed) {
            return 0; // not a matter of length
        }
        int known = like == null ? 0 : like.neverIndexCookieShorterThan();
        if (shortestIndexed > longestNever + 1 && known > longestNever && known <= shortestIndexed) {
            return known;
        }
        return longestNever + 1;
    }

    private List<Integer> lengths(boolean never) {
        List<Integer> lengths = new ArrayList<>();
        cookies().stream()
                .filter(cookie -> (cookie.form() == Form.NEVER_INDEXED) == never)
                .forEach(cookie -> lengths.add(cookie.value().length()));
        lengths.sort(null);
        return lengths;
    }

    /** Of requests with more than one pair: there it shows whether each is a field. */
    private List<HpackField> cookies() {
        return sessions.stream()
                .flatMap(session -> session.requests().stream())
                .flatMap(request -> request.fields().stream())
                .filter(field -> field.name().equals(COOKIE))
                .toList();
    }
}
