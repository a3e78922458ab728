package io.hotpool.pool.tls;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.tls.CipherSuite;

/** IANA names of cipher suites. */
final class CipherSuiteNames {
    private static final Map<Integer, String> NAMES = read();

    private CipherSuiteNames() {}

    static String of(int cipherSuite) {
        return NAMES.getOrDefault(cipherSuite, String.format("0x%04X", cipherSuite));
    }

    private static Map<Integer, String> read() {
        Map<Integer, String> names = new HashMap<>();
        for (Field field : CipherSuite.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                try {
                    names.putIfAbsent(field.getInt(null), field.getName());
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return Map.copyOf(names);
    }
}
