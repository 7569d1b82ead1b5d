package io.fluxgres.internal.session;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgException;
import io.fluxgres.PgNotice;
import io.fluxgres.PgResult;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * An execution whose results are signalled, each with rows of its own. The demand of this request is that for results; that
 * for rows is of the consumers of the results.
 *
 * <p>A result is signalled when its first row has come, if none without rows waits in front of it, else when the server is
 * ready. It ends when the server is ready and its rows were delivered. What was signalled lives on when the subscriber of
 * the request has cancelled or was told the end.
 *
 * <p>Rows that nobody requests are read into the spool if another request waits, as always, and also if this request cannot
 * end otherwise: because its own subscriber waits for the end and has not subscribed to the result, or because the consumer
 * of an earlier result does. When the spool is full, first what may be signalled early is; then a result that nobody has
 * subscribed to fails and is discarded, at once if others wait, else after a grace.
 */
final class ResultRequest extends Request<PgResult> {

    /** For a subscriber that takes its time to subscribe to a large result, on another thread. */
    private static final long GRACE_SECONDS = 5;

    /** The oldest result that has not ended. */
    private @Nullable StatementResult first;

    private @Nullable StatementResult last;
    /** The oldest result that was not signalled. */
    private @Nullable StatementResult unemitted;
    /** The result whose rows are coming. */
    private @Nullable StatementResult receiving;
    /** The view of the latest result with rows. */
    private @Nullable RowView received;
    /** Notices that came in front of the result they belong to. */
    private List<PgNotice> early = List.of();

    private boolean emitting;
    /** The subscriber of the request gets nothing any more. */
    private boolean told;
    /** Results without rows are signalled although the server is not ready. */
    private boolean released;
    /** The rest was discarded because nobody wants it, so a cancel by the server is no failure. */
    private boolean givenUp;

    private boolean graceRunning;
    /** It has passed, and no row was consumed since. */
    private boolean graceOver;
    /** It is one of the {@link ParkedResults}. */
    private boolean parked;

    ResultRequest(Session session, Flight flight, CoreSubscriber<? super PgResult> subscriber) {
        super(session, flight, subscriber);
    }

    boolean execute(Runnable action) {
        return session.execute(action);
    }

    // ---- what comes from the server

    @Override
    public void onNotice(ErrorFields notice) {
        PgNotice reported = new PgNotice(Failures.publicFields(notice));
        if (receiving != null) {
            receiving.add(List.of(reported));
        } else {
            early = new ArrayList<>(early);
            early.add(reported);
        }
    }

    /** Items of a batch may share the columns of one statement: each result has a view of its own, by which it is known. */
    @Override
    void executing() {
        ResultShape columns = shape();
        if (columns != null && !isNew(currentView())) {
            begin(columns);
        }
    }

    /** Whether it shows the rows of a result that is yet to be made. */
    @SuppressWarnings("ReferenceEquality") // each result has its own
    private boolean isNew(@Nullable RowView shown) {
        return shown == currentView() && shown != received;
    }

    @Override
    boolean isRequested(RowView shown) {
        StatementResult result = find(shown);
        if (result == null) {
            result = receive(shown);
        }
        if (!result.isEmitted()) {
            emitResults();
        }
        return result.isRequested();
    }

    private @Nullable StatementResult find(RowView shown) {
        if (receiving != null && receiving.view() == shown) {
            return receiving;
        }
        if (isNew(shown)) {
            return null;
        }
        StatementResult result = first;
        while (result != null && result.view() != shown) {
            result = result.next;
        }
        return result;
    }

    private StatementResult receive(@Nullable RowView shown) {
        StatementResult result = new StatementResult(this, shown, early);
        early = List.of();
        if (shown != null) {
            received = shown;
        }
        if (last != null) {
            last.next = result;
        }
        last = result;
        if (first == null) {
            first = result;
        }
        if (unemitted == null && !told) {
            unemitted = result;
        }
        receiving = result;
        return result;
    }

    /** The rows of results that nobody requests are in nobody's way. */
    @Override
    boolean isBehindSpool(RowView shown) {
        Spool spool = spool();
        return spool != null && !spool.isEmpty(shown);
    }

    @Override
    boolean isUnwanted(RowView shown) {
        StatementResult result = find(shown);
        return result != null && (result.isUnwanted() || (told && !result.isEmitted()));
    }

    @Override
    void row(RowView view, DataRow row) {
        StatementResult result = find(view);
        if (result != null) {
            graceOver = false;
            result.row(view, row);
        }
    }

    @Override
    void completed(CommandTag tag, boolean returnedRows) {
        StatementResult result = receiving == null ? receive(view()) : receiving;
        result.onCommandComplete(tag);
        receiving = null;
    }

    // ---- the results

    /** Signals the results that are requested and may be signalled now. */
    private void emitResults() {
        if (emitting) {
            return;
        }
        emitting = true;
        while (unemitted != null && !told && hasDemand() && mayEmit(unemitted)) {
            StatementResult result = unemitted;
            unemitted = result.next;
            result.onEmitted();
            emit(result);
        }
        emitting = false;
    }

    /** The result that is received was made by its first row. */
    private boolean mayEmit(StatementResult result) {
        return isReady() || released || result == receiving;
    }

    @Override
    void onDemand() {
        emitResults();
        if (isReady()) {
            session.resume(this);
        }
    }

    /** A result has got a consumer, or that has requested more. */
    void onDemand(StatementResult result) {
        if (isStalled()) {
            session.resume(this);
        }
    }

