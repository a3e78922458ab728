package io.hotpool.pool.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words why a chain is not trusted. Pure; follows "the origin's certificate …". */
final class ChainProblem {
    static final String CONSTRAINED = "is for names that its issuer may not vouch for (name constraints)";

    private static final int MOST_NAMES = 8;

    private ChainProblem() {}

    /** Of a certificate by itself; null when nothing is wrong. */
    static @Nullable String ofOne(X509Certificate certificate, Instant now) {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            return "expired on " + certificate.getNotAfter().toInstant();
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return "is not valid before " + certificate.getNotBefore().toInstant();
        }
        return ChainPolicy.violation(certificate);
    }

    static String explain(List<X509Certificate> chain, TrustRoots roots, Instant now) {
        X509Certificate leaf = chain.get(0);
        String own = ofOne(leaf, now);
        if (own != null) {
            return own;
        }
        if (selfSigned(leaf)) {
            return "is self-signed (" + leaf.getSubjectX500Principal() + ")";
        }
        for (X509Certificate other : chain.subList(1, chain.size())) {
            String problem = roots.contains(other) || selfSigned(other) ? null : ofOne(other, now);
            if (problem != null) {
                return "has an issuer (" + other.getSubjectX500Principal() + ") that " + problem;
            }
        }
        CertPathValidatorException found = asSent(chain, roots, now);
        if (found != null && found.getReason() == PKIXReason.INVALID_NAME) {
            return CONSTRAINED;
        }
        boolean unknown = found == null
                || found.getReason() == PKIXReason.NO_TRUST_ANCHOR
                || found.getReason() == CertPathValidatorException.BasicReason.UNSPECIFIED;
        return unknown
                ? "is issued by an unknown authority (" + leaf.getIssuerX500Principal() + ")"
                : "is not trusted: " + found.getMessage();
    }

    static String wrongHost(X509Certificate leaf, String host) {
        List<String> names = HostNames.all(leaf);
        if (names.isEmpty()) {
            return "has no subject alternative name, and a common name does not count ("
                    + leaf.getSubjectX500Principal() + ")";
        }
        String shown = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return "is for another host: not " + host + ", but " + shown + (names.size() > MOST_NAMES ? ", …" : "");
    }

    /** Validates the chain as the server sent it: a validator has reasons, a builder only says that it found no path. */
    private static @Nullable CertPathValidatorException asSent(
            List<X509Certificate> chain, TrustRoots roots, Instant now) {
        try {
            List<X509Certificate> path = new ArrayList<>(chain);
            path.removeIf(roots::contains);
            PKIXParameters parameters = new PKIXParameters(roots.anchors());
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.addCertPathChecker(new ChainPolicy());
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return null;
        } catch (CertPathValidatorException e) {
            return e;
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static boolean selfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }
}
