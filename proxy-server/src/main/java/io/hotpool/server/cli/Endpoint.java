package io.hotpool.server.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A port of a machine, as options name it.
 *
 * @param host name or address, without brackets
 */
record Endpoint(String host, int port) {
    private static final int MOST = 65535;

    /** {@code HOST:PORT}, {@code [::1]:PORT}, {@code http://HOST:PORT/}, or a port of this machine. */
    static Endpoint parse(String text) {
        String bare = text.replaceFirst("^http://", "").replaceFirst("/$", "");
        int colon = bare.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : bare.substring(0, colon);
        String port = bare.substring(colon + 1);
        boolean v6 = host.startsWith("[") && host.endsWith("]");
        boolean named = v6 ? host.matches("\\[[0-9a-fA-F:.]+]") : host.matches("[A-Za-z0-9_.-]+");
        if (!named || !port.matches("\\d{1,5}") || port.equals("0") || Integer.parseInt(port) > MOST) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not HOST:PORT with a port from 1 to " + MOST + ", such as 127.0.0.1:8080");
        }
        return new Endpoint(v6 ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    static final class Converter implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
