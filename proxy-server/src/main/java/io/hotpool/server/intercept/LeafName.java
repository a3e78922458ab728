package io.hotpool.server.intercept;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.util.NetUtil;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * What a leaf certificate is made out to: a dNSName in A-label form, or an iPAddress (RFC 5280, 4.2.1.6). Canonical, so that
 * spellings of one name share one leaf.
 *
 * @param text lower case, no trailing dot; an address as {@link NetUtil} writes it
 */
record LeafName(String text, byte[] address) {
    /** Letters, digits, hyphens and, as found in practice, underscores. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");

    /** @throws Fault when no certificate can be made out to that host */
    static LeafName of(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        if (address != null) {
            return new LeafName(NetUtil.bytesToIpAddress(address), address);
        }
        String name = ascii(host).toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.length() > 253 || !NAME.matcher(name).matches()) {
            throw refusal();
        }
        return new LeafName(name, new byte[0]);
    }

    private static String ascii(String host) {
        try {
            return host.chars().allMatch(c -> c < 128) ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw refusal();
        }
    }

    private static Fault refusal() {
        return Fault.of(FaultKind.BAD_REQUEST, "no certificate can be made out to that host name");
    }

    boolean isAddress() {
        return address.length > 0;
    }

    GeneralName subjectAlternative() {
        return isAddress()
                ? new GeneralName(GeneralName.iPAddress, new DEROctetString(address))
                : new GeneralName(GeneralName.dNSName, text);
    }
}
