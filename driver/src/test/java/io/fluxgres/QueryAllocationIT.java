package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.MeasuredProgram;
import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a point query allocates that the connection keeps prepared: one int bound, one row of two ints mapped.
 */
@Timeout(180)
class QueryAllocationIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"loop, 260", "caller, 324"}) // measured: 208 and 272; the compiler may keep what it need not
    void aWarmPointQueryAllocatesLittle(String thread, long budget) throws IOException, InterruptedException {
        MeasuredProgram measured = MeasuredProgram.run(
                directory,
                QueryAllocationProgram.class,
                // the adaptive allocator of Netty makes objects for each read, which are not the driver's
                List.of("-Xmx128m", "-Dio.netty.allocator.type=pooled"),
                thread,
                postgres.url(),
                Long.toString(budget));

        assertThat(measured.last("bytes")).as(measured.toString()).isLessThanOrEqualTo(budget);
    }
}
