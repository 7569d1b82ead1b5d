package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * There is no connection, or no longer one: it could not be made in time, was lost, or was closed.
 *
 * <p>{@link #safeToRetry} tells whether the request had not been sent. If it is false the request may have been executed:
 * its outcome is unknown.
 */
public final class PgConnectionException extends PgException {

    private final @Nullable PgErrorFields fields;

    /**
     * Creates the exception of a request.
     *
     * @param safeToRetry true if the request was certainly not executed
     * @param fields what the server said when it ended the session, or null if it said nothing
     */
    public PgConnectionException(
            String message, boolean safeToRetry, @Nullable PgErrorFields fields, @Nullable Throwable cause) {
        super(Fault.NETWORK, safeToRetry, message, cause);
        this.fields = fields;
    }

    @Override
    public @Nullable PgErrorFields errorFields() {
        return fields;
    }
}
