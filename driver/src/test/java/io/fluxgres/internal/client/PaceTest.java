package io.fluxgres.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
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
        pace.onEnd(FAST, 0, false);

        assertThat(pace.isFast()).isTrue();
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void oneSlowExecutionMakesAnUnknownTextSlowUntilTwoAreFast() {
        pace.onEnd(SLOW, 0, false);

        assertThat(pace.isSlow()).isTrue();
        pace.onEnd(FAST, 0, false);
        assertThat(pace.isSlow()).isTrue();
        pace.onEnd(FAST, 0, false);
        assertThat(pace.isSlow()).isFalse();
        assertThat(pace.isFast()).isFalse();
    }

    @Test
    void aFastTextIsSlowOnlyWhenMostExecutionsAre() {
        pace.onEnd(FAST, 0, false);
        for (int i = 0; i < 5; i++) {
            pace.onEnd(SLOW, 0, false);
            assertThat(pace.isSlow()).isFalse();
            assertThat(pace.isFast()).isFalse();
        }
        pace.onEnd(SLOW, 0, false);

        assertThat(pace.isSlow()).isTrue();
    }

    @Test
    void aTextIsNotFastForSomeExecutionsBehindASlowOneAndForMoreEachTime() {
        pace.onEnd(FAST, 0, false);

        assertThat(executionsUntilFast()).isEqualTo(8);
        assertThat(executionsUntilFast()).isEqualTo(64);
        assertThat(executionsUntilFast()).isEqualTo(512);
        assertThat(executionsUntilFast()).isEqualTo(512);
        assertThat(pace.isSlow()).isFalse();
    }

    private int executionsUntilFast() {
        pace.onEnd(SLOW, 0, false);
        int executions = 0;
        while (!pace.isFast()) {
            pace.onEnd(FAST, 0, false);
            executions++;
        }
        return executions;
    }

    @Test
    void aTextThatHasBeenFastForEightTimesItsProbationIsForgivenByAStep() {
        pace.onEnd(FAST, 0, false);
        assertThat(executionsUntilFast()).isEqualTo(8);
        assertThat(executionsUntilFast()).isEqualTo(64);

        fast(64 * 8);
        assertThat(executionsUntilFast()).isEqualTo(64);

        fast(64 * 8 + 8 * 8 - 1);
        assertThat(executionsUntilFast()).isEqualTo(64);

        fast(64 * 8 + 8 * 8);
        assertThat(executionsUntilFast()).isEqualTo(8);
    }

    private void fast(int executions) {
        for (int i = 0; i < executions; i++) {
            pace.onEnd(FAST, 0, false);
        }
    }

    /** Each is a round trip in which nothing else is sent. */
    @Test
    void aTextIsNotFastForNoLongerThanItsSlowExecutionCost() {
        long roundTrip = Pace.PATIENCE;
        pace.onEnd(FAST, roundTrip, false);

        pace.onEnd(roundTrip * 3, roundTrip, false);
        fast(2);
        assertThat(pace.isFast()).isFalse();
        fast(1);
        assertThat(pace.isFast()).isTrue();

        // eight times that when it happens again
        pace.onEnd(roundTrip * 3, roundTrip, false);
        fast(23);
        assertThat(pace.isFast()).isFalse();
        fast(1);
        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void whatWasShorterThanTheRoundTripIsForgivenAtOnceTheFirstTime() {
        pace.onEnd(FAST, 0, false);

        pace.onEnd(SLOW, SLOW * 3, false);

        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void whatWasBlamedBeforeItsEndIsNotBlamedAgain() {
        long roundTrip = Pace.PATIENCE;
        pace.onEnd(FAST, roundTrip, false);

        pace.onSlow();
        pace.onEnd(roundTrip * 3, roundTrip, true);

        fast(3);
        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void textsThatAreForgottenAreUnknownAgain() {
        Paces paces = new Paces();
        paces.of("select 0").onEnd(FAST, 0, false);
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
        paces.of(sql).onEnd(FAST, 0, false);

        assertThat(paces.of(sql).isFast()).isFalse();
    }
}
