package io.hotpool.pool.tls;

import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * TLS as the profiles' browsers speak it. Trusts the JDK's roots, the system's and those of the configuration, and keeps the
 * tickets of all its connections.
 */
public final class BrowserTls implements UpstreamTls {
    private static final int MOST_SCOPES = 10_000;

    /**
     * @param extraCaFiles PEM files that are trusted too
     * @param keyLogFile secrets are written there, for debugging; null: nowhere
     * @param resume offer tickets
     */
    public record Config(List<Path> extraCaFiles, @Nullable Path keyLogFile, boolean resume) {
        public static final Config DEFAULTS = new Config(List.of(), null, true);

        public Config {
            extraCaFiles = List.copyOf(extraCaFiles);
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final Executor crypto;
    private final Clock clock;
    private final boolean resume;
    private final PeerVerifier verifier;
    private final KeyLog keyLog;
    private final SessionTickets tickets;

    /**
     * @param crypto runs handshakes: bounded, both threads and queue; not shut down here
     * @throws IllegalArgumentException when a file of trusted certificates cannot be read
     */
    public BrowserTls(Config config, Executor crypto) {
        this(config, crypto, Clock.systemUTC());
    }

    /** @param clock by which certificates and tickets are valid */
    public BrowserTls(Config config, Executor crypto, Clock clock) {
        this(config, crypto, TrustRoots.load(config.extraCaFiles()), clock);
    }

    BrowserTls(Config config, Executor crypto, TrustRoots roots, Clock clock) {
        this.crypto = crypto;
        this.clock = clock;
        this.resume = config.resume();
        this.verifier = new PeerVerifier(roots, clock);
        this.keyLog = new KeyLog(config.keyLogFile());
        this.tickets = new SessionTickets(clock, MOST_SCOPES);
    }

    @Override
    public ChannelHandler handlerFor(TlsRequest request) {
        SessionTickets.Scope scope = SessionTickets.Scope.of(request);
        return new TlsClientHandler(
                () -> engine(request, scope),
                crypto,
                request.profile().tls().closeNotify(),
                outcome -> keepTicket(scope, outcome),
                (master, message) -> keepTicket(scope, master, message));
    }

    private HandshakeEngine engine(TlsRequest request, SessionTickets.Scope scope) {
        HandshakeSpec spec = new HandshakeSpec(request, resume ? tickets.take(scope) : null);
        BrowserCrypto bouncyCastle = new BrowserCrypto(random);
        BrowserClient client = new BrowserClient(bouncyCastle, spec, verifier);
        return new HandshakeEngine(
                new BrowserProtocol(spec, bouncyCastle, client, random, clock, keyLog),
                spec.shape().recordVersion());
    }

    private void keepTicket(SessionTickets.Scope scope, HandshakeOutcome outcome) {
        if (resume && outcome.ticket() != null) {
            tickets.put(scope, outcome.ticket());
        }
    }

    private void keepTicket(SessionTickets.Scope scope, ResumptionMaster master, byte[] message) throws TlsFatalAlert {
        if (!resume) {
            return;
        }
        try {
            SessionTicket ticket = master.ticket(message, clock.instant());
            if (ticket != null) {
                tickets.put(scope, ticket);
            }
        } catch (TlsFatalAlert e) {
            throw e;
        } catch (IOException e) {
            throw new TlsFatalAlert(AlertDescription.decode_error, e);
        }
    }

    @Override
    public void close() {
        tickets.clear();
    }
}
