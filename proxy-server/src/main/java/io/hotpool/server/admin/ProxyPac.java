package io.hotpool.server.admin;

import java.net.InetSocketAddress;

/** A proxy auto-configuration file: everything through the proxy. */
final class ProxyPac {
    private ProxyPac() {}

    /** @param host as the client named this machine; used when the proxy listens on every address */
    static String text(InetSocketAddress proxy, String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        String address = proxy.getAddress().getHostAddress();
        String literal = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        String target = (proxy.getAddress().isAnyLocalAddress() ? name : literal) + ":" + proxy.getPort();
        return "function FindProxyForURL(url, host) {\n  return \"PROXY " + target + "\";\n}\n";
    }
}