    /** Nobody wants the rows of a result any more. */
    void onUnwanted(StatementResult result) {
        clearSpool(result);
        if (told && !isAnyOpen()) {
            park(false);
            super.onCancel();
        } else if (isSingle()) {
            givenUp = true;
            discardRest();
        } else {
            session.resume(this);
        }
    }

    private void clearSpool(StatementResult result) {
        Spool spool = spool();
        if (spool != null) {
            spool.clear(result.view());
        }
    }

    private boolean isAnyOpen() {
        for (StatementResult result = first; result != null; result = result.next) {
            if (result.isEmitted() && !result.isEnded()) {
                return true;
            }
        }
        return false;
    }

    @Override
    void onCancel() {
        told = true;
        dropUnemitted();
        if (!isAnyOpen()) {
            super.onCancel();
        } else if (isReady()) {
            session.resume(this);
        }
    }

    private void dropUnemitted() {
        for (StatementResult result = unemitted; result != null; result = result.next) {
            clearSpool(result);
            result.complete();
        }
        unemitted = null;
    }

    // ---- rows that nobody requests

    @Override
    boolean isAwaited() {
        boolean subscribed = receiving != null && receiving.isSubscribed();
        return (hasDemand() && !told && !subscribed) || isEarlierAwaited();
    }

    /** Whether a consumer waits for the end of a result in front of the one that is received. */
    private boolean isEarlierAwaited() {
        for (StatementResult result = first; result != null && result != receiving; result = result.next) {
            if (result.isSubscribed() && !result.isEnded()) {
                return true;
            }
        }
        return false;
    }

    @Override
    Demand onSpoolExhausted() {
        if (release()) {
            return demand();
        }
        StatementResult result = receiving;
        if (result == null || result.isSubscribed()) {
            return super.onSpoolExhausted();
        }
        if (session.isHeadAwaited() || graceOver) {
            giveUp(result);
            return demand();
        }
        startGrace(result);
        return pause();
    }

    /** Signals what is held back only for the sake of a late failure. Returns whether there was anything. */
    private boolean release() {
        boolean any = !released && unemitted != null && hasDemand() && !told;
        released = true;
        emitResults();
        while (first != null && first != receiving && first.mayEndEarly() && !isSpooled(first)) {
            first.complete();
            dropEnded();
            any = true;
        }
        return any;
    }

    private void startGrace(StatementResult result) {
        if (!graceRunning) {
            graceRunning = true;
            session.schedule(() -> endGrace(result), TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
    }

    private void endGrace(StatementResult result) {
        graceRunning = false;
        if (isStalled() && !isReady() && !result.isSubscribed() && !session.hasSpoolRoom()) {
            graceOver = true;
            giveUp(result);
            session.resume(this);
        }
    }

    private void giveUp(StatementResult result) {
        failUnsubscribed(
                result, "no more of them may be kept (" + session.spoolBudget().bound() + ")");
        if (isSingle()) {
            givenUp = true;
            discardRest();
        }
    }

    private void failUnsubscribed(StatementResult result, String reason) {
        clearSpool(result);
        result.fail(new PgBackpressureException(
                "the rows of this result were discarded, because nobody had subscribed to it: " + reason, false));
    }

    /** Drops what was kept for results that nobody has subscribed to. */
    void dropUnsubscribed(String reason) {
        for (StatementResult result = first; result != null; result = result.next) {
            if (!result.isSubscribed() && !result.isEnded()) {
                failUnsubscribed(result, reason);
            }
        }
        park(false);
        session.resume(this);
    }

    // ---- the end

    @Override
    void ended(@Nullable Throwable reason) {
        if (last != null) {
            last.add(early);
            early = List.of();
        }
        if (reason == null || (givenUp && isCancelled(reason))) {
            succeed();
        } else if (isStalled()) {
            signalError(reason);
        } else {
            signalFailure(reason);
        }
        park(!isTerminated() && isStalled());
        if (told && !isTerminated() && !isStalled()) {
            markTerminated();
        }
    }

    private void park(boolean value) {
        if (parked == value) {
            return;
        }
        parked = value;
        if (value) {
            session.parked().add(this);
        } else {
            session.parked().remove(this);
        }
    }

    private static boolean isCancelled(Throwable reason) {
        return reason instanceof PgException reported && "57014".equals(reported.sqlState());
    }

    /** Ends what has been delivered. */
    private void succeed() {
        emitResults();
        for (StatementResult result = first; result != null && result != unemitted; result = result.next) {
            if (!isSpooled(result)) {
                result.complete();
            }
        }
        dropEnded();
        if (unemitted == null && !told) {
            told = true;
            subscriber.onComplete();
        }
    }

    private void dropEnded() {
        while (first != null && first.isEnded()) {
            first = first.next;
        }
    }

    private boolean isSpooled(StatementResult result) {
        Spool spool = spool();
        return spool != null && !spool.isEmpty(result.view());
    }

    @Override
    void complete() {
        throw new IllegalStateException("the results are completed one by one");
    }

    /** Fails the results that have not ended, and the request if none of their consumers is there to be told. */
    @Override
    void signalError(Throwable reason) {
        dropUnemitted();
        boolean anyTold = false;
        for (StatementResult result = first; result != null; result = result.next) {
            anyTold |= isSpooled(result) ? result.isSubscribed() : result.fail(reason);
        }
        dropEnded();
        if (told) {
            return;
        }
        told = true;
        if (anyTold) {
            subscriber.onComplete();
        } else {
            subscriber.onError(reason);
        }
    }
}
