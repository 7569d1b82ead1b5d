package io.fluxgres.r2dbc;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fluxgres.testkit.ClassCircles;

/** Holds the adapter to what it is: a translation of the public API of the driver. */
@AnalyzeClasses(packages = "io.fluxgres.r2dbc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String LAYERS = "docs/adr/0002-layers-and-their-imports.md";

    @ArchTest
    static final ArchRule adapterUsesThePublicApiAlone = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify.annotations..",
                    "org.reactivestreams..",
                    "reactor.core..",
                    "reactor.util..",
                    "io.netty.buffer..",
                    "io.r2dbc.spi..",
                    "org.slf4j..",
                    "io.fluxgres",
                    "io.fluxgres.codec",
                    "io.fluxgres.r2dbc"))
            .because(LAYERS);

    @ArchTest
    static final ArchRule circlesAreSmall =
            classes().should(ClassCircles.ofAtMost(3)).because(LAYERS);
}
