package io.fluxgres.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be sent on a connection, in virtual time. */
@Timeout(30)
class AdmissionTest {

    private static final int DEPTH = 256;

    private final Admission admission = new Admission(DEPTH);

    /** In nanoseconds. */
    private long now = 1_000_000;

    private int pending;

    /** Connects, and has the ping answered after a round trip. */
    private void connect(long roundTrip) {
        admission.onConnected(MILLISECONDS.toNanos(roundTrip * 4 + 50), now);
        ping(roundTrip);
    }

    private void ping(long roundTrip) {
        assertThat(admission.isPingDue(0)).isTrue();
        admission.addPing(now);
        pending++;
        answerAfter(roundTrip);
        assertThat(admission.isPingDue(0)).isFalse();
    }

    private static Pace fast() {
        Pace pace = new Pace();
        pace.onEnd(0, 0, false);
        return pace;
    }

    private void send(Pace pace) {
        admission.add(pace, now);
        pending++;
    }

    private void answerAfter(long millis) {
        now += MILLISECONDS.toNanos(millis);
        pending--;
        admission.onAnswer(pending, now);
    }

    private boolean mayAdd() {
        return admission.mayAdd(pending, now);
    }

    @Test
    void nothingMayBeSentBehindWhatIsNotKnownToBeFast() {
        connect(1);
        send(fast());
        assertThat(mayAdd()).isTrue();

        send(new Pace());
        assertThat(mayAdd()).isFalse();

        answerAfter(1);
        assertThat(mayAdd()).isFalse();

        answerAfter(1);
        assertThat(mayAdd()).isTrue();
    }

    @Test
    void nothingIsSentBeyondTheDepth() {
        connect(1);
        for (int i = 0; i < DEPTH; i++) {
            assertThat(mayAdd()).isTrue();
            send(fast());
        }
        assertThat(mayAdd()).isFalse();
    }

    @Test
    void eachIsMeasuredFromTheEndOfTheOneInFrontOfIt() {
        connect(0);
        Pace first = fast();
        Pace second = fast();
        send(first);
        send(second);

        answerAfter(20);
        assertThat(admission.patience(now)).isEqualTo(Pace.PATIENCE);
        answerAfter(1);

        assertThat(first.isFast()).isFalse();
        assertThat(second.isFast()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 60, 150})
    void theRoundTripIsNobodysFault(int roundTrip) {
        connect(roundTrip);
        Pace pace = new Pace();

        send(pace);
        answerAfter(roundTrip + 19);
        assertThat(pace.isFast()).isTrue();

        send(pace);
        now += MILLISECONDS.toNanos(roundTrip + 19);
        assertThat(mayAdd()).isTrue();
        now += MILLISECONDS.toNanos(1);
        assertThat(mayAdd()).isFalse();
    }

    @Test
    void theRoundTripIsCountedOnceForAllThatAreInFlightTogether() {
        connect(60);
        Pace pace = fast();
        send(pace);
        Pace late = fast();
        send(late);
        answerAfter(60);

        answerAfter(21);

        assertThat(pace.isFast()).isTrue();
        assertThat(late.isSlow()).isFalse();
        assertThat(slowExecutionsUntilSlow(late)).isEqualTo(5);
    }

    private static int slowExecutionsUntilSlow(Pace pace) {
        int executions = 0;
        while (!pace.isSlow()) {
            pace.onEnd(Pace.PATIENCE, 0, false);
            executions++;
        }
        return executions;
    }

