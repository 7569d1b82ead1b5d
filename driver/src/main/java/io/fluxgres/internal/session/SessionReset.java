package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.CommandTag;

/**
 * Whether a session may hold something that its next user must not find: settings, channels, prepared statements, cursors,
 * temporary tables, loaded libraries. DISCARD ALL removes all of it.
 *
 * <p>Command tags tell. They do not say TEMP or WITH HOLD, so any CREATE TABLE and any cursor counts. What functions and
 * procedures leave behind, such as advisory locks and {@code set_config}, has no tag.
 *
 * <p>Confined to the event loop.
 */
final class SessionReset {

    private boolean due;

    boolean isDue() {
        return due;
    }

    /** A statement has ended; {@code returnedRows} tells whether it was one with columns. */
    void onCommandComplete(CommandTag tag, boolean returnedRows) {
        switch (tag.command()) {
            case "DISCARD ALL" -> due = false;
            case "SET",
                    "LISTEN",
                    "PREPARE",
                    "LOAD",
                    "DECLARE CURSOR",
                    "CREATE TABLE",
                    "CREATE TABLE AS",
                    "CREATE VIEW",
                    "CREATE SEQUENCE" -> due = true;
            // CREATE TABLE AS and SELECT INTO
            case "SELECT" -> due |= !returnedRows;
            default -> {}
        }
    }
}
