package io.fluxgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * One execution of a query, as a {@link PgObserver} sees it: the same object at its start and at its end. What is measured
 * changes in between and on the event loop only; from the end on it stays as it is.
 */
public interface PgExecution {

    /** Returns the SQL as the caller gave it, without the values of parameters. */
    String sql();

    /** Returns the id of the connection's server process, 0 if the server did not tell. */
    int processId();

    /** Returns the context of the subscriber, which may carry the parent of a span. */
    ContextView context();

    /** Returns the time from the subscription until the query was written, null if it was not. */
    @Nullable Duration queueTime();

    /** Returns the time from the subscription until the first row was delivered, null if none was. */
    @Nullable Duration timeToFirstRow();

    /** Returns the time from the subscription to the end; so far, if it has not ended. */
    Duration duration();

    /** Returns the number of rows that were given to the mapping function; an update count has none. */
    long rows();

    /**
     * Returns the length of the messages that answered the query so far, up to ReadyForQuery, with their headers. Encryption
     * and what the server sends unasked, such as notices, are not counted.
     */
    long bytesRead();

    /** Returns the length of the messages that were written for the query, all attempts together. */
    long bytesWritten();

    /** Whether the subscriber has cancelled it. */
    boolean isCancelled();

    /** Returns what the subscriber was told of the failure, null if it has not failed. */
    @Nullable Throwable error();
}
