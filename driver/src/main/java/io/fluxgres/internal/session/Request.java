package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.TransactionStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One execution of a query: the subscription, the exchange on the wire and the sink of its results in one object.
 *
 * <p>Its life: subscribed, queued, written, answered, ready. Values are signalled as they are requested; the terminal
 * signal comes when the server is ready for the next request, or when the connection ends. After a cancel, an error or a
 * failure of the user's code the rest of the result is discarded unread.
 *
 * <p>With a fetch size inside a transaction it is several exchanges: each chunk of rows is one, submitted when less than half
 * of the chunk before is left to consume, so that other requests are served in between. It is ready with the chunk in which
 * the rows end; the one that may have been sent ahead of that has no rows and is ignored.
 *
 * <p>All fields are confined to the event loop, so none is volatile.
 *
 * @param <T> the class of the values
 */
abstract sealed class Request<T> extends RowDelivery<T> implements Exchange
        permits BatchOutcomeRequest, ResultRequest, RowRequest, UpdateCountRequest {

    /** The end of SQL without a statement. */
    private static final CommandTag EMPTY_QUERY = new CommandTag("", CommandTag.NO_ROWS);

    private Flight flight;
    private @Nullable Transaction transaction;

    private boolean written;
    /** The conversation has ended; what is left is to deliver the spool. */
    private boolean ready;

    /** The server reported an error: only ReadyForQuery is left to come, and is not waited for without bound. */
    private boolean refused;

    /** Why the request was executed a second time. */
    private @Nullable Throwable firstFailure;

    Request(Session session, Flight flight, CoreSubscriber<? super T> subscriber) {
        super(session, subscriber);
        this.flight = flight;
    }

    /** Makes it part of a transaction that begins with its first statement; called before it is submitted. */
    final void join(Transaction joined) {
        transaction = joined;
    }

    /** Whether BEGIN can ride in front of it; else it must go ahead. */
    final boolean mayCarryBegin() {
        return flight.mayCarryBegin();
    }

    /** Takes the end of a statement; {@code returnedRows} tells whether it was one with columns. */
    abstract void completed(CommandTag tag, boolean returnedRows);

    /** Signals the completion. */
    abstract void complete();

    /** Signals the failure. */
    void failed(Throwable reason) {
        signalFailure(reason);
    }

    @Override
    final boolean isWritten() {
        return written;
    }

    @Override
    final void resume() {
        session.resume(this);
    }

    @Override
    final String sql() {
        return flight.sql();
    }

    @Override
    final void onDelivered() {
        Cursor cursor = flight.cursor();
        if (cursor != null && cursor.consume() && isNextChunkWanted()) {
            session.submit(this);
        }
    }

    /** Returns how many executions were written. */
    final long executions() {
        return flight.executions();
    }

    // ---- the subscription

    final Execution newExecution(SessionObserver observer, long waited) {
        return new Execution(observer, flight.sql(), session.processId(), subscriber.currentContext(), waited);
    }

    @Override
    final void abandon() {
        clearSpool();
        Cursor cursor = flight.cursor();
        if (cursor != null && !cursor.isInFlight() && !ready) {
            onConversationEnd();
        }
        if (written && !ready) {
            session.onAbandoned();
        }
        if (isPaused() || ready) {
            resume();
        }
    }

    // ---- the exchange

    @Override
    public final boolean isWithdrawn() {
        return isTerminated() || (written && !isNextChunkWanted());
    }

    @Override
    public final BackendState write(FrontendWriter out) {
        int before = out.size();
        BackendState state = written ? flight.writeNext(out, this) : flight.write(out, this, transaction);
        written = true;
        Execution observed = execution();
        return observed == null ? state : observed.written(out.size() - before, state);
    }

    @Override
    public final boolean hasMoreToWrite() {
        return flight.hasMoreToWrite();
    }

    @Override
    public final void writeMore(FrontendWriter out) {
        int before = out.size();
        PgException refusal = flight.writeMore(out, isDiscarding());
        Execution observed = execution();
        if (observed != null) {
            observed.writtenMore(out.size() - before);
        }
        if (refusal != null) {
            fail(refusal);
            abandon();
        }
    }

    @Override
    public final boolean awaitsAnswers() {
        return !written && ((transaction != null && transaction.isBeginPending()) || flight.needsTransactionStatus());
    }

    @Override
    public final boolean isBarrier() {
        return flight.isBarrier();
    }

    @Override
    public final boolean opensTransaction() {
        return flight.opensTransaction();
    }

    @Override
    public final boolean changesSession() {
        return flight.text().changesSession() || flight.opensTransaction();
    }

    @Override
    public final boolean isAbandoned() {
        return !ready && (isDiscarding() || refused);
    }

    @Override
    public final boolean isCancellable() {
        return !refused && flight.text().cancellable();
    }

    /** Delivers from the spool as much as is requested, and the end if that was all. */
    @Override
    public final void onResume() {
        deliverSpooled();
        if (ready) {
            end();
        }
    }

    @Override
    public final void onReady(TransactionStatus status) {
        session.onReady(status);
        flight.onReady();
        if (flight.text().definesObjects()) {
            session.onDefinition();
        }
        if (mayRepeat()) {
            repeat();
        } else if (!ready && !isMoreToCome()) {
            onConversationEnd();
            end();
        } else if (isNextChunkAwaited()) {
            session.submit(this);
        }
    }

    /** Whether the end of the rows is waited for although none is consumed, so that nothing else would ask for more. */
    private boolean isNextChunkAwaited() {
        Cursor cursor = flight.cursor();
        if (ready || cursor == null || cursor.isInFlight() || !isNextChunkWanted() || !isAwaited()) {
            return false;
        }
        cursor.anticipate();
        return true;
    }

    /** Whether there may be another chunk of rows that is wanted, or that was asked for when it was. */
    private boolean isMoreToCome() {
        Cursor cursor = flight.cursor();
        return isNextChunkWanted() || (cursor != null && !cursor.isEnded() && cursor.isInFlight());
    }

    private boolean isNextChunkWanted() {
        Cursor cursor = flight.cursor();
        return cursor != null && !cursor.isEnded() && failure() == null && !isDiscarding();
    }

    /** Nothing more is to be sent for this request, but for the Close of a portal that has outlived it. */
    private void onConversationEnd() {
        ready = true;
        Cursor cursor = flight.cursor();
        if (cursor != null) {
            cursor.close();
        }
    }

    /** Once, if the reason is the driver's own: a prepared statement gone stale, or types that it chose for strings. */
    private boolean mayRepeat() {
        return isRepetitionDue()
                && (flight.isGuarded()
                        ? session.mayRestore()
                        : transaction == null && session.mayRepeat(flight.text().reads()));
    }

    private boolean isRepetitionDue() {
        return !ready && flight.isRepeatable() && firstFailure == null && !isDiscarding();
    }

    private void repeat() {
        firstFailure = takeFailure();
        refused = false;
        written = false;
        flight = flight.another();
        session.resubmit(this);
    }

    @Override
    public final void onFailure(PgException reason, boolean wasWritten) {
        if (!ready) {
            // what was refused in front of a repetition had no effect, and its error tells nothing of the statement
            boolean withoutEffect = isRepetitionDue();
            if (withoutEffect) {
                takeFailure();
            }
            fail(Failures.ofRequest(reason, !withoutEffect && (wasWritten || written)));
            endPause();
            onConversationEnd();
            end();
        }
    }

    private void end() {
        stopDeadline();
        if (!isTerminated()) {
            ended(firstFailure != null && flight.isInferredInVain() ? firstFailure : failure());
        }
    }

    /**
     * Signals the end, unless rows wait in front of it; called again when some of them were delivered.
     *
     * @param reason why the request has failed, null if it has not
     */
    void ended(@Nullable Throwable reason) {
        if (isStalled()) {
            return;
        }
        if (reason == null) {
            complete();
        } else {
            failed(reason);
        }
    }

    // ---- the results

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

    /** Whether the conversation has ended. */
    final boolean isReady() {
        return ready;
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

    /** A statement is executed from now on. */
    void executing() {}

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
        if (ready) {
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
        if (!ready) {
            fail(flight.onError(error));
            refused = true;
            session.onAbandoned();
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
}
