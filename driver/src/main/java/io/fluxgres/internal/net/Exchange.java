package io.fluxgres.internal.net;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * One request of a connection: it owns its encoding and the consumption of its answers, the {@link Wire} only routes.
 *
 * <p>A request may be submitted again, even while it is in flight, for another part of its result. Then each part is
 * written, answered and ended in its own turn, and the request does not wait behind itself.
 *
 * <p>The life of an exchange: submitted, written, its messages consumed by its state, ended exactly once by
 * {@link #onReady} or {@link #onFailure}. All calls are made on the event loop, none while another is in progress in the
 * same connection.
 */
public interface Exchange {

    /**
     * Whether nobody waits for the request any more. It is asked when the turn of the request comes: a withdrawn one is
     * dropped without being written and without a further call.
     */
    boolean isWithdrawn();

    /**
     * Writes the request and returns the state that consumes its answers, or null if there turns out to be nothing to send:
     * {@link #onReady} is called at once then. If it throws, what it wrote is taken back and {@link #onFailure} is called.
     */
    @Nullable BackendState write(FrontendWriter out);

    /** Whether it depends on the transaction status, so that all requests in front of it must have been answered first. */
    default boolean awaitsAnswers() {
        return false;
    }

    /**
     * Whether it is the driver's own, nobody waits for its outcome, and it leaves the transaction status as it is: whoever
     * awaits answers need not await this one's.
     */
    default boolean isIncidental() {
        return false;
    }

    /** Whether it was written in part only, so that nothing may be written behind it yet. */
    default boolean hasMoreToWrite() {
        return false;
    }

    /**
     * Writes as much of the rest as the answers that have arrived allow, perhaps nothing. Called whenever messages may have
     * been read, as long as {@link #hasMoreToWrite}; must not throw.
     */
    default void writeMore(FrontendWriter out) {}

    /**
     * Whether nothing may be written behind this request before it has ended: it may enter COPY, in which the server takes
     * any other message for a violation, or what follows must not be executed if it fails.
     */
    default boolean isBarrier() {
        return false;
    }

    /** Whether an error behind which the server ends the session is for the state of this exchange, as during startup. */
    default boolean takesFatalErrors() {
        return false;
    }

    /** Whether it holds back results that nobody has requested: nothing is written behind it then. */
    default boolean isStalled() {
        return false;
    }

    /** Whether its results are discarded because nobody wants them any more. */
    default boolean isAbandoned() {
        return false;
    }

    /** Returns its SQL as messages may show it, empty if it has none. */
    default String excerpt() {
        return "";
    }

    /** Whether a CancelRequest may end it: not transaction control, nor a statement of the driver's own. */
    default boolean isCancellable() {
        return false;
    }

    /**
     * Whether the caller wants an abandoned one to be cancelled, by a timeout: then it may be cancelled in a transaction too,
     * though that aborts the transaction.
     */
    default boolean isCancelAsked() {
        return false;
    }

    /**
     * Whether what stands behind it may mean something else than in front of it: it may begin or end a transaction or a
     * savepoint, or change what names stand for.
     */
    default boolean changesSession() {
        return false;
    }

    /** Whether it begins a transaction, which a CancelRequest would abort although the latest status is idle. */
    default boolean opensTransaction() {
        return false;
    }

    /** Whether it rolls back: results in front of it that nobody requests are discarded rather than waited for. */
    default boolean isRollback() {
        return false;
    }

    /** A notice that arrived while this exchange was the oldest unanswered one. */
    default void onNotice(ErrorFields notice) {}

    /** The state answered AWAIT: reading has stopped until {@link Wire#resume} is called. */
    default void onAwait() {
        throw new IllegalStateException("this exchange has nothing to wait for");
    }

    /** {@link Wire#resume} was called: delivers what was held back. */
    default void onResume() {}

    /** The conversation has ended; the server is ready for the next. */
    void onReady(TransactionStatus status);

    /**
     * The request has ended without its conversation: it could not be written, or the connection has ended.
     *
     * @param written whether it was written, so that its outcome is unknown
     */
    void onFailure(PgException reason, boolean written);
}
