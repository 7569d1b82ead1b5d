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
 * <p>The life of an exchange: submitted, written, its messages consumed by its state, ended exactly once by
 * {@link #onReady} or {@link #onFailure}. All calls are made on the event loop, none while another is in progress in the
 * same connection.
 */
public abstract class Exchange {

    // kept by the queue, here rather than in an object of its own for each request

    /** The state that consumes the answers, from the write to the end. */
    @Nullable BackendState state;
    /** The bytes of the request. */
    int requestBytes;
    /** What the ledger has received when the conversation ends. */
    long due;

    /**
     * Whether nobody waits for the request any more. It is asked when the turn of the request comes: a withdrawn one is
     * dropped without being written and without a further call.
     */
    public abstract boolean isWithdrawn();

    /**
     * Writes the request and returns the state that consumes its answers. If it throws, what it wrote is taken back and
     * {@link #onFailure} is called.
     */
    public abstract BackendState write(FrontendWriter out);

    /**
     * Whether nothing may be written behind this request before it has ended: it may enter COPY, in which the server takes
     * any other message for a violation.
     */
    public boolean isBarrier() {
        return false;
    }

    /** Whether an error behind which the server ends the session is for the state of this exchange, as during startup. */
    public boolean takesFatalErrors() {
        return false;
    }

    /** Whether it holds back results that nobody has requested: nothing is written behind it then. */
    public boolean isStalled() {
        return false;
    }

    /** Whether its results are discarded because nobody wants them any more. */
    public boolean isAbandoned() {
        return false;
    }

    /** Whether a CancelRequest may end it: not transaction control, nor a statement of the driver's own. */
    public boolean isCancellable() {
        return false;
    }

    /** A notice that arrived while this exchange was the oldest unanswered one. */
    public void onNotice(ErrorFields notice) {}

    /** The state answered AWAIT: reading has stopped until {@link Wire#resume} is called. */
    public void onAwait() {
        throw new IllegalStateException("this exchange has nothing to wait for");
    }

    /** {@link Wire#resume} was called: delivers what was held back. */
    public void onResume() {}

    /** The conversation has ended; the server is ready for the next. */
    public abstract void onReady(TransactionStatus status);

    /**
     * The request has ended without its conversation: it could not be written, or the connection has ended.
     *
     * @param written whether it was written, so that its outcome is unknown
     */
    public abstract void onFailure(PgException reason, boolean written);
}
