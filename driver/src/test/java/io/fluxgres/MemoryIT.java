package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/**
 * The memory that results take: that of what is being read, whatever their size. The programs run in JVMs of their own,
 * for the heap is to be small, and Netty's leak detector, which allocates for each access, off.
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
        String printed = run("rows", "-Xmx32m", "-XX:MaxDirectMemorySize=32m", "-Dio.netty.allocator.type=pooled");
        long rows = 3_000_000;
        assertThat(last(printed, "rows")).isEqualTo(rows);
        assertThat(last(printed, "sum")).isEqualTo(rows * (rows + 1) / 2);
        assertThat(last(printed, "others")).isEqualTo(rows * (rows + 1) / 2 + rows + rows / 2);
        assertThat(last(printed, "allocated")).as("bytes for all rows").isLessThan(rows);
    }

    @Test
    void aSlowSubscriberHoldsNoMoreThanWhatTheSocketBrought() throws IOException, InterruptedException {
        String printed = run("slow", "-Xmx48m", "-XX:MaxDirectMemorySize=32m");
        assertThat(last(printed, "characters")).isEqualTo(100_000_000);
        assertThat(last(printed, "stalled")).isLessThan(8 * MIB);
        assertThat(last(printed, "most")).isLessThan(8 * MIB);
    }

    @Test
    void aValueOf64MebibytesIsReadAndGivenBack() throws IOException, InterruptedException {
        String printed = run("value", "-Xmx400m", "-XX:MaxDirectMemorySize=256m");
        assertThat(all(printed, "length")).hasSize(4).containsOnly(64 * MIB);
        assertThat(all(printed, "others")).containsOnly(0L);
        assertThat(all(printed, "kept")).allMatch(kept -> kept < 8 * MIB);
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

    private String run(String scenario, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("-Dio.netty.leakDetection.level=disabled");
        arguments.add("-cp");
        arguments.add(
                ChildJvm.classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        arguments.add(MemoryProgram.class.getName());
        arguments.add(scenario);
        arguments.add(postgres.url());
        return ChildJvm.run(directory, arguments);
    }

    private static long last(String printed, String name) {
        List<Long> numbers = all(printed, name);
        return numbers.get(numbers.size() - 1);
    }

    private static List<Long> all(String printed, String name) {
        List<Long> numbers = printed.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> Long.valueOf(line.substring(name.length() + 1)))
                .toList();
        assertThat(numbers).as(printed).isNotEmpty();
        return numbers;
    }
}
