package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * The caller asked for something impossible: an unknown option, a NUL in SQL, a parameter of a class that no codec can
 * encode, a column that does not exist. The connection stays usable. {@link #safeToRetry} tells whether nothing was
 * executed; if it is false the mistake was found behind the execution.
 */
public final class PgUsageException extends PgException {

    public PgUsageException(String message) {
        this(message, null);
    }

    public PgUsageException(String message, @Nullable Throwable cause) {
        super(Fault.CALLER, true, message, cause);
    }

    /** Creates the exception of a mistake that was found when the statement may have been executed, if not safe to retry. */
    public PgUsageException(String message, boolean safeToRetry) {
        this(message, safeToRetry, null);
    }

    /** Creates the exception of such a mistake that another exception showed. */
    public PgUsageException(String message, boolean safeToRetry, @Nullable Throwable cause) {
        super(Fault.CALLER, safeToRetry, message, cause);
    }
}
