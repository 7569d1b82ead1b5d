package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * The caller asked for something impossible: an unknown option, a NUL in SQL, a parameter of a class that no codec can
 * encode, a column that does not exist. The connection stays usable, and nothing was executed, unless
 * {@link #safeToRetry} is false: a COPY among other statements, or one that sends what it changed, cannot be taken back.
 */
public final class PgUsageException extends PgException {

    public PgUsageException(String message) {
        this(message, null);
    }

    public PgUsageException(String message, @Nullable Throwable cause) {
        super(Fault.CALLER, true, message, cause);
    }

    /**
     * Creates the exception of a request that was begun.
     *
     * @param safeToRetry false if part of it may have been executed
     */
    public PgUsageException(String message, boolean safeToRetry) {
        super(Fault.CALLER, safeToRetry, message, null);
    }
}
