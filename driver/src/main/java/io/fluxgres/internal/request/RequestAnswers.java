package io.fluxgres.internal.request;

import io.fluxgres.PgUsageException;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.ResultShape;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The server's answers to a request: its flight learns from them, and the request is told which statements have ended.
 *
 * <p>All fields are confined to the event loop, so none is volatile.
 *
 * @param <T> the class of the values
 */
abstract sealed class RequestAnswers<T> extends RowDelivery<T> permits Request {

    /** The end of SQL without a statement. */
    private static final CommandTag EMPTY_QUERY = new CommandTag("", CommandTag.NO_ROWS);

    private Flight flight;

    /** The server reported an error: only ReadyForQuery is left to come, and is not waited for without bound. */
    private boolean refused;

    RequestAnswers(Session session, Flight flight, CoreSubscriber<? super T> subscriber) {
        super(session, subscriber);
        this.flight = flight;
    }

    /** Whether the conversation has ended. */
    abstract boolean isReady();

    /** A statement is executed from now on. */
    void executing() {}

    /** Takes the end of a statement; {@code returnedRows} tells whether it was one with columns. */
    abstract void completed(CommandTag tag, boolean returnedRows);

    // ---- the flight

    final Flight flight() {
        return flight;
    }

    /** Whether the flight has failed by an error of the server. */
    final boolean isRefused() {
        return refused;
    }

    /** Takes another flight, of which nothing was answered. */
    final void takeOff(Flight another) {
        flight = another;
        refused = false;
    }

    /** Whether it is a single statement, so that nothing else is lost with it. */
    final boolean isSingle() {
        return flight.executions() == 1
                && !flight.hasMoreToWrite()
                && !flight.text().multiple();
    }

    /** Returns the columns of the result that is being received, null if it has none. */
    final @Nullable ResultShape shape() {
        return flight.shape();
    }

    /** Returns the view of the result that is being received, if that has columns. */
    final @Nullable RowView view() {
        return flight.shape() == null ? null : currentView();
    }

    @Override
    final String sql() {
        return flight.sql();
    }

    /** Returns how many executions were written. */
    final long executions() {
        return flight.executions();
    }

    // ---- the messages

    @Override
    public final void onParseComplete() {
        flight.onParseComplete();
    }

    @Override
    public final void onParameterDescription(ParameterDescription parameters) {
        flight.onParameterDescription(parameters);
    }

    @Override
    public final void onBindComplete() {
        flight.onBindComplete();
        executing();
    }

    @Override
    public final void onRowDescription(RowDescription description) {
        begin(flight.onRowDescription(description));
    }

    @Override
    public final void onNoData() {
        flight.onNoData();
    }

    @Override
    public final void onCommandComplete(CommandTag tag) {
        if (isReady()) {
            return;
        }
        session.onCommandComplete(tag, flight.shape() != null);
        completed(tag, flight.shape() != null);
        flight.onResultEnd();
    }

    @Override
    public final void onEmptyQuery() {
        completed(EMPTY_QUERY, false);
        flight.onResultEnd();
    }

    @Override
    public final void onError(ErrorFields error) {
        if (!isReady()) {
            fail(flight.onError(error));
            refused = true;
            session.wire().onAbandoned();
        }
    }

    @Override
    public final void onCopy(CopyDirection direction) {
        boolean in = direction == CopyDirection.IN;
        // COPY TO may be of a statement that changes rows, and statements in front of either may have committed
        boolean withoutEffect = in && !flight.text().multiple();
        failDiscarding(new PgUsageException(
                "the statement is COPY " + (in ? "FROM STDIN" : "TO STDOUT")
                        + ", which a query cannot serve; it was ended "
                        + (withoutEffect ? "without effect" : "and may have had effects"),
                withoutEffect));
    }

    @Override
    public final void onRowLimit(int limit) {
        failDiscarding(new PgUsageException(
                "the server ended the result with " + limit
                        + " rows, which is the fetch size: PostgreSQL goes on there, and"
                        + " this server may have lost the rest. Execute the query with fetchSize(0)",
                false));
    }

    // ---- what is not wanted

    /** Nobody wants the rows that are still to come. */
    final void discardRest() {
        discard();
        abandon();
    }

    /** Fails on this side of the wire: the rest of the result is abandoned, the error signalled at its end. */
    final void failDiscarding(Throwable reason) {
        fail(reason);
        discardRest();
    }
}
