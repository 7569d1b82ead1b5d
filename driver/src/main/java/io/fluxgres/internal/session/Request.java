package io.fluxgres.internal.session;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgException;
import io.fluxgres.PgTimeoutException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.TransactionStatus;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One execution of a query: the subscription, the exchange on the wire and the sink of its results in one object.
 *
 * <p>Its life: subscribed, queued, written, answered, ready. Values are signalled as they are requested; the terminal
 * signal comes when the server is ready for the next request, or when the connection ends. After a cancel, an error or a
 * failure of the user's code the rest of the result is discarded unread.
 *
 * <p>Without demand the rows stay on the wire, as bytes, as long as nobody else needs the wire. If another request waits,
 * they are read on into a {@link Spool}; the state has seen their end then before the subscriber does. When the spool's
 * budget is exhausted, those who wait and were not sent fail; if one that was sent waits, this request fails instead.
 *
 * <p>With a fetch size inside a transaction it is several exchanges: each chunk of rows is one, submitted when less than half
 * of the chunk before is left to consume, so that other requests are served in between. It is ready with the chunk in which
 * the rows end; the one that may have been sent ahead of that has no rows and is ignored.
 *
 * <p>All fields are confined to the event loop, so none is volatile. {@link #request} and {@link #cancel} may be called by
 * any thread and hop to the loop; called from within a signal they only record.
 *
 * @param <T> the class of the values
 */
abstract sealed class Request<T> implements Exchange, PortalSink, Subscription
        permits BatchOutcomeRequest, ResultRequest, RowRequest, UpdateCountRequest {

    /** The end of SQL without a statement. */
    private static final CommandTag EMPTY_QUERY = new CommandTag("", CommandTag.NO_ROWS);

    private static final int EXCERPT_LENGTH = 80;

    final Session session;
    final CoreSubscriber<? super T> subscriber;

    private Flight flight;
    private @Nullable Transaction transaction;

    private long demand;
    private boolean written;
    /** The conversation has ended; what is left is to deliver the spool. */
    private boolean ready;
    /** The state waits in front of a row until there is demand. */
    private boolean paused;
    /** The subscriber has cancelled or has had its terminal signal: it gets nothing any more. */
    private boolean terminated;
    /** Null if there is none. */
    private @Nullable Deadline deadline;
    /** What an observer sees; null if there is none. */
    private @Nullable Execution execution;
    /** Rows that came before they were requested, because another request waited; null if that never happened. */
    private @Nullable Spool spool;

    private @Nullable RowView view;
    /** The subscriber's side failed: it gets its error when the rest of the result has passed. */
    private boolean discarding;
    /** The server reported an error: only ReadyForQuery is left to come, and is not waited for without bound. */
    private boolean refused;

    private @Nullable Throwable failure;
    /** Why the request was executed a second time. */
    private @Nullable Throwable firstFailure;

    Request(Session session, Flight flight, CoreSubscriber<? super T> subscriber) {
        this.session = session;
        this.subscriber = subscriber;
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

    /** Takes a row that is requested. */
    abstract void row(RowView view, DataRow row);

    /** Takes the end of a statement; {@code returnedRows} tells whether it was one with columns. */
    abstract void completed(CommandTag tag, boolean returnedRows);

    /** Signals the completion. */
    abstract void complete();

    /** Signals the failure. */
    void failed(Throwable reason) {
        signalFailure(reason);
    }

    /** Returns how many executions were written. */
    final long executions() {
        return flight.executions();
    }

    // ---- the subscription

    @Override
    public final void request(long n) {
        if (session.inEventLoop()) {
            onRequest(n);
        } else {
            session.execute(() -> onRequest(n));
        }
    }

    private void onRequest(long n) {
        if (n <= 0) {
            reject(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
            return;
        }
        long sum = demand + n;
        demand = sum < 0 ? Long.MAX_VALUE : sum;
        onDemand();
        if (isStalled()) {
            session.resume(this);
        }
    }

    /** There is demand. */
    void onDemand() {}

    /** Fails the subscription because of its subscriber: at once if nothing was written, else behind the discarded rest. */
    private void reject(Throwable reason) {
        fail(reason);
        discarding = true;
        if (!written) {
            signalFailure(reason);
        }
        abandon();
    }

    @Override
    public final void cancel() {
        if (session.inEventLoop()) {
            onCancel();
        } else {
            session.execute(this::onCancel);
        }
    }

    void onCancel() {
        if (!terminated) {
            terminated = true;
            stopDeadline();
            if (execution != null) {
                execution.cancel();
            }
            abandon();
        }
    }

    /** The subscriber gets its terminal signal. */
    private void terminate(@Nullable Throwable reason) {
        terminated = true;
        stopDeadline();
        if (execution != null) {
            execution.end(reason);
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.stop();
        }
    }

    final Execution newExecution(SessionObserver observer, long waited) {
        return new Execution(observer, flight.sql(), session.processId(), subscriber.currentContext(), waited);
    }

    /** Begins to watch its deadline and to measure; called before it is submitted. */
    final void watch(@Nullable Deadline expiry, @Nullable Execution measured) {
        if (terminated) {
            return;
        }
        if (measured != null) {
            execution = measured;
            measured.start();
        }
        if (expiry != null) {
            deadline = expiry;
            expiry.start(session, this::onDeadline);
        }
    }

    /** Ends the subscriber at once and lets the rest pass. */
    private void onDeadline(Deadline passed) {
        PgTimeoutException late = passed.failure(written, failure);
        terminate(late);
        abandon();
        signalError(late);
    }

    @Override
    public final boolean isCancelAsked() {
        return deadline != null && deadline.hasPassed();
    }

    /** Nobody wants the rest: lets it pass. */
    private void abandon() {
        if (spool != null) {
            spool.clear();
        }
        Cursor cursor = flight.cursor();
        if (cursor != null && !cursor.isInFlight() && !ready) {
            onConversationEnd();
        }
        if (written && !ready) {
            session.onAbandoned();
        }
        if (paused || ready) {
            session.resume(this);
        }
    }

    // ---- the exchange

    @Override
    public final boolean isWithdrawn() {
        return terminated || (written && !isNextChunkWanted());
    }

    @Override
    public final BackendState write(FrontendWriter out) {
        int before = out.size();
        BackendState state = written ? flight.writeNext(out, this) : flight.write(out, this, transaction);
        written = true;
        return execution == null ? state : execution.written(out.size() - before, state);
    }

    @Override
    public final boolean hasMoreToWrite() {
        return flight.hasMoreToWrite();
    }

    @Override
    public final void writeMore(FrontendWriter out) {
        int before = out.size();
        PgException refusal = flight.writeMore(out, isDiscarding());
        if (execution != null) {
            execution.writtenMore(out.size() - before);
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
    public final boolean isStalled() {
        return !isDiscarding() && (paused || (spool != null && !spool.isEmpty()));
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
        paused = false;
        while (!isDiscarding() && spool != null) {
            Spool.Entry entry = spool.peek();
            if (entry == null || !isRequested(entry.view())) {
                break;
            }
            spool.poll();
            deliver(entry.view(), entry.row());
        }
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
        return cursor != null && !cursor.isEnded() && failure == null && !isDiscarding();
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
        return !ready
                && flight.isRepeatable()
                && firstFailure == null
                && !isDiscarding()
                && (flight.isGuarded()
                        ? session.mayRestore()
                        : transaction == null && session.mayRepeat(flight.text().reads()));
    }

    private void repeat() {
        firstFailure = failure;
        failure = null;
        refused = false;
        written = false;
        flight = flight.another();
        session.resubmit(this);
    }

    @Override
    public final void onFailure(PgException reason, boolean wasWritten) {
        if (!ready) {
            fail(Failures.ofRequest(reason, wasWritten || written));
            paused = false;
            onConversationEnd();
            end();
        }
    }

    private void end() {
        stopDeadline();
        if (!terminated) {
            ended(firstFailure != null && flight.isInferredInVain() ? firstFailure : failure);
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

    final void signalFailure(Throwable reason) {
        if (!terminated) {
            terminate(reason);
            signalError(reason);
        }
    }

    /** Signals the error with which the request ends at once. */
    void signalError(Throwable reason) {
        subscriber.onError(reason);
    }

    // ---- the results

    @Override
    public Demand demand() {
        RowView shown = requireView();
        boolean requested = isRequested(shown);
        if (isDiscarding() || isUnwanted(shown)) {
            return Demand.DISCARD;
        }
        if (requested && (spool == null || spool.isEmpty())) {
            return Demand.ROW;
        }
        if (session.isRollbackUnsent()) {
            return giveUp("a rollback waits behind them");
        }
        if (!session.isHeadAwaited() && !isAwaited()) {
            return pause();
        }
        return session.hasSpoolRoom() ? Demand.ROW : onSpoolExhausted();
    }

    /** Whether a row of a result may be delivered, if no other one waits in front of it. */
    boolean isRequested(RowView shown) {
        return demand > 0;
    }

    /** Whether the rows of a result concern nobody. */
    boolean isUnwanted(RowView shown) {
        return false;
    }

    /** Whether the end of the result is waited for although nobody requests its rows. */
    boolean isAwaited() {
        return false;
    }

    final Demand pause() {
        paused = true;
        return Demand.NONE;
    }

    /** Fails at once and discards the rest: what waits cannot wait for a subscriber that does not request. */
    private Demand giveUp(String reason) {
        fail(new PgBackpressureException("slow consumer: the rows of this query were not requested, " + reason, false));
        discarding = true;
        if (spool != null) {
            spool.clear();
        }
        session.onAbandoned();
        signalFailure(requireFailure());
        return Demand.DISCARD;
    }

    @Override
    public final Fetch fetch() {
        if (isDiscarding()) {
            return Fetch.NOTHING;
        }
        return session.isHeadAwaited() ? Fetch.REST : Fetch.CHUNK;
    }

    /** Those who wait fail if they were not sent; else this request does, for what was sent must not be called undone. */
    Demand onSpoolExhausted() {
        if (session.isReadRequired()) {
            return giveUp("no more of them may be kept ("
                    + session.spoolBudget().bound() + ")," + " and the connection is needed");
        }
        session.failUnsent(new PgBackpressureException(
                "the query in front does not end because its rows are not requested: " + excerpt()
                        + "; request them, cancel it, or give it a connection of its own ("
                        + session.spoolBudget().bound() + ")",
                true));
        return pause();
    }

    /** Nobody wants the rows that are still to come. */
    final void discardRest() {
        discarding = true;
        abandon();
    }

    private String excerpt() {
        String sql = flight.sql();
        return sql.length() <= EXCERPT_LENGTH ? sql : sql.substring(0, EXCERPT_LENGTH) + "...";
    }

    private Throwable requireFailure() {
        if (failure == null) {
            throw new IllegalStateException("the request has not failed");
        }
        return failure;
    }

    /** Whether the rest of the result concerns nobody. */
    final boolean isDiscarding() {
        return terminated || discarding;
    }

    /** Signals a value against the demand. */
    final void emit(T value) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        subscriber.onNext(value);
    }

    /** Fails on this side of the wire: the rest of the result is abandoned, the error signalled at its end. */
    final void failDiscarding(Throwable reason) {
        fail(reason);
        discardRest();
    }

    final boolean hasDemand() {
        return demand > 0;
    }

    final void markTerminated() {
        terminate(null);
    }

    /** Whether the conversation has ended. */
    final boolean isReady() {
        return ready;
    }

    /** Whether it is a single statement, so that nothing else is lost with it. */
    final boolean isSingle() {
        return flight.executions() == 1 && !flight.text().multiple();
    }

    final @Nullable Spool spool() {
        return spool;
    }

    /** Returns the view of the result that is being received, if that has columns. */
    final @Nullable RowView view() {
        return flight.shape() == null ? null : view;
    }

    private RowView requireView() {
        if (view == null) {
            throw new IllegalStateException("a row without a description");
        }
        return view;
    }

    final boolean isTerminated() {
        return terminated;
    }

    /** Keeps the first failure, to be signalled at the end. */
    final void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
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
    }

    @Override
    public final void onRowDescription(RowDescription description) {
        view = new RowView(flight.onRowDescription(description));
    }

    @Override
    public final void onNoData() {
        flight.onNoData();
    }

    @Override
    public final void onRow(DataRow row) {
        RowView shown = requireView();
        if (isRequested(shown) && (spool == null || spool.isEmpty())) {
            deliver(shown, row);
            return;
        }
        if (spool == null) {
            spool = new Spool(session.spoolBudget());
        }
        spool.add(shown, row);
    }

    private void deliver(RowView shown, DataRow row) {
        if (execution != null) {
            execution.onRow();
        }
        row(shown, row);
        Cursor cursor = flight.cursor();
        if (cursor != null && cursor.consume() && isNextChunkWanted()) {
            session.submit(this);
        }
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