    @Test
    void aStatementThatComesLaterHasItsWholeRoundTrip() {
        connect(60);
        Pace pace = fast();
        send(pace);
        now += MILLISECONDS.toNanos(50);
        send(pace);
        answerAfter(10);

        answerAfter(50 + 19);

        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void aShorterRoundTripIsLearntFromAnyAnswer() {
        connect(60);
        send(fast());
        answerAfter(5);
        Pace pace = fast();

        send(pace);
        answerAfter(5 + 20);

        assertThat(pace.isFast()).isFalse();
    }

    @Test
    void aLongerRoundTripIsLearntFromThePingThatFollowsADoubt() {
        connect(5);
        Pace pace = fast();
        send(pace);
        answerAfter(60);
        assertThat(pace.isFast()).isFalse();

        ping(60);
        Pace other = fast();
        send(other);
        answerAfter(60 + 19);

        assertThat(other.isFast()).isTrue();
        assertThat(admission.isPingDue(0)).isFalse();
    }

    @Test
    void noPingIsSentBehindOthers() {
        admission.onConnected(0, now);

        assertThat(admission.isPingDue(1)).isFalse();
        assertThat(admission.isPingDue(0)).isTrue();
    }

    @Test
    void slowStatementsAreNotTakenForASlowNetwork() {
        connect(5);
        Pace pace = new Pace();
        for (int i = 0; i < 3; i++) {
            send(pace);
            answerAfter(100);
            ping(5);
        }
        assertThat(pace.isSlow()).isTrue();
    }

    @Test
    void theRoundTripIsBounded() {
        connect(60_000);
        Pace pace = fast();

        send(pace);
        now += MILLISECONDS.toNanos(2000 + 20);

        assertThat(mayAdd()).isFalse();
    }

    @Test
    void whatIsTooOldIsBlamedOnce() {
        connect(0);
        Pace pace = fast();
        send(pace);
        now += Pace.PATIENCE;
        assertThat(admission.patience(now)).isZero();

        admission.blameHead();
        admission.blameHead();
        answerAfter(20);

        for (int i = 0; i < 8; i++) {
            assertThat(pace.isFast()).isFalse();
            pace.onEnd(0, 0, false);
        }
        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void whatIsClearedIsNotBlamed() {
        connect(0);
        Pace pace = new Pace();
        send(pace);

        admission.clear();
        admission.blameHead();
        pending = 0;
        now += Pace.PATIENCE;
        admission.onAnswer(0, now);

        assertThat(mayAdd()).isTrue();
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void whatTheLoopIsLateByIsNobodysFault() {
        connect(0);
        Pace pace = fast();
        send(pace);
        assertThat(admission.startTicking(now)).isTrue();
        assertThat(admission.startTicking(now)).isFalse();

        // the answer is read in front of the tick, both late
        answerAfter(100);
        admission.onTick(now);
        assertThat(pace.isFast()).isTrue();

        send(pace);
        assertThat(admission.startTicking(now)).isTrue();
        tickAfter(5);
        tickAfter(80);
        answerAfter(10);
        assertThat(pace.isFast()).isTrue();

        send(pace);
        assertThat(admission.startTicking(now)).isFalse();
        tickAfter(1);
        tickAfter(5);
        tickAfter(5);
        tickAfter(5);
        answerAfter(6);
        assertThat(pace.isFast()).isFalse();
    }

    private void tickAfter(long millis) {
        now += MILLISECONDS.toNanos(millis);
        admission.onTick(now);
        admission.startTicking(now);
    }

    @Test
    void nobodyLooksAtTheLoopWhileNothingIsMeasured() {
        connect(0);
        assertThat(admission.startTicking(now)).isFalse();

        send(fast());
        now += Pace.PATIENCE;

        assertThat(admission.startTicking(now)).isFalse();
    }

    @Test
    void whoWaitsBehindAnUnknownTextIsPatientForItsRoundTripFromTheConnectOn() {
        now += MILLISECONDS.toNanos(10_000);
        connect(60);
        send(new Pace());

        // it waited for the connection too
        assertThat(admission.patience(MILLISECONDS.toNanos(9000), now)).isEqualTo(MILLISECONDS.toNanos(20));
        answerAfter(60);
        Pace unknown = new Pace();
        send(unknown);
        assertThat(admission.patience(0, now)).isEqualTo(MILLISECONDS.toNanos(80));
        assertThat(admission.patience(MILLISECONDS.toNanos(80), now)).isZero();
    }

    @Test
    void anAnswerThatIsNobodysTeachesNothing() {
        connect(60);
        Pace pace = fast();
        send(pace);

        // of a statement that is executed again, say
        now += MILLISECONDS.toNanos(5);
        admission.onAnswer(pending, now);
        answerAfter(60);
        send(pace);
        answerAfter(79);

        assertThat(pace.isFast()).isTrue();
    }

    @Test
    void severalThatEndAtOnceTeachNothing() {
        connect(60);
        Pace pace = new Pace();
        send(pace);
        send(pace);

        pending--;
        answerAfter(1000);

        assertThat(pace.isSlow()).isFalse();
        assertThat(pace.isFast()).isFalse();
        assertThat(mayAdd()).isTrue();
    }

    @Test
    void anExclusiveConnectionIsAsFarAway() {
        Pace pace = fast();
        admission.learn(pace, MILLISECONDS.toNanos(1000));
        assertThat(pace.isFast()).isTrue();

        connect(60);
        admission.learn(pace, MILLISECONDS.toNanos(60 + 19));
        assertThat(pace.isFast()).isTrue();
        for (int i = 0; i < 6; i++) {
            admission.learn(pace, MILLISECONDS.toNanos(60 + 20));
        }
        assertThat(pace.isSlow()).isTrue();
    }
}
