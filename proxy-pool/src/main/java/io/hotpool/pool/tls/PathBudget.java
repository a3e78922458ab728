package io.hotpool.pool.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CRLSelector;
import java.security.cert.CertSelector;
import java.security.cert.CertStore;
import java.security.cert.CertStoreException;
import java.security.cert.CertStoreParameters;
import java.security.cert.CertStoreSpi;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server's certificates, as a path builder asks for them, and an end to its asking: a server can send certificates of each
 * other's names and keys that make more paths than can ever be tried. For one search.
 */
final class PathBudget extends CertStoreSpi {
    /** Certificates that a server may send; browsers see four or five. */
    static final int MOST_CERTIFICATES = 64;

    private static final int MOST_QUESTIONS = 400;

    private final CertStore certificates;
    private int left = MOST_QUESTIONS;

    private PathBudget(CertStoreParameters parameters) throws GeneralSecurityException {
        super(parameters);
        this.certificates = CertStore.getInstance("Collection", parameters);
    }

    static CertStore of(List<X509Certificate> chain) throws GeneralSecurityException {
        CertStoreParameters parameters = new CollectionCertStoreParameters(chain);
        return new Store(new PathBudget(parameters), parameters);
    }

    @Override
    public Collection<? extends Certificate> engineGetCertificates(@Nullable CertSelector selector)
            throws CertStoreException {
        return left-- > 0 ? certificates.getCertificates(selector) : List.of();
    }

    @Override
    public Collection<? extends CRL> engineGetCRLs(@Nullable CRLSelector selector) {
        return List.of();
    }

    private static final class Store extends CertStore {
        Store(CertStoreSpi spi, CertStoreParameters parameters) {
            super(spi, null, "Collection", parameters);
        }
    }
}
