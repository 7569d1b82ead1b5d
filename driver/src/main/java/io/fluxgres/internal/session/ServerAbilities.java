package io.fluxgres.internal.session;

import io.fluxgres.internal.statement.Residue;
import io.fluxgres.internal.statement.ServerAbility;
import java.time.Duration;

/**
 * What the sessions of a factory have learnt of their server.
 *
 * @param reset whether {@link Residue#STATE} can be removed, and leaves the session as it was at startup
 * @param discardAll the same of {@link Residue#STATEMENTS}
 * @param lockTimeoutAtStartup whether StartupMessage may have a lock timeout
 * @param floatDigits whether {@link FloatDigits} can be set
 */
public record ServerAbilities(
        ServerAbility reset, ServerAbility discardAll, ServerAbility lockTimeoutAtStartup, ServerAbility floatDigits) {

    /** To try again costs a connection that nobody uses. */
    private static final Duration MEMORY = Duration.ofMinutes(10);

    public ServerAbilities() {
        this(untried(), untried(), untried(), untried());
    }

    private static ServerAbility untried() {
        return new ServerAbility(MEMORY, System::nanoTime);
    }

    /** Returns whether the server removes what is left. */
    ServerAbility toRemove(Residue residue) {
        return residue == Residue.STATEMENTS ? discardAll : reset;
    }
}
