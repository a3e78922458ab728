package io.hotpool.server.config;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Signals of the operating system. By reflection: the compiler warns of {@code sun.misc.Signal} in a way that cannot be turned off. */
public final class Signals {
    private Signals() {}

    /**
     * Replaces what the signal does.
     *
     * @param name without SIG: {@code HUP}, {@code TERM}
     * @param action on a thread of its own
     * @return false where there is no such signal
     */
    public static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            };
            Object handling = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, invocation);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
