package io.fluxgres;

/** The transaction status that the server reported last. */
public enum PgTransactionStatus {
    /** Not in a transaction block. */
    IDLE,
    /** In a transaction block. */
    IN_TRANSACTION,
    /** In a failed transaction block: statements are refused until it is rolled back. */
    FAILED
}
