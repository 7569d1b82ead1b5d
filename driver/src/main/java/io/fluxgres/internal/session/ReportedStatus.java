package io.fluxgres.internal.session;

import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.protocol.TransactionStatus;

/**
 * The transaction status as ReadyForQuery reported it last, and what is to be remembered until it reports that no
 * transaction is open. The status may be read by any thread; the rest is confined to the event loop.
 */
public final class ReportedStatus {

    private volatile PgTransactionStatus status = PgTransactionStatus.IDLE;
    private final SessionIsolation isolation = new SessionIsolation();
    private long idleReports;
    /** The open transaction has created, altered or dropped something. */
    private boolean definedInTransaction;

    public PgTransactionStatus status() {
        return status;
    }

    boolean isIdle() {
        return status == PgTransactionStatus.IDLE;
    }

    /** Returns what is known of isolation levels. */
    SessionIsolation isolation() {
        return isolation;
    }

    /** Returns how often the server has reported that no transaction is open: it is another number in another transaction. */
    public long idleReports() {
        return idleReports;
    }

    void onDefinition() {
        definedInTransaction = !isIdle();
    }

    /** Takes a report. Returns whether a transaction has ended that had definitions, which may have been rolled back. */
    boolean onReady(TransactionStatus reported) {
        status = switch (reported) {
            case IDLE -> PgTransactionStatus.IDLE;
            case IN_TRANSACTION -> PgTransactionStatus.IN_TRANSACTION;
            case FAILED -> PgTransactionStatus.FAILED;
        };
        if (reported != TransactionStatus.IDLE) {
            return false;
        }
        idleReports++;
        isolation.onIdle();
        boolean defined = definedInTransaction;
        definedInTransaction = false;
        return defined;
    }
}
