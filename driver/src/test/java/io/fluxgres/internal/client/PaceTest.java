package io.fluxgres.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PaceTest {

    private static final long FAST = Pace.PATIENCE - 1;
    private static final long SLOW = Pace.PATIENCE;

    private final Pace pace = new Pace();

    @Test
    void nothingIsKnownBeforeTheFirstExecution() {
        assertThat(pace.isFast()).isFalse();
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void oneFastExecutionMakesItFast() {
        pace.onEnd(FAST);

        assertThat(pace.isFast()).isTrue();
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void oneSlowExecutionMakesAnUnknownTextSlowUntilTwoAreFast() {
        pace.onEnd(SLOW);

        assertThat(pace.isSlow()).isTrue();
        pace.onEnd(FAST);
        assertThat(pace.isSlow()).isTrue();
        pace.onEnd(FAST);
        assertThat(pace.isSlow()).isFalse();
        assertThat(pace.isFast()).isFalse();
    }

    @Test
    void aFastTextIsSlowOnlyWhenMostExecutionsAre() {
        pace.onEnd(FAST);
        for (int i = 0; i < 5; i++) {
            pace.onEnd(SLOW);
            assertThat(pace.isSlow()).isFalse();
            assertThat(pace.isFast()).isFalse();
        }
        pace.onEnd(SLOW);

        assertThat(pace.isSlow()).isTrue();
    }

    @Test
    void aTextIsNotFastForSomeExecutionsBehindASlowOneAndForMoreEachTime() {
        pace.onEnd(FAST);

        assertThat(executionsUntilFast()).isEqualTo(8);
        assertThat(executionsUntilFast()).isEqualTo(64);
        assertThat(executionsUntilFast()).isEqualTo(512);
        assertThat(executionsUntilFast()).isEqualTo(512);
        assertThat(pace.isSlow()).isFalse();
    }

    private int executionsUntilFast() {
        pace.onEnd(SLOW);
        int executions = 0;
        while (!pace.isFast()) {
            pace.onEnd(FAST);
            executions++;
        }
        return executions;
    }

    @Test
    void textsThatAreForgottenAreUnknownAgain() {
        Paces paces = new Paces();
        paces.of("select 0").onEnd(FAST);
        for (int i = 1; i < 4096; i++) {
            paces.of("select " + i);
        }
        assertThat(paces.of("select 0").isFast()).isTrue();

        paces.of("select 4096");

        assertThat(paces.of("select 0").isFast()).isFalse();
    }

    @Test
    void longTextsAreNotRemembered() {
        Paces paces = new Paces();
        String sql = "select '" + "x".repeat(16 * 1024) + "'";
        paces.of(sql).onEnd(FAST);

        assertThat(paces.of(sql).isFast()).isFalse();
    }
}
