package io.hotpool.pool;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between packages, as ARCHITECTURE.md draws them. */
class AllowedImportsTest {
    private static final String ROOT = "io.hotpool.pool";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Values and callbacks of the root that every package may use. */
    private static final Set<String> SHARED = Set.of(
            "PoolConfig",
            "PoolListener",
            "PoolSnapshot",
            "ExchangeOptions",
            "Lease",
            "OpenExchange",
            "PrewarmResult",
            "AddressLists",
            "HealthReport",
            "Tier",
            "CleanupReport",
            "ClientCertificate",
            "Downstream",
            "Egress",
            "UpstreamProxy");

    @ParameterizedTest(name = "{0} imports only {1}")
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "fault | ",
                "stats | ",
                "http | fault",
                "http1 | fault http",
                "http2 | fault http profile",
                "profile | fault http",
                "fingerprint | fault http profile",
                "tls | fault http profile fingerprint",
                "address | fault http",
                "connect | fault http profile fingerprint tls http1 http2 address",
                "shard | fault http profile tls address connect",
                "exchange | fault http profile address connect shard",
                "maintenance | fault http profile address connect shard stats",
            })
    void packages_import_along_the_arrows_only(String name, String allowed) {
        Set<String> packages = allowed == null ? Set.of() : Set.of(allowed.split(" "));
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(notAllowed(name, packages))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void only_the_tls_package_imports_the_tls_of_bouncycastle() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".tls..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle.tls..")
                .check(CLASSES);
    }

    @Test
    void the_library_knows_nothing_of_the_server() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.hotpool.server..")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> notAllowed(String own, Set<String> packages) {
        return describe("are outside of " + packages, type -> {
            String name = type.getPackageName();
            if (!name.startsWith(ROOT)) {
                return false;
            }
            if (name.equals(ROOT)) {
                return !SHARED.contains(outermost(type));
            }
            String part = name.substring(ROOT.length() + 1);
            return !part.equals(own) && !packages.contains(part);
        });
    }

    private static String outermost(JavaClass type) {
        String simple = type.getName().substring(ROOT.length() + 1);
        int dollar = simple.indexOf('$');
        return dollar < 0 ? simple : simple.substring(0, dollar);
    }
}
