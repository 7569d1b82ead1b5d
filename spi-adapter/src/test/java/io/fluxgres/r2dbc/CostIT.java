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

/**
 * What the execution of a warm statement through the adapter allocates: one int bound, one row of one int mapped, and the
 * operators in between. In a JVM of its own, for Netty's leak detector allocates for each access.
 */
@Timeout(180)
class AllocationIT {

    /** Measured on JDK 17: 976 to 1000. As the compiler inlines, it may be a fifth more. */
    private static final long BUDGET = 1200;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @Test
    void aWarmStatementTakesLittleMemory() throws IOException, InterruptedException {
        String printed = ChildJvm.run(
                directory,
                List.of(
                        "-Xmx128m",
                        // the adaptive allocator of Netty makes objects for each read, which are not the driver's
                        "-Dio.netty.allocator.type=pooled",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-cp",
                        ChildJvm.classPath().stream()
                                .map(Path::toString)
                                .collect(Collectors.joining(File.pathSeparator)),
                        StatementAllocationProgram.class.getName(),
                        "r2dbc:fluxgres" + postgres.url().substring("postgresql".length())));

        long bytes = printed.lines()
                .filter(line -> line.startsWith("bytes="))
                .mapToLong(line -> Long.parseLong(line.substring("bytes=".length())))
                .min()
                .orElseThrow();
        assertThat(bytes).as(printed).isLessThanOrEqualTo(BUDGET);
    }
}
