package org.lacwarehouse.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The boundaries between the modules. */
class ArchitectureTest {
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.lacwarehouse");

    @Test
    void springIsInJobsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("org.lacwarehouse.pipeline..", "org.lacwarehouse.marts..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(PROGRAM);
    }

    @Test
    void pipelineKnowsNothingOfWhatIsBuiltOnIt() {
        noClasses()
                .that()
                .resideInAPackage("org.lacwarehouse.pipeline..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.lacwarehouse.marts..", "org.lacwarehouse.jobs..")
                .check(PROGRAM);
        noClasses()
                .that()
                .resideInAPackage("org.lacwarehouse.marts..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.lacwarehouse.jobs..")
                .check(PROGRAM);
    }

    @Test
    void databasesAreSpokenToInPublicationAndAuditOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("org.lacwarehouse.pipeline..", "org.lacwarehouse.marts.(gold|measure|care)..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(PROGRAM);
    }
}
