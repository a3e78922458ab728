package io.hotpool.server.intercept;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * From a leaf to a server-side TLS context: BoringSSL where its library loads, else the JDK's engine. Both give session
 * tickets; BoringSSL holds them back until the server's first bytes, which in HTTP/2 are its SETTINGS and follow at once.
 */
final class LeafContexts {
    private final SslProvider provider;
    private final TlsOffer offer;
    private final SecureRandom random = new SecureRandom();

    /** Clients are not asked for certificates. Without it each context would load the JDK's roots: 15 ms and 30 KiB. */
    private final TrustManagerFactory trust = trustingNobody();

    LeafContexts(SslProvider provider, TlsOffer offer) {
        this.provider = provider;
        this.offer = offer;
    }

    LeafContexts(SslProvider provider) {
        this(provider, TlsOffer.STANDARD);
    }

    static LeafContexts best() {
        return best(TlsOffer.STANDARD);
    }

    static LeafContexts best(TlsOffer offer) {
        boolean nativeOne = OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL);
        return new LeafContexts(nativeOne ? SslProvider.OPENSSL : SslProvider.JDK, offer);
    }

    SslContext contextFor(Leaf leaf) {
        KeyManagerFactoryWrapper keys = new KeyManagerFactoryWrapper(new LeafKeyManager(leaf));
        try {
            SslContext context = SslContextBuilder.forServer(
                            provider == SslProvider.JDK ? keys : new OpenSslCachingX509KeyManagerFactory(keys))
                    .sslProvider(provider)
                    .trustManager(trust)
                    .protocols(offer.versions())
                    .applicationProtocolConfig(alpn())
                    .build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setTicketKeys(ticketKey());
            }
            return context;
        } catch (SSLException e) {
            throw new IllegalStateException(
                    "no TLS context for " + leaf.certificate().getSubjectX500Principal(), e);
        }
    }

    private ApplicationProtocolConfig alpn() {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                offer.protocols());
    }

    private static TrustManagerFactory trustingNobody() {
        try {
            KeyStore empty = KeyStore.getInstance(KeyStore.getDefaultType());
            empty.load(null, null);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(empty);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("an empty trust store", e);
        }
    }

    /** Tickets live as long as the leaf's context, so their key does too. */
    private OpenSslSessionTicketKey ticketKey() {
        byte[] secret = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
        random.nextBytes(secret);
        int name = OpenSslSessionTicketKey.NAME_SIZE;
        int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
        return new OpenSslSessionTicketKey(
                Arrays.copyOfRange(secret, 0, name),
                Arrays.copyOfRange(secret, name, hmac),
                Arrays.copyOfRange(secret, hmac, hmac + OpenSslSessionTicketKey.AES_KEY_SIZE));
    }
}
