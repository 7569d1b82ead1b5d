package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.TransactionStatus;

/**
 * Asks a server whether it knows the extended query protocol, by a Sync that executes nothing.
 *
 * <pre>
 * probe = ReadyForQuery                 PostgreSQL and its relatives
 *       | ErrorResponse ReadyForQuery   a server that refuses each message it does not know by itself
 * </pre>
 *
 * <p>One message was sent, so one ReadyForQuery ends the probe in either case and nothing is left over.
 */
public final class SyncProbe implements Exchange, BackendState {

    /** Told once, on the event loop. */
    public interface Listener {

        void onProbed(boolean extendedKnown);

        void onProbeFailed(PgException reason);
    }

    private final Listener listener;
    private boolean refused;
    private TransactionStatus status = TransactionStatus.IDLE;

    public SyncProbe(Listener listener) {
        this.listener = listener;
    }

    @Override
    public boolean isWithdrawn() {
        return false;
    }

    @Override
    public boolean isIncidental() {
        return true;
    }

    @Override
    public BackendState write(FrontendWriter out) {
        out.sync();
        return this;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        if (in.type() == BackendMessage.READY_FOR_QUERY) {
            status = TransactionStatus.read(in);
            return Signal.DONE;
        }
        if (in.type() == BackendMessage.ERROR_RESPONSE && !refused) {
            ErrorFields.read(in);
            refused = true;
            return Signal.CONTINUE;
        }
        throw new ProtocolViolation("the server answered a Sync with " + BackendMessage.name(in.type()));
    }

    @Override
    public TransactionStatus transactionStatus() {
        return status;
    }

    @Override
    public void onReady(TransactionStatus ready) {
        listener.onProbed(!refused);
    }

    @Override
    public void onFailure(PgException reason, boolean written) {
        listener.onProbeFailed(reason);
    }
}
