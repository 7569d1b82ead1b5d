package io.fluxgres.internal.protocol;

/** The body of CopyInResponse and CopyOutResponse, and the reason given to a COPY that nobody serves. */
final class CopyResponse {

    static final String REFUSAL = "the statement was executed as a query, not as a COPY";

    private CopyResponse() {}

    /** Reads the overall format and the formats of the columns: all of them text (0) or binary (1). */
    static void check(BackendReader in) {
        requireFormat(in, in.readByte());
        int columns = in.readUnsignedShort();
        if (columns * 2L != in.remaining()) {
            throw in.violation(columns + " columns in " + in.remaining() + " bytes");
        }
        for (int i = 0; i < columns; i++) {
            requireFormat(in, in.readUnsignedShort());
        }
    }

    private static void requireFormat(BackendReader in, int format) {
        if (format != 0 && format != 1) {
            throw in.violation("format code " + format);
        }
    }
}
