package io.fluxgres;

/**
 * A commit was asked for and did not happen: the server answered COMMIT by a rollback, because an earlier statement of the
 * transaction had failed, or the transaction was not open any more.
 *
 * <p>The fault is the caller's: the failure of the earlier statement was signalled and passed over, or a statement ended
 * the transaction that {@link PgConnection#inTransaction} was to end. {@link #safeToRetry} is true if the server rolled
 * back, so that the whole transaction may be repeated.
 */
public final class PgRollbackException extends PgException {

    public PgRollbackException(String message, boolean safeToRetry) {
        super(Fault.CALLER, safeToRetry, message, null);
    }
}
