package io.fluxgres;

/** When a client resets the session of an exclusive connection between two of its users. */
public enum PgSessionReset {
    /**
     * When something may have been left: behind {@code exclusive()}, CALL and DO, behind a command that changes the session,
     * behind SQL that contains {@code set_config}, {@code advisory} or {@code pg_settings}, and where the server has reported
     * that a parameter changed.
     */
    MARKED,
    /** Behind every use: for functions that change the session and hide it in their body. */
    ALWAYS,
    /** Never: for poolers that share sessions by transaction, where a reset would hit the session of somebody else. */
    NEVER
}
