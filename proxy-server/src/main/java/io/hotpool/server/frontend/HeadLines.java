package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import java.nio.charset.StandardCharsets;

/** Reads the lines of a head, strictly (RFC 9112, 3 and 5): what is lenient elsewhere is how requests are smuggled. */
final class HeadLines {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '!'; c <= '~'; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private HeadLines() {}

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128 || !TOKEN[text.charAt(i)]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** {@code method SP target SP version}, with one blank between and no other control or blank anywhere. */
    static String[] requestLine(byte[] line, int length) {
        int first = blank(line, 0, length);
        int second = blank(line, first + 1, length);
        if (first <= 0 || second <= first + 1 || second == length) {
            throw invalid("the request line is not 'method target version'");
        }
        for (int i = 0; i < length; i++) {
            if (line[i] == 0x7f || line[i] >= 0 && line[i] < ' ' || line[i] == ' ' && i != first && i != second) {
                throw invalid("the request line holds a blank or a control character too many");
            }
        }
        String method = text(line, 0, first);
        if (!isToken(method)) {
            throw invalid("the method is not a token");
        }
        return new String[] {method, text(line, first + 1, second), version(text(line, second + 1, length))};
    }

    private static String version(String text) {
        if (text.equals(ClientRequest.HTTP_1_1)) {
            return ClientRequest.HTTP_1_1;
        }
        if (text.equals(ClientRequest.HTTP_1_0)) {
            return ClientRequest.HTTP_1_0;
        }
        boolean wellFormed = text.length() == 8
                && text.startsWith("HTTP/")
                && Character.isDigit(text.charAt(5))
                && text.charAt(6) == '.'
                && Character.isDigit(text.charAt(7));
        if (!wellFormed) {
            throw invalid("the request line does not end in an HTTP version");
        }
        throw Fault.of(FaultKind.VERSION_NOT_SUPPORTED, text + "; this port speaks HTTP/1.1 and HTTP/1.0");
    }

    /** Adds one field to the list. */
    static void field(byte[] line, int length, HeaderList to) {
        int colon = 0;
        while (colon < length && line[colon] >= 0 && TOKEN[line[colon]]) {
            colon++;
        }
        if (colon == 0 && (line[0] == ' ' || line[0] == '\t')) {
            throw invalid("a folded header line");
        }
        if (colon == 0 || colon == length || line[colon] != ':') {
            throw invalid("a header line is not 'name: value'");
        }
        int start = colon + 1;
        int end = length;
        while (start < end && isBlank(line[start])) {
            start++;
        }
        while (end > start && isBlank(line[end - 1])) {
            end--;
        }
        for (int i = start; i < end; i++) {
            if (line[i] == 0x7f || line[i] >= 0 && line[i] < ' ' && line[i] != '\t') {
                throw invalid("a control character in a header value");
            }
        }
        to.add(text(line, 0, colon), text(line, start, end));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static int blank(byte[] line, int from, int length) {
        int i = from;
        while (i < length && line[i] != ' ') {
            i++;
        }
        return i;
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    static Fault invalid(String what) {
        return Fault.of(FaultKind.BAD_REQUEST, what);
    }
}
