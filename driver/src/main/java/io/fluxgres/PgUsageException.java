package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * The caller asked for something impossible: an unknown option, a NUL in SQL, a parameter of a class that no codec can
 * encode, a column that does not exist. Nothing was executed; the connection stays usable.
 */
public final class PgUsageException extends PgException {

    public PgUsageException(String message) {
        this(message, null);
    }

    public PgUsageException(String message, @Nullable Throwable cause) {
        super(Fault.CALLER, true, message, cause);
    }
}
