package io.fluxgres;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.fluxgres.testkit.ClassCircles;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import reactor.core.Exceptions;

/**
 * Holds the classes of the driver to their layers and to the house rules. A layer may import what its rule names, from the
 * project and from libraries, and nothing else; each rule cites the decision behind it.
 */
@AnalyzeClasses(
        packages = "io.fluxgres",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestkit.class})
class ArchitectureTest {

    private static final String API = "io.fluxgres";
    private static final String CODEC_SPI = "io.fluxgres.codec";
    private static final String PROTOCOL = "io.fluxgres.internal.protocol..";
    private static final String NET = "io.fluxgres.internal.net..";
    private static final String CODECS = "io.fluxgres.internal.codec..";
    private static final String STATEMENT = "io.fluxgres.internal.statement..";
    private static final String ROW = "io.fluxgres.internal.row..";
    private static final String SESSION = "io.fluxgres.internal.session..";
    private static final String FLIGHT = "io.fluxgres.internal.flight..";
    private static final String REQUEST = "io.fluxgres.internal.request..";
    private static final String TRANSACTION = "io.fluxgres.internal.transaction..";
    private static final String QUERY = "io.fluxgres.internal.query..";
    private static final String CONNECT = "io.fluxgres.internal.connect..";
    private static final String CONFIG = "io.fluxgres.internal.config..";
    private static final String CLIENT = "io.fluxgres.internal.client..";

    private static final String LAYERS = "docs/adr/0002-layers-and-their-imports.md";
    private static final String PURE_CORE = "docs/adr/0003-pure-protocol-core.md";
    private static final String BUFFERS = "docs/adr/0005-buffer-ownership.md";
    private static final String BUILD = "docs/adr/0014-java-17-and-the-build.md";

    /** The public entry points get their implementations here, so this class alone may name any layer. */
    private static final DescribedPredicate<JavaClass> COMPOSITION_ROOT = describe(
            "the composition root",
            type -> type.getName().equals("io.fluxgres.CompositionRoot")
                    || type.getName().startsWith("io.fluxgres.CompositionRoot$"));

    private static final DescribedPredicate<JavaClass> JDK_AND_JSPECIFY =
            resideInAnyPackage("java..", "org.jspecify.annotations..");
    private static final DescribedPredicate<JavaClass> NETTY_BUFFER =
            resideInAPackage("io.netty.buffer..").or(belongToAnyOf(ByteProcessor.class));
    private static final DescribedPredicate<JavaClass> REACTOR =
            resideInAnyPackage("org.reactivestreams..", "reactor.core..", "reactor.util..");

    private static final Pattern COUNTING_METHOD =
            Pattern.compile("retain.*|readRetained.*|release|safeRelease|releaseLater");

    @ArchTest
    static final ArchRule everyClassIsInALayer = classes()
            .should()
            .resideInAnyPackage(
                    API,
                    CODEC_SPI,
                    PROTOCOL,
                    NET,
                    CODECS,
                    STATEMENT,
                    ROW,
                    SESSION,
                    FLIGHT,
                    REQUEST,
                    TRANSACTION,
                    QUERY,
                    CONNECT,
                    CONFIG,
                    CLIENT)
            .because(LAYERS);

