package io.fluxgres.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class InFlightTest {

    private final InFlight inFlight = new InFlight();

    private static Pace fast() {
        Pace pace = new Pace();
        pace.onEnd(0);
        return pace;
    }

    @Test
    void nothingMayBeSentBehindWhatIsNotKnownToBeFast() {
        inFlight.add(fast(), 0);
        assertThat(inFlight.isClosed()).isFalse();

        inFlight.add(new Pace(), 0);
        assertThat(inFlight.isClosed()).isTrue();

        inFlight.remove(1);
        assertThat(inFlight.isClosed()).isTrue();

        inFlight.remove(2);
        assertThat(inFlight.isClosed()).isFalse();
    }

    @Test
    void eachIsMeasuredFromTheEndOfTheOneInFrontOfIt() {
        Pace first = fast();
        Pace second = fast();
        inFlight.add(first, 0);
        inFlight.add(second, 0);

        inFlight.remove(Pace.PATIENCE);
        assertThat(inFlight.patience(Pace.PATIENCE)).isEqualTo(Pace.PATIENCE);
        inFlight.remove(Pace.PATIENCE + 1);

        assertThat(first.isFast()).isFalse();
        assertThat(second.isFast()).isTrue();
    }

    @Test
    void whatIsTooOldIsBlamedOnce() {
        Pace pace = fast();
        inFlight.add(pace, 0);
        assertThat(inFlight.patience(Pace.PATIENCE)).isZero();

        inFlight.blameHead();
        inFlight.blameHead();
        inFlight.remove(Pace.PATIENCE * 2);

        for (int i = 0; i < 8; i++) {
            assertThat(pace.isFast()).isFalse();
            pace.onEnd(0);
        }
        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void whatIsClearedIsNotBlamed() {
        Pace pace = new Pace();
        inFlight.add(pace, 0);

        inFlight.clear();
        inFlight.blameHead();
        inFlight.remove(Pace.PATIENCE);

        assertThat(inFlight.isClosed()).isFalse();
        assertThat(pace.isSlow()).isFalse();
    }
}
