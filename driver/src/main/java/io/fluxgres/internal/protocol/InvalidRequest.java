package io.fluxgres.internal.protocol;

/**
 * The caller asked for a message that the protocol cannot carry: a NUL in a string, too many parameters, a message that
 * is too long. Nothing of the request may be sent. The message names no value.
 */
public final class InvalidRequest extends RuntimeException {

    public InvalidRequest(String message) {
        super(message);
    }
}
