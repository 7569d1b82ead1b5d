package io.fluxgres.internal.session;

import io.fluxgres.PgTimeoutException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.Wire;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The time that a subscriber gives its request, one timer of the event loop, to
 * which it is confined once started.
 */
public final class Deadline {

    private final Duration timeout;
    private final long begun;
    private @Nullable Future<?> timer;
    private boolean passed;

    /**
     * Returns a timeout that a user has given.
     *
     * @throws PgUsageException if it is not positive
     */
    public static Duration requirePositive(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new PgUsageException("the timeout of a query must be positive");
        }
        return timeout;
    }

    /**
     * Creates it.
     *
     * @param waited how many nanoseconds have passed already
     */
    public Deadline(Duration timeout, long waited) {
        this.timeout = timeout;
        this.begun = System.nanoTime() - waited;
    }

    /** Begins to watch. */
    public void start(Wire wire, Consumer<Deadline> onPassed) {
        // saturates, so that a timeout of ages is as good as none
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        timer = wire.schedule(() -> pass(onPassed), nanos - (System.nanoTime() - begun));
    }

    private void pass(Consumer<Deadline> onPassed) {
        if (timer != null) {
            passed = true;
            onPassed.accept(this);
        }
    }

    /** Watches no more; without effect if it has passed. */
    public void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Returns how long it gives. */
    public Duration timeout() {
        return timeout;
    }

    /** Whether it has passed before it was stopped. */
    public boolean hasPassed() {
        return passed;
    }

    /**
     * Returns the exception of a request that was late.
     *
     * @param written whether it was sent
     * @param earlier what it had failed of already, or null
     */
    public PgTimeoutException failure(boolean written, @Nullable Throwable earlier) {
        return new PgTimeoutException(
                "the query was not answered within " + timeout.toMillis() + " ms"
                        + (written ? "; its outcome is unknown" : "; it was not sent"),
                !written,
                earlier);
    }
}
