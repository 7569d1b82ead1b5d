package io.fluxgres.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void withoutArgumentsItIsTheQuickOneOfAllThatNeedNoNetwork() {
        Plan plan = Plan.parse(List.of());

        assertThat(plan.profile()).isEqualTo("quick");
        assertThat(plan.loads())
                .isEqualTo(Load.all().stream()
                        .filter(load -> load.roundTrip() == 0)
                        .toList())
                .isNotEmpty();
        assertThat(plan.contenders()).isEqualTo(Contenders.names());
        assertThat(plan.output()).isEqualTo(Path.of("docs", "benchmarks"));
    }

    @Test
    void figuresOfTheSmokeRunStayOutOfTheDocumentation() {
        assertThat(Plan.parse(List.of("smoke")).output()).isEqualTo(Path.of("target", "benchmarks"));
    }

    @Test
    void loadsAreChosenByWorkloadOrByName() {
        Plan plan = Plan.parse(List.of("full", "loads=fortunes,scan-1/1", "contenders=pgjdbc"));

        assertThat(plan.loads())
                .extracting(Load::toString)
                .containsExactly("fortunes-1/1", "fortunes-64/1", "fortunes-64/8", "scan-1/1");
        assertThat(plan.contenders()).containsExactly("pgjdbc");
    }

    @Test
    void aNetworkIsPartOfTheFullProfileAndOfTheQuickOneIfItIsAskedFor() {
        assertThat(Plan.parse(List.of("full")).loads()).isEqualTo(Load.all());
        assertThat(Plan.parse(List.of("quick", "loads=latency")).loads())
                .extracting(Load::toString)
                .containsExactly(
                        "latency-200/1-4ms",
                        "latency-200/1-10ms",
                        "latency-200/1-25ms",
                        "latency-200/1-60ms",
                        "latency-200/1-150ms");
    }

    @Test
    void whatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> Plan.parse(List.of("quick", "loads=nothing"))).hasMessageContaining("nothing");
        assertThatThrownBy(() -> Plan.parse(List.of("quick", "contenders=nobody")))
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> Plan.parse(List.of("slow"))).hasMessageContaining("slow");
        assertThatThrownBy(() -> Plan.parse(List.of("quick", "speed=1"))).hasMessageContaining("speed");
    }

    @Test
    void loadsAreReadAsTheyAreWritten() {
        assertThat(Load.all())
                .allSatisfy(load -> assertThat(Load.parse(load.toString())).isEqualTo(load));
    }
}
