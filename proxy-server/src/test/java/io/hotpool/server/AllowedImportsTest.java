package io.hotpool.server;

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

/** The arrows between packages of the server, and the door of the pool, as ARCHITECTURE.md draws them. */
class AllowedImportsTest {
    private static final String ROOT = "io.hotpool.server";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** What the server sees of the pool: its root and the packages of values. */
    private static final Set<String> POOL_DOOR = Set.of(
            "io.hotpool.pool",
            "io.hotpool.pool.http",
            "io.hotpool.pool.fault",
            "io.hotpool.pool.profile",
            "io.hotpool.pool.fingerprint",
            "io.hotpool.pool.stats");

    @Test
    void the_server_sees_of_the_pool_its_door_only() {
        noClasses()
                .should()
                .dependOnClassesThat(describe("are inside of the pool", AllowedImportsTest::insideOfThePool))
                .check(CLASSES);
    }

    @Test
    void only_the_composition_root_plugs_in_the_tls() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.hotpool.pool.tls")
                .check(CLASSES);
    }

    @ParameterizedTest(name = "{0} imports only {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "config | ",
                "route | config",
                "tunnel | route",
                "intercept | config",
                "selftest | config intercept",
                "limit | config",
                "learn | ",
                "capture | intercept learn",
                "frontend | config limit route tunnel intercept selftest",
                "metrics | frontend limit",
                "alert | config",
                "accesslog | config frontend",
                "admin | alert config intercept metrics frontend",
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

    private static boolean insideOfThePool(JavaClass type) {
        return type.getPackageName().startsWith("io.hotpool.pool")
                && !POOL_DOOR.contains(type.getPackageName())
                && !Set.of("io.hotpool.pool.address.AddressPolicy", "io.hotpool.pool.address.AddressBlock")
                        .contains(type.getName())
                && !type.getPackageName().equals("io.hotpool.pool.tls");
    }

    private static DescribedPredicate<JavaClass> notAllowed(String own, Set<String> packages) {
        return describe("are outside of " + packages, type -> {
            String name = type.getPackageName();
            if (!name.startsWith(ROOT)) {
                return false;
            }
            String part = name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
            return !part.equals(own) && !packages.contains(part);
        });
    }
}
