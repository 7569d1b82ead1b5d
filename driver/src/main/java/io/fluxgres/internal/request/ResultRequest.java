package io.fluxgres.internal.request;

import io.fluxgres.PgException;
import io.fluxgres.PgResult;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.row.Spool;
import io.fluxgres.internal.session.ParkedResults;
import io.fluxgres.internal.session.Session;
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
public final class ResultRequest extends ResultSequence implements ParkedResults.Parked {

    /** For a subscriber that takes its time to subscribe to a large result, on another thread. */
    private static final long GRACE_SECONDS = 5;

    private boolean emitting;
    /** Results without rows are signalled although the server is not ready. */
    private boolean released;
    /** The rest was discarded because nobody wants it, so a cancel by the server is no failure. */
    private boolean givenUp;

    private boolean graceRunning;
    /** It has passed, and no row was consumed since. */
    private boolean graceOver;
    /** It is one of the {@link ParkedResults}. */
    private boolean parked;

    public ResultRequest(Session session, Flight flight, CoreSubscriber<? super PgResult> subscriber) {
        super(session, flight, subscriber);
    }

    // ---- what comes from the server

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

    /** The rows of results that nobody requests are in nobody's way. */
    @Override
    boolean isBehindSpool(RowView shown) {
        Spool spool = spool();
        return spool != null && !spool.isEmpty(shown);
    }

    @Override
    boolean isUnwanted(RowView shown) {
        StatementResult result = find(shown);
        return result != null && (result.isUnwanted() || (isTold() && !result.isEmitted()));
    }

    @Override
    void row(RowView view, DataRow row) {
        StatementResult result = find(view);
        if (result != null) {
            graceOver = false;
            result.row(view, row);
        }
    }

    // ---- the results

    /** Signals the results that are requested and may be signalled now. */
    private void emitResults() {
        if (emitting) {
            return;
        }
        emitting = true;
        StatementResult result = unemitted();
        while (result != null && !isTold() && hasDemand() && mayEmit(result)) {
            emitNext(result);
            result = unemitted();
        }
        emitting = false;
    }

    /** The result that is received was made by its first row. */
    private boolean mayEmit(StatementResult result) {
        return isReady() || released || result == receiving();
    }

    @Override
    void onDemand() {
        emitResults();
        if (isReady()) {
            session.wire().resume(this);
        }
    }

    @Override
    void onDemand(StatementResult result) {
        if (isStalled()) {
            session.wire().resume(this);
        }
    }

    @Override
    void onUnwanted(StatementResult result) {
        clearSpool(result);
        if (isTold() && !isAnyOpen()) {
            park(false);
            super.onCancel();
        } else if (isSingle()) {
            givenUp = true;
            discardRest();
        } else {
            session.wire().resume(this);
        }
    }

    @Override
    void onCancel() {
        if (!isTold()) {
            forgetSubscriber();
        }
        markTold();
        dropUnemitted();
        if (!isAnyOpen()) {
            super.onCancel();
        } else if (isReady()) {
            session.wire().resume(this);
        }
    }

    // ---- rows that nobody requests

    @Override
    boolean isAwaited() {
        StatementResult result = receiving();
        boolean subscribed = result != null && result.isSubscribed();
        return (hasDemand() && !isTold() && !subscribed) || isEarlierAwaited();
    }

    @Override
    Demand onSpoolExhausted() {
        if (release()) {
            return demand();
        }
        StatementResult result = receiving();
        if (result == null || result.isSubscribed()) {
            return super.onSpoolExhausted();
        }
        if (session.wire().isHeadAwaited() || graceOver) {
            giveUp(result);
            return demand();
        }
        startGrace(result);
        return pause();
    }

    /** Signals what is held back only for the sake of a late failure. Returns whether there was anything. */
    private boolean release() {
        boolean any = !released && unemitted() != null && hasDemand() && !isTold();
        released = true;
        emitResults();
        return completeEarly() || any;
    }

    private void startGrace(StatementResult result) {
        if (!graceRunning) {
            graceRunning = true;
            session.wire().schedule(() -> endGrace(result), TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
    }

    private void endGrace(StatementResult result) {
        graceRunning = false;
        if (isStalled()
                && !isReady()
                && !result.isSubscribed()
                && !session.parked().hasRoom()) {
            graceOver = true;
            giveUp(result);
            session.wire().resume(this);
        }
    }

    private void giveUp(StatementResult result) {
        failUnsubscribed(
                result,
                "no more of them may be kept (" + session.parked().budget().bound() + ")");
        if (isSingle()) {
            givenUp = true;
            discardRest();
        }
    }

    /** Drops what was kept for results that nobody has subscribed to. */
    @Override
    public void dropUnsubscribed(String reason) {
        failUnsubscribed(reason);
        park(false);
        session.wire().resume(this);
    }

    // ---- the end

    @Override
    void ended(@Nullable Throwable reason) {
        endReception();
        if (reason == null || (givenUp && isCancelled(reason))) {
            succeed();
        } else if (isStalled()) {
            signalError(reason);
        } else {
            signalFailure(reason);
        }
        park(!isTerminated() && isStalled());
        if (parked && isTold()) {
            endExecution();
        }
        if (isTold() && !isTerminated() && !isStalled()) {
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
        completeDelivered();
        if (unemitted() == null && !isTold()) {
            markTold();
            signalComplete();
        }
    }

    @Override
    void complete() {
        throw new IllegalStateException("the results are completed one by one");
    }

    /** Fails the results that have not ended, and the request if none of their consumers is there to be told. */
    @Override
    void signalError(Throwable reason) {
        dropUnemitted();
        boolean anyTold = failOpen(reason);
        if (isTold()) {
            return;
        }
        markTold();
        if (anyTold) {
            signalComplete();
        } else {
            super.signalError(reason);
        }
    }
}
