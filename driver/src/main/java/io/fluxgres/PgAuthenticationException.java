package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * The driver refused to log in: the server asked for a method that the options do not allow or the driver does not know,
 * no password was given, or the server could not prove that it knows the password. A wrong password is a
 * {@link PgServerException} with SQLSTATE 28P01, for it is the server that refuses then.
 */
public final class PgAuthenticationException extends PgException {

    public PgAuthenticationException(Fault fault, String message, @Nullable Throwable cause) {
        super(fault, true, message, cause);
    }
}
