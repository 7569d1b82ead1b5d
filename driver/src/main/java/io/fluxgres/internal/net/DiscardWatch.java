package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.internal.protocol.TransactionStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches an abandoned result while its rest is discarded, and cancels the statement where waiting would cost more.
 *
 * <p>A CancelRequest names a server process, not a statement, and may arrive late. So it is sent only if
 *
 * <ol>
 *   <li>the abandoned exchange is the oldest unanswered one,
 *   <li>nothing is written behind it,
 *   <li>no transaction would be aborted by it, unless the bounds of draining are passed, the caller asked for it, or the
 *       transaction is to be rolled back,
 *   <li>the exchange is neither transaction control nor a statement of the driver's own,
 *   <li>it has not ended by itself after a little while;
 * </ol>
 *
 * and the next request is written only when the server has closed the cancel connection and the exchange has ended.
 *
 * <p>If others are written behind it that are all abandoned too, nobody waits, and nobody would notice that the server does
 * not answer any more: the time of draining bounds them then. If one of them is wanted, it is up to its subscriber how long
 * to wait. The same holds behind an incidental exchange.
 *
 * <p>Confined to the event loop.
 */
@SuppressWarnings("ReferenceEquality") // which exchange it is counts, not what it is like
final class DiscardWatch {

    private final Wire wire;
    private final ExchangeQueue exchanges;
    private final WireListener listener;
    private final DiscardLimits limits;

    private @Nullable Exchange watched;
    private long discardedBytes;
    private @Nullable Future<?> timer;
    /** The timer runs for the bound of draining, because a CancelRequest would have aborted a transaction or hit another. */
    private boolean patient;
    /** All that can be done about {@link #watched} was done: it is only waited for, within the bounds of draining. */
    private boolean draining;
    /** The server has not closed the connection that the CancelRequest was sent on. */
    private boolean cancelConnectionOpen;
    /** What the latest CancelRequest was meant for, until it has ended. */
    private @Nullable Exchange cancelTarget;
    /** Cancels that were asked for while an incidental exchange was in front of what they are meant for. */
    private final Queue<Runnable> cancelsAsked = new ArrayDeque<>();

    DiscardWatch(Wire wire, ExchangeQueue exchanges, WireListener listener, DiscardLimits limits) {
        this.wire = wire;
        this.exchanges = exchanges;
        this.listener = listener;
        this.limits = limits;
    }

    /** Looks at the head again: it may be abandoned now, or be another one. */
    void check() {
        Exchange head = exchanges.head();
        if (head != cancelTarget) {
            cancelTarget = null;
        }
        if (!cancelsAsked.isEmpty() && (head == null || !head.isIncidental())) {
            cancelNow(cancelsAsked.remove());
        }
        if (head == watched) {
            hurry();
            return;
        }
        stop();
        if (head != null && isUnwanted(head)) {
            watched = head;
            patient = !mayCancelEarly(head);
            startTimer(patient ? limits.drainTime() : limits.cancelDelay());
        }
    }

    /** Whether nobody waits for the head, nor for what is written behind it. */
    private boolean isUnwanted(Exchange head) {
        return (head.isAbandoned() || (head.isIncidental() && exchanges.isWrittenBehindHead()))
                && !exchanges.isWantedBehindHead();
    }

    private boolean mayCancelEarly(Exchange head) {
        return !exchanges.isWrittenBehindHead()
                && head.isCancellable()
                && (head.isCancelAsked() || exchanges.isRollbackUnsent() || isOutsideTransaction(head));
    }

    private boolean isOutsideTransaction(Exchange head) {
        return exchanges.status() == TransactionStatus.IDLE && !head.opensTransaction();
    }

    /** What was to be drained is to be cancelled, where the caller has asked for that since, or a rollback waits. */
    private void hurry() {
        Exchange discarded = watched;
        if (discarded != null && patient && !draining && mayCancelEarly(discarded)) {
            patient = false;
            stopTimer();
            startTimer(limits.cancelDelay());
        }
    }

