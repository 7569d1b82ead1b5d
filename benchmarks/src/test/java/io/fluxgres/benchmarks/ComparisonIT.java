package io.fluxgres.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs each load on each contender for a moment, in this JVM, so that none of them rots; the sums they report are checked. */
class ComparisonIT {

    private static Server server;

    @BeforeAll
    static void startServer() throws IOException, SQLException {
        server = Server.start(Dataset.SMALL);
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    static Stream<Arguments> entries() {
        return Contenders.names().stream()
                .flatMap(contender -> Load.all().stream()
                        .filter(load -> Contenders.takesPart(contender, load.workload()))
                        .map(load -> Arguments.of(contender, load)));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void everyContenderCompletesItsLoads(String contender, Load load) throws InterruptedException {
        try (Worker worker = new Worker(contender, server.target())) {
            Measurement measured = worker.measure(load, Duration.ZERO, Duration.ofMillis(20));

            assertThat(measured.operations()).isPositive();
            assertThat(measured.throughput()).isPositive();
            assertThat(measured.allocatedBytes()).isNotNegative();
        }
    }

    @Test
    void theCommandComparesProcessesAndWritesAReport() throws IOException, SQLException {
        Comparison.main(new String[] {"smoke", "loads=point-1/1", "contenders=fluxgres,floor-netty"});

        assertThat(Files.readString(Path.of("target", "benchmarks", "results.md")))
                .contains("- JDK: ", "## fluxgres in relation to others", "### point-1/1", "| floor-netty | ");
    }

    @Test
    void aWrongResultFailsTheLoad() throws InterruptedException {
        Target other = new Target(
                server.target().host(),
                server.target().port(),
                server.target().database(),
                server.target().user(),
                server.target().password(),
                server.target().trustedUser(),
                new Dataset(Dataset.SMALL.scanRows() + 1, Dataset.SMALL.wideRows()),
                server.target().farPorts());
        try (Worker worker = new Worker("pgjdbc", other)) {
            assertThatThrownBy(() -> worker.measure(Load.parse("scan-1/1"), Duration.ZERO, Duration.ofMillis(20)))
                    .hasMessageContaining("adds up to");
        }
    }
}
