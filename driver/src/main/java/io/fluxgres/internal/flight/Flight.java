package io.fluxgres.internal.flight;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.statement.ResultShape;
import io.fluxgres.internal.statement.SqlText;
import org.jspecify.annotations.Nullable;

/**
 * How a request travels, and what the connection learns from its answers. Used once, by the {@code Request} whose results
 * it carries, and confined to the event loop.
 */
public interface Flight {

    /** Whether BEGIN can ride in front of it; else it must go ahead. */
    boolean mayCarryBegin();

    /**
     * Writes the messages, or as many as may be ahead of their answers, and returns the state of the answers.
     *
     * @param transaction what the request is part of, null if only the order of the requests decides that
     */
    BackendState write(FrontendWriter out, PortalSink sink, @Nullable TransactionStart transaction);

    /** Whether it may be written in such a way that depends on the transaction status. */
    boolean needsTransactionStatus();

    /** Whether BEGIN rode in front and was not answered. */
    boolean opensTransaction();

    /** Whether a savepoint rode in front, since the server may refuse the types of values and must not abort for that. */
    boolean isGuarded();

    /** Whether the server has refused that savepoint, and another attempt can do without. */
    boolean mayDoWithoutGuard();

    /** Whether nothing may follow: because of what rode in front, or because the server may leave the query protocol. */
    boolean isBarrier();

    /** Returns the portal of which each chunk is an exchange; null if all rows come in one. */
    default @Nullable Cursor cursor() {
        return null;
    }

    /** Writes the request for the next chunk of {@link #cursor}. */
    default BackendState writeNext(FrontendWriter out, PortalSink sink) {
        throw new IllegalStateException("there are no chunks of rows");
    }

    /** Whether messages are still to be written. */
    default boolean hasMoreToWrite() {
        return false;
    }

    /**
     * Writes as many of the rest as may be ahead of their answers.
     *
     * @param unwanted nobody wants the results any more
     * @return why something could not be written, so that the request fails; null if nothing went wrong
     */
    default @Nullable PgException writeMore(FrontendWriter out, boolean unwanted) {
        return null;
    }

    /** Returns how many executions were written. */
    default long executions() {
        return 1;
    }

    /**
     * Returns another flight of the same request, after this one has shown that it {@link #isRepeatable}; it goes back to the
     * savepoint that was in front of this one, or does without.
     */
    Flight another();

    /** Returns what is known of the SQL since it was written. */
    SqlText text();

    /** Returns the SQL, for messages and observers. */
    String sql();

    void onParseComplete();

    void onParameterDescription(ParameterDescription description);

    /** The statement, or that of an item, is executed from now on. */
    void onBindComplete();

    /** Returns the columns of the result that begins. */
    ResultShape onRowDescription(RowDescription description);

    void onNoData();

    /** Returns the columns of the open result, null if it has none. */
    @Nullable ResultShape shape();

    /** Behind the end of one statement's result. */
    void onResultEnd();

    /** Learns from an error and returns the exception for it. */
    PgException onError(ErrorFields error);

    /** The conversation has ended. */
    void onReady();

    /** Whether the request failed without effect, for a reason that another attempt would do without. */
    boolean isRepeatable();

    /** Whether sending values with other types did not help, so that the error before it tells more. */
    boolean isInVain();
}
