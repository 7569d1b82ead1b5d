package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
                NonBlockingProgram.class,
                List.of(
                        // the JDK refuses BlockHound's new methods otherwise
                        "-XX:+AllowRedefinitionToAddDeleteMethods",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+EnableDynamicAgentLoading"),
                "r2dbc:fluxgres" + postgres.url().substring("postgresql".length()));

        assertThat(printed).contains("blocking calls: 0");
    }
}
