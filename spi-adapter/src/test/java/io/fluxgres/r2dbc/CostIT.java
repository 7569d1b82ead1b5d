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
 * What the execution of a warm statement through the adapter costs: one int bound, one row of one int mapped, and the
 * operators in between. In a JVM of its own, for Netty's leak detector allocates for each access.
 */
@Timeout(180)
class CostIT {

    /** Measured on JDK 17: 976 to 1000. As the compiler inlines, it may be a fifth more. */
    private static final double MOST_BYTES = 1200;

    /** What remembers a decoder takes 24 bytes. */
    private static final double LESS_THAN_A_DECODER = 12;

    /** Times what the driver's own API takes. Measured: 1.0 to 1.1. */
    private static final double MOST_TIME = 1.5;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    private String measure(String what) throws IOException, InterruptedException {
        return ChildJvm.run(
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
                        CostProgram.class.getName(),
                        "r2dbc:fluxgres" + postgres.url().substring("postgresql".length()),
                        what));
    }

    private static double value(String printed, String name) {
        return printed.lines()
                .filter(line -> line.startsWith(name + "="))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aWarmStatementTakesLittleMemoryAndItsDecodersAreResolvedOnce() throws IOException, InterruptedException {
        String printed = measure("bytes");

        assertThat(value(printed, "bytes")).as(printed).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(value(printed, "byIndex")).as(printed).isLessThan(LESS_THAN_A_DECODER);
        assertThat(value(printed, "byName")).as(printed).isLessThan(LESS_THAN_A_DECODER);
    }

    @Test
    void aWarmStatementTakesNotMuchMoreTimeThanByTheDriversOwnApi() throws IOException, InterruptedException {
        String printed = measure("time");

        assertThat(value(printed, "ratio")).as(printed).isLessThanOrEqualTo(MOST_TIME);
    }
}
