package io.fluxgres.internal.statement;

import io.fluxgres.internal.protocol.CommandTag;

/** What may be left in a session that its next user must not find, in the order of what it takes to remove it. */
public enum Residue {
    /** Nothing. */
    NONE(""),
    /** Settings, channels, cursors, advisory locks, loaded libraries. What the driver has prepared is not touched by their end. */
    STATE("reset all; set session authorization default; close all; unlisten *; select pg_advisory_unlock_all();"
            + " discard sequences; discard temp"),
    /** Names may stand for something else than they will behind the reset: temporary tables, search_path, the role. */
    NAMES(STATE.sql),
    /** Names of statements that were prepared in SQL, which would be in the way of the next user's. */
    STATEMENTS("discard all");

    private final String sql;

    Residue(String sql) {
        this.sql = sql;
    }

    /** Returns the SQL that removes it. */
    public String sql() {
        return sql;
    }

    Residue and(Residue other) {
        return compareTo(other) < 0 ? other : this;
    }

    /**
     * Returns what a statement may leave that has ended. A tag does not say TEMP or WITH HOLD, so any CREATE TABLE and any
     * cursor counts. What functions leave has no tag: {@link SqlText} tells of those whose names are known.
     *
     * @param returnedRows whether it was one with columns
     */
    public static Residue of(CommandTag tag, boolean returnedRows) {
        return switch (tag.command()) {
            case "SET", "LISTEN", "LOAD", "DECLARE CURSOR", "CALL", "DO" -> STATE;
            case "CREATE TABLE", "CREATE TABLE AS", "CREATE VIEW", "CREATE SEQUENCE" -> NAMES;
            // CREATE TABLE AS and SELECT INTO
            case "SELECT" -> returnedRows ? NONE : NAMES;
            case "PREPARE" -> STATEMENTS;
            default -> NONE;
        };
    }

    /** Returns what is left where the server reports that a parameter has another value. */
    public static Residue ofParameter(String name) {
        return switch (name) {
            // the server's state, not the session's
            case "in_hot_standby" -> NONE;
            case "search_path", "session_authorization", "is_superuser" -> NAMES;
            default -> STATE;
        };
    }
}
