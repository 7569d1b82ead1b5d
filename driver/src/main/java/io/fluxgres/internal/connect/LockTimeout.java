package io.fluxgres.internal.connect;

import io.fluxgres.PgServerException;
import io.fluxgres.internal.statement.ServerAbility;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock timeout of each session of a factory. It is a parameter of StartupMessage, which costs nothing and which no reset
 * undoes. Poolers refuse such parameters; then it is a SET in front of the session's first flight and behind each reset.
 *
 * <p>May be used by any thread.
 */
final class LockTimeout {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");
    private static final String PARAMETER = "lock_timeout";

    private final @Nullable String milliseconds;
    private final ServerAbility atStartup;

    /** @param atStartup whether the server takes it as a parameter of StartupMessage */
    LockTimeout(@Nullable Duration value, ServerAbility atStartup) {
        this.milliseconds = value == null ? null : Long.toString(value.toMillis());
        this.atStartup = atStartup;
    }

    /** Returns what StartupMessage has to say of it: nothing where the server has refused that lately. */
    Map<String, String> parameter() {
        return milliseconds == null || atStartup.isRefused() ? Map.of() : Map.of(PARAMETER, milliseconds);
    }

    /** Returns the SET that a session needs, null if it needs none. */
    @Nullable String statement(Map<String, String> startupParameters) {
        return milliseconds == null || startupParameters.containsKey(PARAMETER)
                ? null
                : "set " + PARAMETER + " = " + milliseconds;
    }

    /** Takes note of why a session was not opened, and tells whether that was the parameter: another attempt does without it. */
    boolean isRefused(Throwable failure) {
        boolean refused = milliseconds != null
                && failure instanceof PgServerException error
                && String.valueOf(error.getMessage()).contains(PARAMETER);
        if (refused) {
            atStartup.onRefused();
            LOG.warn(
                    "The server refuses lock_timeout at startup ({}): connections set it themselves, which does not hold"
                            + " behind a pooler that shares sessions by transaction",
                    failure.getMessage());
        }
        return refused;
    }
}
