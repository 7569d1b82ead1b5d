package io.fluxgres;

/**
 * What a client is doing at the moment, for gauges: {@link PgObserver#onClient}. May be read by any thread at any time; the
 * figures need not fit each other, for nothing stands still while they are read.
 */
public interface PgClientFigures {

    /** Returns how many shared connections there are. */
    int sharedConnections();

    /** Returns how many statements were sent on them, or are about to be, and have not been answered. */
    int sharedInFlight();

    /** Returns how many statements wait for a connection of either kind. */
    int waiting();

    /** Returns how many connections of the pool are in use. */
    int exclusiveInUse();

    /** Returns how many connections of the pool are idle. */
    int exclusiveIdle();

    /** Returns how many connections of the pool are wanted beyond those, by statements that wait and by transactions. */
    int exclusiveAwaited();
}
