package io.fluxgres.codec;

/**
 * The format code of a column or a parameter.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-overview.html#PROTOCOL-FORMAT-CODES">Formats and Format
 *     Codes</a>
 */
public enum Format {
    /** The text that the type's output function writes; every type has it. */
    TEXT,
    /** The bytes that the type's send function writes, integers in network byte order. */
    BINARY;

    private static final Format[] BY_CODE = values();

    /** Returns the format code on the wire: 0 for text, 1 for binary. */
    public int code() {
        return ordinal();
    }

    /**
     * Returns the format with a code of the wire.
     *
     * @throws CodecException if the code is neither 0 nor 1
     */
    public static Format ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new CodecException("format code " + code + " is neither text (0) nor binary (1)");
        }
        return BY_CODE[code];
    }
}