    @ArchTest
    static final ArchRule publicApi = classes()
            .that(resideInAPackage(API).and(DescribedPredicate.not(COMPOSITION_ROOT)))
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(API, CODEC_SPI))
                    .or(REACTOR)
                    .or(resideInAPackage("io.netty.buffer..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule codecSpi = classes()
            .that()
            .resideInAPackage(CODEC_SPI)
            .should()
            .onlyDependOnClassesThat(
                    JDK_AND_JSPECIFY.or(resideInAPackage(CODEC_SPI)).or(NETTY_BUFFER))
            .because(LAYERS);

    @ArchTest
    static final ArchRule protocol = classes()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(PROTOCOL, "javax.crypto.."))
                    .or(NETTY_BUFFER))
            .because(PURE_CORE);

    @ArchTest
    static final ArchRule protocolHasNoThreadsClockOrRandomness = noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "java.util.concurrent..",
                            "java.util.random..",
                            "java.net..",
                            "java.nio.channels..",
                            "java.nio.file..")
                    .or(belongToAnyOf(
                            Thread.class,
                            ThreadLocal.class,
                            Runtime.class,
                            Clock.class,
                            Random.class,
                            SecureRandom.class,
                            SplittableRandom.class,
                            Timer.class)))
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .because(PURE_CORE);

    @ArchTest
    static final ArchRule net = classes()
            .that()
            .resideInAPackage(NET)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(NET, PROTOCOL, API))
                    .or(REACTOR)
                    .or(resideInAnyPackage("javax.net..", "io.netty..", "reactor.netty..", "org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule statement = classes()
            .that()
            .resideInAPackage(STATEMENT)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(STATEMENT, PROTOCOL, CODECS, CODEC_SPI, API))
                    .or(NETTY_BUFFER))
            .because(LAYERS);

    @ArchTest
    static final ArchRule row = classes()
            .that()
            .resideInAPackage(ROW)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(ROW, STATEMENT, PROTOCOL, CODECS, CODEC_SPI, API))
                    .or(NETTY_BUFFER))
            .because(LAYERS);

    @ArchTest
    static final ArchRule session = classes()
            .that()
            .resideInAPackage(SESSION)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(SESSION, ROW, STATEMENT, NET, PROTOCOL, API))
                    .or(NETTY_BUFFER)
                    .or(REACTOR)
                    .or(resideInAnyPackage("org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule flight = classes()
            .that()
            .resideInAPackage(FLIGHT)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(FLIGHT, SESSION, STATEMENT, NET, PROTOCOL, API))
                    .or(belongToAnyOf(Exceptions.class)))
            .because(LAYERS);

    @ArchTest
    static final ArchRule request = classes()
            .that()
            .resideInAPackage(REQUEST)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(REQUEST, FLIGHT, SESSION, ROW, STATEMENT, NET, PROTOCOL, API))
                    .or(REACTOR))
            .because(LAYERS);

    @ArchTest
    static final ArchRule transaction = classes()
            .that()
            .resideInAPackage(TRANSACTION)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(TRANSACTION, REQUEST, FLIGHT, SESSION, STATEMENT, NET, API))
                    .or(REACTOR)
                    .or(resideInAnyPackage("org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule query = classes()
            .that()
            .resideInAPackage(QUERY)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(QUERY, TRANSACTION, REQUEST, FLIGHT, SESSION, ROW, STATEMENT, NET, API))
                    .or(REACTOR)
                    .or(resideInAnyPackage("org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule connect = classes()
            .that()
            .resideInAPackage(CONNECT)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(
                            CONNECT, QUERY, REQUEST, SESSION, ROW, STATEMENT, NET, PROTOCOL, CODECS, CODEC_SPI, API))
                    .or(REACTOR)
                    .or(resideInAnyPackage(
                            "javax.crypto..", "io.netty.util.concurrent..", "com.ongres..", "org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule codecs = classes()
            .that()
            .resideInAPackage(CODECS)
            .should()
            .onlyDependOnClassesThat(
                    JDK_AND_JSPECIFY.or(resideInAnyPackage(CODECS, CODEC_SPI)).or(NETTY_BUFFER))
            .because(LAYERS);

    @ArchTest
    static final ArchRule config = classes()
            .that()
            .resideInAPackage(CONFIG)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY.or(resideInAnyPackage(CONFIG, API)))
            .because(LAYERS);

    @ArchTest
    static final ArchRule client = classes()
            .that()
            .resideInAPackage(CLIENT)
            .should()
            .onlyDependOnClassesThat(JDK_AND_JSPECIFY
                    .or(resideInAnyPackage(CLIENT, CONNECT, QUERY, SESSION, STATEMENT, API))
                    .or(REACTOR)
                    .or(resideInAnyPackage("io.netty.util.concurrent..", "reactor.pool..", "org.slf4j..")))
            .because(LAYERS);

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().assignedFrom(new PackagesWithoutCompositionRoot())
            .should()
            .beFreeOfCycles()
            .because(LAYERS);

    @ArchTest
    static final ArchRule circlesAreSmall = classes()
            .that()
            .resideInAnyPackage("io.fluxgres.codec..", "io.fluxgres.internal..")
            .should(ClassCircles.ofAtMost(3))
            .because(LAYERS);

    @ArchTest
    static final ArchRule onlyNetCountsReferences = noClasses()
            .that()
            .resideOutsideOfPackage(NET)
            .should()
            .accessTargetWhere(describe("a reference count is changed", ArchitectureTest::changesReferenceCount))
            .because(BUFFERS);

    @ArchTest
    static final ArchRule namesSayWhatAClassDoes = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl)")
            .because(BUILD);

    @ArchTest
    static final ArchRule internalClassesAreClosed = classes()
            .that()
            .resideInAPackage("io.fluxgres.internal..")
            .should(beClosedToExtension())
            .because(BUILD);

    @ArchTest
    static final ArchRule packagesAreNullMarked =
            classes().should(resideInANullMarkedPackage()).because(BUILD);

    private static boolean changesReferenceCount(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return COUNTING_METHOD.matcher(access.getTarget().getName()).matches()
                && (owner.isAssignableTo(ReferenceCounted.class) || owner.isEquivalentTo(ReferenceCountUtil.class));
    }

    private static ArchCondition<JavaClass> beClosedToExtension() {
        return condition(
                "be final, sealed, or an interface",
                type -> type.isInterface()
                        || type.isEnum()
                        || type.isAnonymousClass()
                        || type.getModifiers().contains(JavaModifier.FINAL)
                        || type.reflect().isSealed());
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return condition(
                "reside in a package that is @NullMarked",
                type -> type.getPackage().isAnnotatedWith(NullMarked.class));
    }

    private static ArchCondition<JavaClass> condition(String description, Predicate<JavaClass> fulfilled) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean satisfied = fulfilled.test(type);
                String message = "%s should %s".formatted(type.getDescription(), description);
                events.add(new SimpleConditionEvent(type, satisfied, message));
            }
        };
    }

    private static final class PackagesWithoutCompositionRoot implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return COMPOSITION_ROOT.test(type) || !type.getPackageName().startsWith(API)
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages, but for the composition root";
        }
    }

    /** Leaves out the testkit, which shares the root package and is on the class path of the tests. */
    static final class DoNotIncludeTestkit implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/io/fluxgres/testkit/");
        }
    }
}
