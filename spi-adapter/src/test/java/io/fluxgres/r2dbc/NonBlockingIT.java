package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** That nothing blocks a thread which must not be blocked. In a JVM of its own, for BlockHound changes the JDK's classes. */
@Timeout(180)
class NonBlockingIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @Test
    void noCallBlocksAnEventLoopOrAThreadOfParallel() throws IOException, InterruptedException {
        String printed = ChildJvm.run(
                directory,
                List.of(
                        // the JDK refuses BlockHound's new methods otherwise
                        "-XX:+AllowRedefinitionToAddDeleteMethods",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+EnableDynamicAgentLoading",
                        "-cp",
                        ChildJvm.classPath().stream()
                                .map(Path::toString)
                                .collect(Collectors.joining(File.pathSeparator)),
                        NonBlockingProgram.class.getName(),
                        "r2dbc:fluxgres" + postgres.url().substring("postgresql".length())));

        assertThat(printed).contains("blocking calls: 0");
    }
}
