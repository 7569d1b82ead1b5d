package io.fluxgres.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.benchmarks.Comparison.Results;
import io.fluxgres.benchmarks.Workload.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Load LOAD = Load.parse("point-1/1");
    private static final Load OTHER = Load.parse("scan-1/1");

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        Results results = new Results();
        for (double throughput : new double[] {300, 100, 200}) {
            results.add(LOAD, "fluxgres", new Measurement(10, throughput, 10, 100, 5, 9));
            results.add(LOAD, "pgjdbc", new Measurement(10, throughput / 2, 20, 250, 6, 8));
        }
        results.add(OTHER, "fluxgres", new Measurement(10, 3, 10, 100, 5, 9));
        results.add(OTHER, "floor-nio", new Measurement(10, 6, 4, 0, 5, 9));
        Plan plan = Plan.parse(List.of("quick", "output=" + directory));

        new Report(plan, results, new Environment(Map.of("date", "2026-01-02"))).write();
    }

    @Test
    void theTablesHaveTheMedians() throws IOException {
        assertThat(Files.readString(directory.resolve("results.md")))
                .contains("- date: 2026-01-02")
                .contains("| fluxgres | 200 | 10.0 | 100 | 5.0 | 9.0 |")
                .contains("| pgjdbc | 100 | 20.0 | 250 | 6.0 | 8.0 |");
    }

    @Test
    void throughputOfBulkLoadsIsToldInRows() throws IOException {
        assertThat(Files.readString(directory.resolve("results.md")))
                .contains("| | rows/s |")
                .contains("| fluxgres | 3,000,000 |");
    }

    @Test
    void thereAreRatiosToEveryoneWhoTookPart() throws IOException {
        assertThat(Files.readString(directory.resolve("results.md")))
                .containsSubsequence(
                        "## fluxgres in relation to others",
                        "### Operations a second",
                        "| | pgjdbc | floor-nio |",
                        "| point-1/1 | 2.00 | – |",
                        "| scan-1/1 | – | 0.50 |",
                        "### CPU time",
                        "| point-1/1 | 0.50 | – |",
                        "| scan-1/1 | – | 2.50 |",
                        "### Bytes",
                        "| point-1/1 | 0.40 | – |",
                        "| scan-1/1 | – | – |",
                        "### p50",
                        "| point-1/1 | 0.83 | – |")
                .doesNotContain("## fluxgres-r2dbc");
    }

    @Test
    void theJsonHasEveryRound() throws IOException {
        assertThat(Files.readString(directory.resolve("results.json")))
                .contains("\"date\" : \"2026-01-02\"")
                .containsOnlyOnce(": 300.0")
                .containsOnlyOnce(": 50.0");
    }

    @Test
    void thereIsAChartOfEachFigure() throws IOException {
        for (String chart : List.of("throughput.svg", "cpu.svg", "allocation.svg")) {
            assertThat(Files.readString(directory.resolve(chart)).contains("</svg>"))
                    .as(chart)
                    .isTrue();
        }
    }
}
