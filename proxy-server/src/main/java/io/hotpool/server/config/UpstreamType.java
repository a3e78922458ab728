package io.hotpool.server.config;

import io.hotpool.pool.Egress;
import io.hotpool.pool.UpstreamProxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An upstream proxy, or the word for none. Its URL may hold a password, and so it is shown without: written out, only a
 * proxy without credentials reads as it was.
 *
 * @param none what stands for the direct way
 */
record UpstreamType(String none) implements ValueType<Egress> {
    @Override
    public @Nullable Egress read(Given given, Problems problems) {
        if (none.equals(given.value())) {
            return Egress.DIRECT;
        }
        if (!(given.value() instanceof String url)) {
            problems.notAllowed(given.hidden(), allowed());
            return null;
        }
        try {
            return Egress.of(UpstreamProxy.parse(url));
        } catch (IllegalArgumentException e) {
            problems.unusable(given.hidden(), e.getMessage() + "; it must be " + allowed());
            return null;
        }
    }

    @Override
    public String write(Egress value) {
        return Scalars.quoted(value.direct() ? none : value.toString());
    }

    @Override
    public String allowed() {
        return "a proxy URL such as \"http://user:password@proxy.example:3128\", with https, socks5 or socks5h, or "
                + Scalars.quoted(none) + " for none";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "string");
    }

    @Override
    public boolean literal() {
        return true;
    }
}
