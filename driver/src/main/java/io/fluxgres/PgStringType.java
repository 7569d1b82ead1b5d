package io.fluxgres;

/** The type as which a string is declared that was bound without one. */
public enum PgStringType {
    /** {@link #VARCHAR}, and {@link #UNTYPED} where the server refuses that. */
    AUTO,
    /** {@code varchar}. */
    VARCHAR,
    /** {@code text}. */
    TEXT,
    /** None: the server infers it from the SQL. */
    UNTYPED
}
