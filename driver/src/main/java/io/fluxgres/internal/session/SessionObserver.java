package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgExecution;
import io.fluxgres.PgObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of queries and the client's observer what happens on one connection. Whatever the observer throws is logged
 * and goes no further, errors of the JVM included.
 */
public final class SessionObserver {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.query");
    private static final PgObserver NOBODY = new PgObserver() {};

    private final PgObserver observer;
    /** Asked once for a connection. */
    private final boolean logging = LOG.isDebugEnabled();

    private SessionObserver(PgObserver observer) {
        this.observer = observer;
    }

    /** Returns the observer of a connection that is about to be made, null if nobody wants to know. */
    public static @Nullable SessionObserver of(@Nullable PgObserver observer) {
        if (observer == null && !LOG.isDebugEnabled()) {
            return null;
        }
        return new SessionObserver(observer == null ? NOBODY : observer);
    }

    void onConnect(String target, int processId, Duration duration, @Nullable Throwable error) {
        tell(told -> told.onConnect(target, processId, duration, error));
    }

    void onDisconnect(String target, int processId, PgException reason) {
        tell(told -> told.onDisconnect(target, processId, reason));
    }

    void onQueryStart(PgExecution execution) {
        tell(told -> told.onQueryStart(execution));
    }

    void onQueryEnd(PgExecution execution) {
        if (logging) {
            LOG.debug(
                    "process {}: {} after {} us, {} rows: {}",
                    execution.processId(),
                    outcome(execution),
                    TimeUnit.NANOSECONDS.toMicros(execution.duration().toNanos()),
                    execution.rows(),
                    execution.sql());
        }
        tell(told -> told.onQueryEnd(execution));
    }

    /** The message of an error may repeat a value, so it is not printed. */
    private static String outcome(PgExecution execution) {
        Throwable error = execution.error();
        if (error == null) {
            return execution.isCancelled() ? "cancelled" : "completed";
        }
        String sqlState = error instanceof PgException reported ? reported.sqlState() : null;
        return "failed with " + (sqlState == null ? error.getClass().getSimpleName() : sqlState);
    }

    private void tell(Consumer<PgObserver> event) {
        try {
            event.accept(observer);
        } catch (Throwable thrown) { // whatever it is, the subscriber must still get its signal
            LOG.warn("the observer failed", thrown);
        }
    }
}
