package io.fluxgres;

/** The isolation level of a transaction. */
public enum PgIsolation {
    /** PostgreSQL treats it as {@link #READ_COMMITTED}. */
    READ_UNCOMMITTED,
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED,
    /** The transaction sees what was committed before its first statement. */
    REPEATABLE_READ,
    /** The result is that of some serial order; may fail with SQLSTATE 40001 and is to be repeated then. */
    SERIALIZABLE
}