    /** Bytes have arrived. */
    void onRead(int bytes) {
        Exchange discarded = watched;
        if (discarded == null) {
            return;
        }
        discardedBytes += bytes;
        if (discardedBytes > byteBound(discarded)) {
            onBoundReached(discarded);
        }
    }

    /** In a transaction only time counts: a long result that arrives quickly is no reason to abort the transaction. */
    private long byteBound(Exchange discarded) {
        if (draining) {
            return limits.drainBytes();
        }
        return mayCancelEarly(discarded) ? limits.cancelBytes() : Long.MAX_VALUE;
    }

    private void startTimer(Duration delay) {
        Exchange discarded = watched;
        if (discarded != null) {
            timer = wire.channel()
                    .eventLoop()
                    .schedule(() -> onTimer(discarded), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer(Exchange discarded) {
        if (discarded == watched) {
            onBoundReached(discarded);
        }
    }

    private void onBoundReached(Exchange discarded) {
        if (discarded.isIncidental() && !isUnwanted(discarded)) {
            // what was written behind it since is wanted
            stop();
            return;
        }
        if (draining || !isCancelledOrYoung(discarded)) {
            wire.fail(new PgConnectionException(
                    "a cancelled result did not end within " + limits.drainBytes() + " bytes (drainBytes) and "
                            + limits.drainTime().toMillis() + " ms (drainTimeout); the connection was closed"
                            + (discarded.excerpt().isEmpty() ? "" : "; it was that of: " + discarded.excerpt()),
                    false,
                    null,
                    null));
            return;
        }
        draining = true;
        patient = false;
        discardedBytes = 0;
        stopTimer();
        startTimer(limits.drainTime());
    }

    /** Sees to it that the statement is cancelled; what cannot be cancelled may go on for the time of draining. */
    private boolean isCancelledOrYoung(Exchange discarded) {
        return isCancelPending()
                || (discarded.isCancellable() && !exchanges.isWrittenBehindHead() && sendCancelRequest(() -> {}))
                || mayCancelEarly(discarded);
    }

    /**
     * Sends a CancelRequest because the caller asked for it, if there is something that it would surely hit.
     *
     * @param closed run when it was handed on, or at once if there is nothing to cancel
     */
    void cancelNow(Runnable closed) {
        Exchange head = exchanges.head();
        if (head != null && head.isIncidental() && exchanges.isWrittenBehindHead()) {
            cancelsAsked.add(closed);
            return;
        }
        boolean sent = head != null
                && head.isCancellable()
                && !exchanges.isWrittenBehindHead()
                && !isCancelPending()
                && sendCancelRequest(closed);
        if (!sent) {
            closed.run();
        }
    }

    private boolean sendCancelRequest(Runnable closed) {
        cancelConnectionOpen = listener.cancel(() -> wire.execute(() -> {
            cancelConnectionOpen = false;
            wire.scheduleDrain();
            closed.run();
        }));
        cancelTarget = cancelConnectionOpen ? exchanges.head() : null;
        return cancelConnectionOpen;
    }

    /** Whether a CancelRequest may still take effect, so that nothing may be written that it could hit. */
    boolean isCancelPending() {
        return cancelConnectionOpen || cancelTarget != null;
    }

    /**
     * Whether reading stands still: the statement is being cancelled, and what the server sends until the cancel reaches it
     * need not be taken in.
     */
    boolean isReadingHeld() {
        return draining && cancelConnectionOpen;
    }

    /** The connection has ended: there is nothing to cancel any more. */
    void end() {
        stop();
        for (Runnable closed = cancelsAsked.poll(); closed != null; closed = cancelsAsked.poll()) {
            closed.run();
        }
    }

    /** Watches nothing any more. */
    private void stop() {
        stopTimer();
        watched = null;
        patient = false;
        draining = false;
        discardedBytes = 0;
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
