package io.hotpool.pool.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Name constraints that a trusted root carries itself (RFC 5280, 4.2.1.10). Path building leaves a root's own extensions
 * aside; browsers do not, and who adds a root for one domain means that domain only.
 */
final class AnchorConstraints {
    private AnchorConstraints() {}

    /** @param path below {@code root}, the server's own certificate first */
    static boolean permit(X509Certificate root, List<X509Certificate> path) {
        byte[] extension = root.getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return true;
        }
        try {
            PKIXNameConstraintValidator validator = validator(NameConstraints.getInstance(
                    ASN1OctetString.getInstance(extension).getOctets()));
            for (X509Certificate certificate : path) {
                check(validator, certificate);
            }
            return true;
        } catch (NameConstraintValidatorException | IllegalArgumentException e) {
            return false;
        }
    }

    private static PKIXNameConstraintValidator validator(NameConstraints constraints) {
        PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
        if (constraints.getPermittedSubtrees() != null) {
            validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
        }
        if (constraints.getExcludedSubtrees() != null) {
            for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
                validator.addExcludedSubtree(excluded);
            }
        }
        return validator;
    }

    private static void check(PKIXNameConstraintValidator validator, X509Certificate certificate)
            throws NameConstraintValidatorException {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        validator.checkPermittedDN(subject);
        validator.checkExcludedDN(subject);
        byte[] names = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
        if (names == null) {
            return;
        }
        GeneralNames alternatives =
                GeneralNames.getInstance(ASN1OctetString.getInstance(names).getOctets());
        for (GeneralName name : alternatives.getNames()) {
            validator.checkPermitted(name);
            validator.checkExcluded(name);
        }
    }
}
