package io.fluxgres.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.benchmarks.Comparison.Results;
import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs each load on each contender for a moment, in this JVM, so that none of them rots; the sums they report are checked. */
class ComparisonTest {

    private static final Dataset SMALL = new Dataset(1000, 100);

    private static Server server;

    @BeforeAll
    static void startServer() throws IOException, SQLException {
        server = Server.start(SMALL);
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
    void aWrongResultFailsTheLoad() throws InterruptedException {
        Target other = new Target(
                server.target().host(),
                server.target().port(),
                server.target().database(),
                server.target().user(),
                server.target().password(),
                server.target().trustedUser(),
                new Dataset(SMALL.scanRows() + 1, SMALL.wideRows()));
        try (Worker worker = new Worker("pgjdbc", other)) {
            assertThatThrownBy(() -> worker.measure(Load.parse("scan-1/1"), Duration.ZERO, Duration.ofMillis(20)))
                    .hasMessageContaining("adds up to");
        }
    }

    @Test
    void theReportHasEveryRoundAndTheMedians(@TempDir Path directory) throws IOException, SQLException {
        Load load = Load.parse("point-1/1");
        Results results = new Results();
        for (double throughput : new double[] {300, 100, 200}) {
            results.add(load, "fluxgres", new Measurement(10, throughput, 10, 100, 5, 9));
            results.add(load, "pgjdbc", new Measurement(10, throughput / 2, 20, 250, 6, 8));
        }
        Plan plan = Plan.parse(List.of("quick", "loads=point-1/1", "output=" + directory));

        new Report(plan, results, Environment.of(server)).write();

        assertThat(Files.readString(directory.resolve("results.md")))
                .contains("| fluxgres | 200 (1.00) | 10.0 (1.00) | 100 (1.00) | 5.0 | 9.0 |")
                .contains("| pgjdbc | 100 (0.50) | 20.0 (2.00) | 250 (2.50) | 6.0 | 8.0 |")
                .contains("- PostgreSQL: " + server.version());
        assertThat(Files.readString(directory.resolve("results.json"))).containsOnlyOnce("300.0");
        for (String chart : List.of("throughput.svg", "cpu.svg", "allocation.svg")) {
            assertThat(Files.readString(directory.resolve(chart)).contains("</svg>"))
                    .as(chart)
                    .isTrue();
        }
    }

    @Test
    void aPlanRefusesWhatDoesNotExist() {
        assertThatThrownBy(() -> Plan.parse(List.of("quick", "loads=nothing"))).hasMessageContaining("nothing");
        assertThatThrownBy(() -> Plan.parse(List.of("quick", "contenders=nobody")))
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> Plan.parse(List.of("slow"))).hasMessageContaining("slow");
    }

    @Test
    void loadsAreReadAsTheyAreWritten() {
        assertThat(Load.all())
                .allSatisfy(load -> assertThat(Load.parse(load.toString())).isEqualTo(load));
    }
}
