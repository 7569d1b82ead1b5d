package io.fluxgres.internal.protocol;

/**
 * A named portal that is closed, in a group of its own.
 *
 * <pre>
 * sent  = Close portal, Sync
 *
 * group = CloseComplete ReadyForQuery
 *       | [CloseComplete] ErrorResponse ReadyForQuery
 * </pre>
 *
 * <p>The server closes what it does not know as well, and in a failed transaction too. Nobody waits for the outcome, so an
 * error is dropped; if it has aborted the transaction the next statement says so.
 */
public final class ClosePortalState implements BackendState {

    private enum Phase {
        CLOSE,
        SYNC,
        /** Behind ErrorResponse. */
        FAILED,
        /** Behind ReadyForQuery. */
        DONE
    }

    private Phase phase = Phase.CLOSE;
    private TransactionStatus transactionStatus = TransactionStatus.IDLE;

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.CLOSE_COMPLETE -> {
                require(in, phase == Phase.CLOSE);
                phase = Phase.SYNC;
            }
            case BackendMessage.ERROR_RESPONSE -> {
                require(in, phase == Phase.CLOSE || phase == Phase.SYNC);
                ErrorFields.read(in);
                phase = Phase.FAILED;
            }
            case BackendMessage.READY_FOR_QUERY -> {
                require(in, phase == Phase.SYNC || phase == Phase.FAILED);
                transactionStatus = TransactionStatus.read(in);
                phase = Phase.DONE;
                return Signal.DONE;
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private void require(BackendReader in, boolean allowed) {
        if (!allowed) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
    }

    @Override
    public TransactionStatus transactionStatus() {
        return transactionStatus;
    }
}
