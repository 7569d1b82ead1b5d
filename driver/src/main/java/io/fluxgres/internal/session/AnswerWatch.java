package io.fluxgres.internal.session;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the server answers the driver's own statements, of which one at a time is in flight.
 *
 * <p>One timer serves them one after the other: when it goes off it looks at what is awaited then, and is set again for the
 * time that this one has left. So an answer that comes in time, as nearly all do, costs no timer of its own.
 *
 * <p>Confined to the event loop.
 */
public final class AnswerWatch {

    /** Runs an action after so many nanoseconds. */
    interface Timer {

        Future<?> schedule(Runnable action, long delay);
    }

    /** Who waits for an answer. */
    public interface Waiting {

        /** The answer has not come in time. */
        void onSilence(Duration bound);
    }

    private final Timer timer;
    private final Duration bound;
    private @Nullable Waiting waiting;
    private long since;
    private @Nullable Future<?> set;

    AnswerWatch(Timer timer, Duration bound) {
        this.timer = timer;
        this.bound = bound;
    }

    /** From now on an answer is awaited. */
    public void begin(Waiting statement) {
        waiting = statement;
        since = System.nanoTime();
        if (set == null) {
            set = timer.schedule(this::onTimer, nanos());
        }
    }

    /** The answer has come, or never will. */
    public void end() {
        waiting = null;
    }

    /** Nothing is sent any more. */
    void stop() {
        waiting = null;
        if (set != null) {
            set.cancel(false);
        }
    }

    private void onTimer() {
        set = null;
        Waiting late = waiting;
        if (late == null) {
            return;
        }
        long left = nanos() - (System.nanoTime() - since);
        if (left > 0) {
            set = timer.schedule(this::onTimer, left);
        } else {
            waiting = null;
            late.onSilence(bound);
        }
    }

    /** Saturates, so that a bound of ages is as good as none. */
    private long nanos() {
        return TimeUnit.NANOSECONDS.convert(bound);
    }
}
