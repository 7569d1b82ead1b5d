package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * Any failure the driver reports. Its subclasses tell what went wrong, {@link #fault} who has to act.
 *
 * <p>Messages never contain a password or the value of a parameter.
 */
public abstract sealed class PgException extends RuntimeException
        permits PgAuthenticationException,
                PgBackpressureException,
                PgBatchException,
                PgConnectionException,
                PgConversionException,
                PgProtocolException,
                PgRollbackException,
                PgServerException,
                PgTimeoutException,
                PgUsageException {

    /** Who is at fault. */
    public enum Fault {
        /** The program, its configuration, or its SQL. */
        CALLER,
        /** The server refused or failed for a reason that is not the caller's mistake: see {@link PgServerException}. */
        SERVER,
        /** The network, or a process at one of its ends, went away. */
        NETWORK,
        /** The peer does not speak the protocol correctly. */
        PROTOCOL
    }

    private final Fault fault;
    private final boolean safeToRetry;

    PgException(Fault fault, boolean safeToRetry, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
        this.safeToRetry = safeToRetry;
    }

    /** Returns who is at fault. */
    public final Fault fault() {
        return fault;
    }

    /** Whether the request was certainly not executed, so that repeating it cannot apply it twice. */
    public final boolean safeToRetry() {
        return safeToRetry;
    }

    /** Returns the SQLSTATE, or null if the failure has none because it did not come from the server. */
    public @Nullable String sqlState() {
        PgErrorFields fields = errorFields();
        return fields == null ? null : fields.sqlState();
    }

    /** Returns the fields of the server's error, or null if the failure did not come from the server. */
    public @Nullable PgErrorFields errorFields() {
        return null;
    }
}
