package io.fluxgres.internal.client;

import io.fluxgres.PgException;

/** A lane in the eyes of the statements that came to it. Confined to its event loop, but for what says otherwise. */
interface StatementLane {

    /** Whether the caller is on the event loop. May be asked by any thread. */
    boolean inEventLoop();

    /** Runs an action on the event loop: at once if the caller is on it. May be called by any thread. */
    void execute(Runnable action);

    /** A new statement has come. */
    void arrive(ClientStatement<?> statement);

    /** A statement has come back that was not sent. */
    void move(ClientStatement<?> statement);

    /** Something has ended. */
    void onChange();

    /** A statement took so long on an exclusive connection, to which the way is as long. */
    void learn(Pace pace, long nanos);

    /** Returns what is known of how fast a text is. */
    Pace paceOf(String sql);

    WaitingRoom room();

    /** Returns the failure of who finds too many waiting. */
    PgException full();

    /** Returns the failure of who has waited too long. */
    PgException late();
}
