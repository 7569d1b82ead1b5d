package io.fluxgres.codec;

/**
 * A value that cannot be decoded as the class asked for, or not be encoded as its type.
 *
 * <p>The message says what does not fit and never contains the value. The driver adds the column or the parameter.
 */
public final class CodecException extends RuntimeException {

    /** Creates an exception whose message continues a sentence about the column or the parameter. */
    public CodecException(String message) {
        super(message);
    }

    /** Creates an exception with the failure that caused it. */
    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
