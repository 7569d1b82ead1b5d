package io.fluxgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears of the connections and queries of a client, for metrics and traces: {@link PgOption#OBSERVER}.
 *
 * <p>It never gets the values of parameters or rows. The methods are called on event loops, those of one connection one
 * after the other, and must not block; only a connect that fails may be reported by another thread. What they throw is
 * logged and disturbs nothing.
 */
public interface PgObserver {

    /**
     * A client was created that this observer hears of from now on. Called by the thread that creates it.
     *
     * @param figures what the client is doing, to be asked at any time
     */
    default void onClient(PgClientFigures figures) {}

    /**
     * A subscription to {@link PgClient#connect} has ended, but for one that was cancelled.
     *
     * @param target the address in words
     * @param processId the id of the server process, 0 if the server did not tell or there is none
     * @param duration since the subscription
     * @param error why there is no connection, null if there is one
     */
    default void onConnect(String target, int processId, Duration duration, @Nullable Throwable error) {}

    /**
     * A connection has ended of which {@link #onConnect} has told.
     *
     * @param reason why; its message tells a close by the caller from a loss
     */
    default void onDisconnect(String target, int processId, PgException reason) {}

    /** A query was subscribed to and waits for its turn. */
    default void onQueryStart(PgExecution execution) {}

    /**
     * A query has ended for its subscriber, just before it hears of that. What the server still sends of a query that was
     * cancelled or came too late is not waited for. One that gives {@link PgResult}s whose rows are kept for a later consumer
     * has ended when the server has sent them.
     */
    default void onQueryEnd(PgExecution execution) {}
}
