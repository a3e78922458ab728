package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Is the server who it says it is? RFC 5280 path building to a trusted root, {@link ChainPolicy} on every certificate and RFC
 * 9525 for the name. Thread-safe; blocks for the time of a few signatures.
 */
final class PeerVerifier {
    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int LONGEST_PATH = 8;
    /** The JDK's own builder refuses what it need not: 140 soft cases of BetterTLS on names and their constraints. */
    private static final Provider BUILDER = new BouncyCastleProvider();

    private final TrustRoots roots;
    private final InstantSource clock;
    private final VerifiedChains verified;

    PeerVerifier(TrustRoots roots, InstantSource clock) {
        this.roots = roots;
        this.clock = clock;
        this.verified = new VerifiedChains(clock, REMEMBERED);
    }

    /**
     * @param chain DER, the server's own certificate first
     * @return until when this answer holds: the earliest end of the certificates on the path
     * @throws Fault {@link FaultKind#TLS_CERTIFICATE} with the cause in words
     */
    Instant verify(List<byte[]> chain, String host) {
        String key = VerifiedChains.key(chain, host);
        Instant known = verified.validUntil(key);
        if (known != null) {
            return known;
        }
        Instant until = verifyAnew(parse(chain), host);
        verified.add(key, until);
        return until;
    }

    private Instant verifyAnew(List<X509Certificate> chain, String host) {
        Instant until = roots.contains(chain.get(0)) ? pinned(chain.get(0)) : path(chain);
        if (!HostNames.match(chain.get(0), host)) {
            throw fault(ChainProblem.wrongHost(chain.get(0), host));
        }
        return until;
    }

    /** A server's own certificate among the trusted ones: no path is needed. */
    private Instant pinned(X509Certificate leaf) {
        String problem = ChainProblem.ofOne(leaf, clock.instant());
        if (problem != null) {
            throw fault(problem);
        }
        return leaf.getNotAfter().toInstant();
    }

    private Instant path(List<X509Certificate> chain) {
        try {
            PKIXBuilderParameters parameters = parameters(chain);
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(chain.get(0));
            parameters.setTargetCertConstraints(target);
            PKIXCertPathBuilderResult result = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX", BUILDER).build(parameters);
            if (!AnchorConstraints.permit(
                    result.getTrustAnchor().getTrustedCert(), certificates(result.getCertPath()))) {
                throw fault(ChainProblem.CONSTRAINED);
            }
            return earliestEnd(result.getCertPath());
        } catch (CertPathBuilderException e) {
            throw fault(ChainProblem.explain(chain, roots, clock.instant()));
        } catch (GeneralSecurityException e) {
            throw fault("cannot be checked: " + e.getMessage());
        }
    }

    private PKIXBuilderParameters parameters(List<X509Certificate> chain) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(roots.anchors(), null);
        parameters.addCertStore(PathBudget.of(chain));
        parameters.addCertPathChecker(new ChainPolicy());
        parameters.setRevocationEnabled(false);
        parameters.setMaxPathLength(LONGEST_PATH);
        parameters.setDate(Date.from(clock.instant()));
        return parameters;
    }

    private static List<X509Certificate> certificates(CertPath path) {
        return path.getCertificates().stream().map(X509Certificate.class::cast).toList();
    }

    private static Instant earliestEnd(CertPath path) {
        return certificates(path).stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    private static List<X509Certificate> parse(List<byte[]> chain) {
        if (chain.isEmpty()) {
            throw Fault.unprocessed(FaultKind.TLS_CERTIFICATE, "the origin sent no certificate", null);
        }
        if (chain.size() > PathBudget.MOST_CERTIFICATES) {
            throw fault("comes with " + (chain.size() - 1) + " others, too many");
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> parsed = new ArrayList<>(chain.size());
            for (byte[] encoded : chain) {
                Certificate certificate = factory.generateCertificate(new ByteArrayInputStream(encoded));
                parsed.add((X509Certificate) certificate);
            }
            return parsed;
        } catch (CertificateException e) {
            throw fault("cannot be read");
        }
    }

    private static Fault fault(String problem) {
        return Fault.unprocessed(FaultKind.TLS_CERTIFICATE, "the origin's certificate " + problem, null);
    }
}
