package io.fluxgres.internal.request;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgResult;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.row.Spool;
import io.fluxgres.internal.session.KeptNotices;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.ResultShape;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The results of one request in the order of their statements: received one at a time, signalled one after the other, and
 * ended in any order. What has ended is dropped from the front.
 *
 * <p>All fields are confined to the event loop, so none is volatile.
 */
abstract sealed class ResultSequence extends Request<PgResult> permits ResultRequest {

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
    private @Nullable KeptNotices early;

    /** The subscriber of the request gets nothing any more. */
    private boolean told;

    ResultSequence(Session session, Flight flight, CoreSubscriber<? super PgResult> subscriber) {
        super(session, flight, subscriber);
    }

    final boolean isTold() {
        return told;
    }

    /** No result is signalled from now on. */
    final void markTold() {
        told = true;
    }

    // ---- received

    @Override
    public final void onNotice(ErrorFields notice) {
        if (receiving != null) {
            receiving.onNotice(notice);
            return;
        }
        KeptNotices kept = early;
        if (kept == null) {
            kept = new KeptNotices();
            early = kept;
        }
        kept.add(notice);
    }

    /** Items of a batch may share the columns of one statement: each result has a view of its own, by which it is known. */
    @Override
    final void executing() {
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

    /** Returns the result with this view, null if it has ended or is yet to be made. */
    final @Nullable StatementResult find(RowView shown) {
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

    /** Makes the result that comes next; null stands for one without rows. */
    final StatementResult receive(@Nullable RowView shown) {
        StatementResult result = new StatementResult(this, shown, early);
        early = null;
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

    /** Returns the result whose rows are coming, null if there is none. */
    final @Nullable StatementResult receiving() {
        return receiving;
    }

    @Override
    final void completed(CommandTag tag, boolean returnedRows) {
        StatementResult result = receiving == null ? receive(view()) : receiving;
        result.onCommandComplete(tag);
        receiving = null;
    }

    /** No result comes any more. */
    final void endReception() {
        if (last != null && early != null) {
            last.add(early);
            early = null;
        }
    }

    // ---- signalled

    /** Returns the result that is to be signalled next, null if there is none. */
    final @Nullable StatementResult unemitted() {
        return unemitted;
    }

    /** Signals the result that is to be signalled next. */
    final void emitNext(StatementResult result) {
        unemitted = result.next;
        result.onEmitted();
        emit(result);
    }

    final void dropUnemitted() {
        for (StatementResult result = unemitted; result != null; result = result.next) {
            clearSpool(result);
            result.complete();
        }
        unemitted = null;
    }

    // ---- consumed

    /** A result has got a consumer, or that has requested more. */
    abstract void onDemand(StatementResult result);

    /** Nobody wants the rows of a result any more. */
    abstract void onUnwanted(StatementResult result);

    /** Runs an action on the event loop; false if that was shut down. */
    final boolean execute(Runnable action) {
        return session.wire().execute(action);
    }

    /** Whether a result is in hands of the subscriber and has not ended. */
    final boolean isAnyOpen() {
        for (StatementResult result = first; result != null; result = result.next) {
            if (result.isEmitted() && !result.isEnded()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a consumer waits for the end of a result in front of the one that is received. */
    final boolean isEarlierAwaited() {
        for (StatementResult result = first; result != null && result != receiving; result = result.next) {
            if (result.isSubscribed() && !result.isEnded()) {
                return true;
            }
        }
        return false;
    }

    private boolean isSpooled(StatementResult result) {
        Spool spool = spool();
        return spool != null && !spool.isEmpty(result.view());
    }

    final void clearSpool(StatementResult result) {
        Spool spool = spool();
        if (spool != null) {
            spool.clear(result.view());
        }
    }

    // ---- ended

    /** Completes the results at the front that no late failure can take back, and returns whether there were any. */
    final boolean completeEarly() {
        boolean any = false;
        while (first != null && first != receiving && first.mayEndEarly() && !isSpooled(first)) {
            first.complete();
            dropEnded();
            any = true;
        }
        return any;
    }

    /** Completes the results that were signalled and whose rows were delivered. */
    final void completeDelivered() {
        for (StatementResult result = first; result != null && result != unemitted; result = result.next) {
            if (!isSpooled(result)) {
                result.complete();
            }
        }
        dropEnded();
    }

    /** Fails the results, but for those whose rows are kept, and returns whether a consumer is told of it. */
    final boolean failOpen(Throwable reason) {
        boolean anyTold = false;
        for (StatementResult result = first; result != null; result = result.next) {
            anyTold |= isSpooled(result) ? result.isSubscribed() : result.fail(reason);
        }
        dropEnded();
        return anyTold;
    }

    /** Drops what was kept for results that nobody has subscribed to. */
    final void failUnsubscribed(String reason) {
        for (StatementResult result = first; result != null; result = result.next) {
            if (!result.isSubscribed() && !result.isEnded()) {
                failUnsubscribed(result, reason);
            }
        }
    }

    final void failUnsubscribed(StatementResult result, String reason) {
        clearSpool(result);
        result.fail(new PgBackpressureException(
                "the rows of this result were discarded, because nobody had subscribed to it: " + reason, false));
    }

    private void dropEnded() {
        while (first != null && first.isEnded()) {
            first = first.next;
        }
    }
}
