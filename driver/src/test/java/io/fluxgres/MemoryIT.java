package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.MeasuredProgram;
import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/**
 * The memory that results take: that of what is being read, whatever their size. The programs run in JVMs of their own,
 * for the heap is to be small.
 */
@Timeout(180)
class MemoryIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long MIB = 1024 * 1024;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @Test
    void threeMillionRowsPassASmallHeapWithoutAllocation() throws IOException, InterruptedException {
        // the adaptive allocator of Netty makes objects for each read, which would hide those for a row
        MeasuredProgram measured =
                run("rows", "-Xmx32m", "-XX:MaxDirectMemorySize=32m", "-Dio.netty.allocator.type=pooled");
        long rows = 3_000_000;
        assertThat(measured.last("rows")).isEqualTo(rows);
        assertThat(measured.last("sum")).isEqualTo(rows * (rows + 1) / 2);
        assertThat(measured.last("others")).isEqualTo(rows * (rows + 1) / 2 + rows + rows / 2);
        assertThat(measured.last("allocated")).as("bytes for all rows").isLessThan(rows);
    }

    @Test
    void aSlowSubscriberHoldsNoMoreThanWhatTheSocketBrought() throws IOException, InterruptedException {
        MeasuredProgram measured = run("slow", "-Xmx48m", "-XX:MaxDirectMemorySize=32m");
        assertThat(measured.last("characters")).isEqualTo(100_000_000);
        assertThat(measured.last("stalled")).isLessThan(8 * MIB);
        assertThat(measured.last("most")).isLessThan(8 * MIB);
    }

    @Test
    void aValueOf64MebibytesIsReadAndGivenBack() throws IOException, InterruptedException {
        MeasuredProgram measured = run("value", "-Xmx400m", "-XX:MaxDirectMemorySize=256m");
        assertThat(measured.all("length")).hasSize(4).containsOnly(64.0 * MIB);
        assertThat(measured.all("others")).containsOnly(0.0);
        assertThat(measured.all("kept")).allMatch(kept -> kept < 8 * MIB);
    }

    @Test
    void aRowAboveTheLimitEndsTheConnectionWithAnErrorThatNamesTheLimit() {
        PgConnection connection = connect(1024 * 1024);
        String sql = "select repeat('x', $1)";
        int fitting = 1024 * 1024 - 4 - 2 - 4;
        assertThat(connection
                        .query(sql)
                        .bind(fitting)
                        .map(row -> row.getString(0))
                        .blockLast(PATIENCE))
                .hasSize(fitting);
        assertThatThrownBy(() -> connection
                        .query(sql)
                        .bind(fitting + 1)
                        .map(row -> row.getString(0))
                        .blockLast(PATIENCE))
                .isInstanceOf(PgProtocolException.class)
                .hasMessageContaining("DataRow")
                .hasMessageContaining("limit of 1048576 bytes");
        assertThat(connection.isHealthy()).isFalse();
        assertThatThrownBy(() -> connection.query("select 1").rowsUpdated().block(PATIENCE))
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.safeToRetry()).isTrue());
        connection.close().block(PATIENCE);
    }

    /** The rows of each failed result are 4 MiB, the connection may keep 16 MiB. */
    @Test
    void aResultThatFailsBehindKeptRowsGivesThemBack() {
        PgConnection connection = connect(1024 * 1024);
        String sql = "select repeat('x', 1000), 1 / (4001 - i) from generate_series(1, 4001) i";
        for (int i = 0; i < 10; i++) {
            StepVerifier.create(connection.query(sql).map(row -> ""), 1)
                    .expectNext("")
                    .then(() -> assertThat(connection.query("select 1").rows().blockLast(PATIENCE))
                            .isNotNull())
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextCount(3999)
                    .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(PgServerException.class))
                    .verify(PATIENCE);
        }
        connection.close().block(PATIENCE);
    }

    private static PgConnection connect(int maxRowBytes) {
        PgOptions options = PgOptions.parse(postgres.url()).with(PgOption.MAX_ROW_BYTES, maxRowBytes);
        return Objects.requireNonNull(PgClient.create(options).connect().block(PATIENCE));
    }

    private MeasuredProgram run(String scenario, String... options) throws IOException, InterruptedException {
        return MeasuredProgram.run(directory, MemoryProgram.class, List.of(options), scenario, postgres.url());
    }
}
