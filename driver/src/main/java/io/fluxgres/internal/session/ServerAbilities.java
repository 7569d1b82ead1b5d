package io.fluxgres.internal.session;

/**
 * What the sessions of a factory have learnt of their server.
 *
 * @param reset whether {@link Residue#STATE} can be removed, and leaves the session as it was at startup
 * @param discardAll the same of {@link Residue#STATEMENTS}
 * @param savepoint whether there are savepoints
 * @param lockTimeoutAtStartup whether StartupMessage may have a lock timeout
 */
record ServerAbilities(
        ServerAbility reset, ServerAbility discardAll, ServerAbility savepoint, ServerAbility lockTimeoutAtStartup) {

    ServerAbilities() {
        this(new ServerAbility(), new ServerAbility(), new ServerAbility(), new ServerAbility());
    }

    /** Returns whether the server removes what is left. */
    ServerAbility toRemove(Residue residue) {
        return residue == Residue.STATEMENTS ? discardAll : reset;
    }
}
