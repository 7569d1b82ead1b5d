package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.AuthRole;
import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The driver on the module path: a program that requires it compiles and runs against what it exports and nothing else,
 * with its own dependencies and nothing else.
 */
@Timeout(180)
class ModulePathIT {

    private static final String DRIVER = "io.fluxgres.driver";

    /** The beginnings of the names of the files that the driver depends on. */
    private static final List<String> DEPENDENCIES = List.of(
            "reactor-core-",
            "reactive-streams-",
            "reactor-netty-core-",
            "reactor-pool-",
            "netty-",
            "slf4j-api-",
            "jspecify-",
            "saslprep-",
            "stringprep-");

    private static final String MODULE = "module client { requires " + DRIVER + "; }";

    private static final String PROGRAM = """
        package client;

        import io.fluxgres.PgClient;
        import io.fluxgres.PgConnection;
        import io.fluxgres.PgRow;
        import io.fluxgres.codec.PgType;
        import java.math.BigDecimal;
        import java.time.Duration;
        import reactor.core.publisher.Flux;
        import reactor.core.publisher.Mono;

        public final class Main {
            public static void main(String[] arguments) {
                Mono<String> answer = Mono.usingWhen(
                        PgClient.create(arguments[0]).connect(),
                        connection -> connection
                                .query("select $1 + 1.50, current_user")
                                .bind(new BigDecimal("41"))
                                .map(row -> row.get(0, BigDecimal.class) + " for " + row.getString(1))
                                .single(),
                        PgConnection::close);
                System.out.println("answer: " + answer.block(Duration.ofSeconds(30)));
                System.out.println("module: " + PgClient.class.getModule() + ", " + PgType.class.getModule());
            }
        }
        """;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @Test
    void aProgramOfAnotherModuleConnectsAndQueries() throws IOException, InterruptedException {
        postgres.assumeEmbedded();
        assertThat(compile(MODULE, PROGRAM)).isEmpty();
        String printed = ChildJvm.run(
                directory,
                List.of(
                        "-p",
                        modulePath() + File.pathSeparator + directory,
                        "-m",
                        "client/client.Main",
                        postgres.url(AuthRole.SCRAM)));
        assertThat(printed)
                .contains("answer: 42.50 for auth_scram")
                .contains("module: module " + DRIVER + ", module " + DRIVER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.fluxgres.internal.connect.SessionFactory",
                "io.fluxgres.internal.protocol.BackendReader",
                "io.fluxgres.internal.protocol.auth.ScramSha256",
                "io.fluxgres.internal.net.Wire",
                "io.fluxgres.internal.codec.CodecRegistry",
                "io.fluxgres.internal.config.ConnectionUri"
            })
    void anInternalClassIsNotVisible(String name) throws ReflectiveOperationException, IOException {
        assertThat(Class.forName(name)).isPublic();
        List<Diagnostic<?>> errors = compile(MODULE, "package client; public final class Main { " + name + " seen; }");
        assertThat(errors).extracting(Diagnostic::getCode).containsExactly("compiler.err.package.not.visible");
    }

    @Test
    void exactlyTheApiAndTheSpiAreExportedToAllAndNothingIsOpen() {
        ModuleDescriptor driver = driver();
        assertThat(driver.isOpen()).isFalse();
        assertThat(driver.opens()).isEmpty();
        assertThat(driver.exports())
                .noneMatch(ModuleDescriptor.Exports::isQualified)
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.fluxgres", "io.fluxgres.codec");
    }

    @Test
    void everyModuleThatTheDriverRequiresIsOnePathEntryOrOfTheJdk() {
        List<String> present = Stream.concat(
                        ModuleFinder.ofSystem().findAll().stream(),
                        ModuleFinder.of(dependencies().toArray(Path[]::new)).findAll().stream())
                .map(ModuleReference::descriptor)
                .map(ModuleDescriptor::name)
                .toList();
        assertThat(driver().requires())
                .isNotEmpty()
                .allSatisfy(required -> assertThat(present).contains(required.name()));
    }

    private static ModuleDescriptor driver() {
        return ModuleFinder.of(driverClasses()).find(DRIVER).orElseThrow().descriptor();
    }

    /** The entry of the class path with the classes of the driver. */
    private static Path driverClasses() {
        return ChildJvm.classPath().stream()
                .filter(entry -> ModuleFinder.of(entry).find(DRIVER).isPresent())
                .findAny()
                .orElseThrow();
    }

    private static List<Path> dependencies() {
        return ChildJvm.classPath().stream()
                .filter(entry -> DEPENDENCIES.stream()
                        .anyMatch(name -> entry.getFileName().toString().startsWith(name)))
                .toList();
    }

    private static String modulePath() {
        return Stream.concat(Stream.of(driverClasses()), dependencies().stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Compiles the sources of a module and returns the errors. */
    private List<Diagnostic<?>> compile(String module, String program) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        StringWriter printed = new StringWriter();
        compiler.getTask(
                        printed,
                        null,
                        diagnostics,
                        List.of("-p", modulePath(), "-d", directory.toString()),
                        null,
                        List.of(new Source("module-info", module), new Source("client/Main", program)))
                .call();
        List<Diagnostic<?>> errors = new ArrayList<>();
        for (Diagnostic<?> diagnostic : diagnostics.getDiagnostics()) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                errors.add(diagnostic);
            }
        }
        assertThat(printed.toString()).isEmpty();
        return errors;
    }

    /** A source file in memory. */
    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
