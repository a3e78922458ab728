package io.hotpool.pool.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every certificate below the root must keep to, beyond RFC 5280: usable for servers, no broken digest, no short key.
 * Stateless.
 */
final class ChainPolicy extends PKIXCertPathChecker {
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
    private static final int LEAST_RSA = 2048;

    /** By OID, for the names of algorithms differ between providers: MD2, MD4, MD5 and SHA-1 with RSA, DSA or ECDSA. */
    private static final Set<String> BROKEN_SIGNATURES = Set.of(
            "1.2.840.113549.1.1.2",
            "1.2.840.113549.1.1.3",
            "1.2.840.113549.1.1.4",
            "1.2.840.113549.1.1.5",
            "1.3.14.3.2.2",
            "1.3.14.3.2.3",
            "1.3.14.3.2.15",
            "1.3.14.3.2.27",
            "1.3.14.3.2.29",
            "1.2.840.10040.4.3",
            "1.2.840.10045.4.1");

    @Override
    public void init(boolean forward) {}

    @Override
    public boolean isForwardCheckingSupported() {
        return false;
    }

    @Override
    public Set<String> getSupportedExtensions() {
        return Set.of(EXTENDED_KEY_USAGE);
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolvedCriticalExtensions)
            throws CertPathValidatorException {
        String violation = violation((X509Certificate) certificate);
        if (violation != null) {
            throw new CertPathValidatorException(violation);
        }
        unresolvedCriticalExtensions.remove(EXTENDED_KEY_USAGE);
    }

    /** What is wrong with it, for people; null when nothing is. */
    static @Nullable String violation(X509Certificate certificate) {
        if (brokenSignature(certificate)) {
            return "is signed with a broken digest (" + certificate.getSigAlgName() + ")";
        }
        if (certificate.getPublicKey() instanceof RSAPublicKey rsa
                && rsa.getModulus().bitLength() < LEAST_RSA) {
            return "has a weak key (RSA, " + rsa.getModulus().bitLength() + " bits, at least " + LEAST_RSA + ")";
        }
        return servesServers(certificate) ? null : "is not for servers (extended key usage)";
    }

    private static boolean servesServers(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains(SERVER_AUTH) || usages.contains(ANY_USAGE);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static boolean brokenSignature(X509Certificate certificate) {
        String oid = certificate.getSigAlgOID();
        return BROKEN_SIGNATURES.contains(oid) || oid.equals(RSASSA_PSS) && pssWithBrokenDigest(certificate);
    }

    /** The digest is a parameter there, SHA-1 when it is not given (RFC 4055, 3.1). */
    private static boolean pssWithBrokenDigest(X509Certificate certificate) {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return true;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            String digest = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            return !digest.startsWith("SHA-2") && !digest.equals("SHA-384") && !digest.startsWith("SHA-512");
        } catch (GeneralSecurityException | java.io.IOException e) {
            return true;
        }
    }
}
