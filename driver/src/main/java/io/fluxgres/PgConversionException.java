package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * A value does not fit: a column cannot be read as the class asked for, or a parameter cannot be written as its type. The
 * message names the column or parameter, its type and the class, never the value.
 */
public final class PgConversionException extends PgException {

    public PgConversionException(String message, @Nullable Throwable cause) {
        super(Fault.CALLER, false, message, cause);
    }
}
