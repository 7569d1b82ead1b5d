package io.fluxgres.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one timer behind which the answers to the driver's own statements are missed. */
@Timeout(30)
class AnswerWatchTest {

    private final Deque<Runnable> timers = new ArrayDeque<>();
    private final List<Future<?>> futures = new ArrayList<>();
    private final List<Duration> late = new ArrayList<>();

    private AnswerWatch watch(Duration bound) {
        return new AnswerWatch(
                (action, delay) -> {
                    timers.add(action);
                    Future<?> future = new CompletableFuture<>();
                    futures.add(future);
                    return future;
                },
                bound);
    }

    private void goOff() {
        timers.remove().run();
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsMissedOnce() {
        AnswerWatch watch = watch(Duration.ZERO);
        watch.begin(late::add);

        goOff();

        assertThat(late).containsExactly(Duration.ZERO);
        assertThat(timers).isEmpty();
    }

    @Test
    void anAnswerInTimeIsNotMissed() {
        AnswerWatch watch = watch(Duration.ZERO);
        watch.begin(late::add);
        watch.end();

        goOff();

        assertThat(late).isEmpty();
        assertThat(timers).isEmpty();
    }

    @Test
    void oneTimerServesManyStatementsOneBehindTheOther() {
        AnswerWatch watch = watch(Duration.ofHours(1));
        for (int i = 0; i < 100; i++) {
            watch.begin(late::add);
            watch.end();
        }

        assertThat(timers).hasSize(1);
    }

    @Test
    void aStatementThatBeganLaterHasItsWholeTime() {
        AnswerWatch watch = watch(Duration.ofHours(1));
        watch.begin(late::add);
        watch.end();
        watch.begin(late::add);

        goOff();

        assertThat(late).isEmpty();
        assertThat(timers).hasSize(1);
    }

    @Test
    void aBoundOfAgesIsAsGoodAsNone() {
        watch(Duration.ofSeconds(Long.MAX_VALUE)).begin(late::add);

        goOff();

        assertThat(late).isEmpty();
    }

    @Test
    void itsEndCancelsTheTimer() {
        AnswerWatch watch = watch(Duration.ZERO);
        watch.begin(late::add);

        watch.stop();
        goOff();

        assertThat(futures).singleElement().matches(Future::isCancelled);
        assertThat(late).isEmpty();
    }
}
