package io.fluxgres.internal.flight;

/** A transaction in the eyes of its statements: it begins in front of the first of them. Confined to the event loop. */
public interface TransactionStart {

    /** Whether BEGIN was not sent; once it was, that does not change. May be asked by any thread. */
    boolean mayBegin();

    /** Whether BEGIN is to be sent, as far as the server has told by now. */
    boolean isBeginPending();

    /**
     * Returns what must be executed in front of the statement that is about to be written: nothing if the transaction is
     * open.
     *
     * @throws io.fluxgres.PgException if the transaction is not open any more or cannot begin
     */
    Opening opening();

    /** What was to be executed in front of a statement was written. */
    void onBeginWritten();

    /** A statement of it is about to be queued that cannot bring along what is to be executed in front of it. May be called by any thread. */
    void beginAhead();
}
