package io.fluxgres.internal.request;

import io.fluxgres.PgException;
import io.fluxgres.internal.flight.Cursor;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.flight.TransactionStart;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Execution;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.session.SessionObserver;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.SqlExcerpt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One execution of a query: the subscription, the exchange on the wire and the sink of its answers in one object.
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
public abstract sealed class Request<T> extends RequestAnswers<T> implements Exchange
        permits BatchOutcomeRequest, ResultSequence, RowRequest, UpdateCountRequest {

    private @Nullable TransactionStart transaction;

    private boolean written;
    /** The conversation has ended; what is left is to deliver the spool. */
    private boolean ready;

    /** Why the request was executed once more. */
    private @Nullable Throwable formerFailure;

    Request(Session session, Flight flight, CoreSubscriber<? super T> subscriber) {
        super(session, flight, subscriber);
    }

    /**
     * Meets its subscriber and is queued.
     *
     * @param joined the transaction that it is part of and may begin, null if only the order of the requests decides that
     * @param timeout how long it may take from the subscription on, null for no bound
     * @param waited how many nanoseconds ago it was subscribed to
     */
    public final void start(@Nullable TransactionStart joined, @Nullable Duration timeout, long waited) {
        transaction = joined;
        SessionObserver observer = session.observer();
        if (timeout == null && observer == null) {
            subscriber.onSubscribe(this);
        } else {
            Deadline deadline = timeout == null ? null : new Deadline(timeout, waited);
            Execution execution = observer == null ? null : newExecution(observer, waited);
            subscriber.onSubscribe(this);
            session.wire().execute(() -> watch(deadline, execution));
        }
        if (joined != null && joined.mayBegin() && !flight().mayCarryBegin()) {
            joined.beginAhead();
        }
        session.wire().submit(this);
    }

    private Execution newExecution(SessionObserver observer, long waited) {
        return new Execution(
                observer, flight().sql(), session.server().processId(), subscriber.currentContext(), waited);
    }

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
    final boolean isReady() {
        return ready;
    }

    @Override
    final void resume() {
        session.wire().resume(this);
    }

    @Override
    final void onDelivered() {
        Cursor cursor = flight().cursor();
        if (cursor != null && cursor.consume() && isNextChunkWanted()) {
            session.wire().submit(this);
        }
    }

    // ---- the subscription

    @Override
    final void abandon() {
        clearSpool();
        Cursor cursor = flight().cursor();
        if (cursor != null && !cursor.isInFlight() && !ready) {
            onConversationEnd();
        }
        if (written && !ready) {
            session.wire().onAbandoned();
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
        BackendState state = written ? flight().writeNext(out, this) : flight().write(out, this, transaction);
        written = true;
        Execution observed = execution();
        return observed == null ? state : observed.written(out.size() - before, state);
    }

    @Override
    public final boolean hasMoreToWrite() {
        return flight().hasMoreToWrite();
    }

    @Override
    public final void writeMore(FrontendWriter out) {
        int before = out.size();
        PgException refusal = flight().writeMore(out, isDiscarding());
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
        return !written && ((transaction != null && transaction.isBeginPending()) || flight().needsTransactionStatus());
    }

    @Override
    public final boolean isBarrier() {
        return flight().isBarrier();
    }

    @Override
    public final boolean opensTransaction() {
        return flight().opensTransaction();
    }

    @Override
    public final boolean changesSession() {
        return flight().text().changesSession() || flight().opensTransaction();
    }

    @Override
    public final boolean isAbandoned() {
        return !ready && (isDiscarding() || isRefused());
    }

    @Override
    public final String excerpt() {
        return SqlExcerpt.of(flight().sql());
    }

    @Override
    public final boolean isCancellable() {
        return !isRefused() && flight().text().cancellable();
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
        flight().onReady();
        if (flight().text().definesObjects()) {
            session.onDefinition();
        }
        if (mayRepeat()) {
            repeat();
        } else if (!ready && !isMoreToCome()) {
            onConversationEnd();
            end();
        } else if (isNextChunkAwaited()) {
            session.wire().submit(this);
        }
    }

    /** Whether the end of the rows is waited for although none is consumed, so that nothing else would ask for more. */
    private boolean isNextChunkAwaited() {
        Cursor cursor = flight().cursor();
        if (ready || cursor == null || cursor.isInFlight() || !isNextChunkWanted() || !isAwaited()) {
            return false;
        }
        cursor.anticipate();
        return true;
    }

    /** Whether there may be another chunk of rows that is wanted, or that was asked for when it was. */
    private boolean isMoreToCome() {
        Cursor cursor = flight().cursor();
        return isNextChunkWanted() || (cursor != null && !cursor.isEnded() && cursor.isInFlight());
    }

    private boolean isNextChunkWanted() {
        Cursor cursor = flight().cursor();
        return cursor != null && !cursor.isEnded() && failure() == null && !isDiscarding();
    }

    /** Nothing more is to be sent for this request, but for the Close of a portal that has outlived it. */
    private void onConversationEnd() {
        ready = true;
        Cursor cursor = flight().cursor();
        if (cursor != null) {
            cursor.close();
        }
    }

    /** If the reason is the driver's own: a prepared statement gone stale, or the types that it chose for values. */
    private boolean mayRepeat() {
        return isRepetitionDue()
                && (flight().isGuarded()
                        ? flight().mayDoWithoutGuard() || session.wire().mayRestore()
                        : transaction == null
                                && session.wire().mayRepeat(flight().text().reads()));
    }

    private boolean isRepetitionDue() {
        return !ready && flight().isRepeatable() && !isDiscarding();
    }

    private void repeat() {
        formerFailure = takeFailure();
        written = false;
        takeOff(flight().another());
        session.wire().resubmit(this);
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
            ended(formerFailure != null && flight().isInVain() ? formerFailure : failure());
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
}
