package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * A value does not fit: a column cannot be read as the class asked for, or a parameter cannot be written as its type. The
 * message names the column or parameter, its type and the class, never the value.
 */
public final class PgConversionException extends PgException {

    /** Creates the exception of a column: its statement has been executed. */
    public PgConversionException(String message, @Nullable Throwable cause) {
        this(message, false, cause);
    }

    /**
     * Creates the exception.
     *
     * @param safeToRetry true for a parameter: its statement was not sent
     */
    public PgConversionException(String message, boolean safeToRetry, @Nullable Throwable cause) {
        super(Fault.CALLER, safeToRetry, message, cause);
    }
}
