package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.MeasuredProgram;
import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the execution of a warm statement through the adapter costs: one int bound, one row of one int mapped, and the
 * operators in between.
 */
@Timeout(180)
class CostIT {

    /** Measured on JDK 17: 856 to 928. As the compiler inlines, it may be a fifth more. */
    private static final double MOST_BYTES = 1200;

    /** What remembers a decoder takes 24 bytes. */
    private static final double LESS_THAN_A_DECODER = 12;

    /** Times what the driver's own API takes. Measured: 0.9 to 1.1. */
    private static final double MOST_TIME = 1.5;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    private MeasuredProgram measure(String what) throws IOException, InterruptedException {
        return MeasuredProgram.run(
                directory,
                CostProgram.class,
                // the adaptive allocator of Netty makes objects for each read, which are not the driver's
                List.of("-Xmx128m", "-Dio.netty.allocator.type=pooled"),
                "r2dbc:fluxgres" + postgres.url().substring("postgresql".length()),
                what);
    }

    @Test
    void aWarmStatementTakesLittleMemoryAndItsDecodersAreResolvedOnce() throws IOException, InterruptedException {
        MeasuredProgram measured = measure("bytes");

        assertThat(measured.last("bytes")).as(measured.toString()).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(measured.last("byIndex")).as(measured.toString()).isLessThan(LESS_THAN_A_DECODER);
        assertThat(measured.last("byName")).as(measured.toString()).isLessThan(LESS_THAN_A_DECODER);
    }

    @Test
    void aWarmStatementTakesNotMuchMoreTimeThanByTheDriversOwnApi() throws IOException, InterruptedException {
        MeasuredProgram measured = measure("time");

        assertThat(measured.last("ratio")).as(measured.toString()).isLessThanOrEqualTo(MOST_TIME);
    }
}
