package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a point query allocates that the connection keeps prepared: one int bound, one row of two ints mapped. In a JVM of
 * its own, for Netty's leak detector allocates for each access.
 */
@Timeout(180)
class QueryAllocationIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"loop, 300", "caller, 364"}) // measured: 240 and 304; the compiler may keep what it need not
    void aWarmPointQueryAllocatesLittle(String thread, long budget) throws IOException, InterruptedException {
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
                        QueryAllocationProgram.class.getName(),
                        thread,
                        postgres.url()));

        long bytes = printed.lines()
                .filter(line -> line.startsWith("bytes="))
                .mapToLong(line -> Long.parseLong(line.substring("bytes=".length())))
                .min()
                .orElseThrow();
        assertThat(bytes).as(printed).isLessThanOrEqualTo(budget);
    }
}
