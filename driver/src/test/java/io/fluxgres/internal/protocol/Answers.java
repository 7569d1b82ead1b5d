package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.join;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the server answers to queries, for streams that tests feed to the states. */
final class Answers {

    static final byte[] PARSE_COMPLETE = message('1');
    static final byte[] BIND_COMPLETE = message('2');
    static final byte[] CLOSE_COMPLETE = message('3');
    static final byte[] NO_DATA = message('n');
    static final byte[] EMPTY_QUERY_RESPONSE = message('I');
    static final byte[] PORTAL_SUSPENDED = message('s');
    static final byte[] COPY_DONE = message('c');
    static final byte[] COPY_IN_RESPONSE = message('G', int8(0), int16(1), int16(0));
    static final byte[] COPY_OUT_RESPONSE = message('H', int8(0), int16(1), int16(0));
    static final byte[] IDLE = Wire.readyForQuery('I');
    static final byte[] IN_TRANSACTION = Wire.readyForQuery('T');
    static final byte[] FAILED_TRANSACTION = Wire.readyForQuery('E');
    /** The error that answers CopyFail: it repeats the reason, in any language of the server. */
    static final byte[] COPY_REFUSED = Wire.errorResponse(
            "SERROR",
            "VERROR",
            "C57014",
            "MCOPY from stdin failed: the statement was executed as a query, not as a COPY");

    static final byte[] SYNTAX_ERROR = Wire.errorResponse("SERROR", "VERROR", "C42601", "Msyntax error");

    private Answers() {}

    /** A RowDescription of columns that {@link #column} makes. */
    static byte[] rowDescription(byte[]... columns) {
        return message('T', int16(columns.length), join(columns));
    }

    static byte[] column(String name, int typeOid, int typeSize, int format) {
        return join(cString(name), int32(0), int16(0), int32(typeOid), int16(typeSize), int32(-1), int16(format));
    }

    /** An integer column in text format. */
    static byte[] int4(String name) {
        return column(name, 23, 4, 0);
    }

    /** A text column in text format. */
    static byte[] textColumn(String name) {
        return column(name, 25, -1, 0);
    }

    /** A DataRow of values in text format. */
    static byte[] dataRow(@Nullable String... values) {
        byte[][] fields = Arrays.stream(values)
                .map(value -> value == null ? int32(-1) : join(int32(text(value).length), text(value)))
                .toArray(byte[][]::new);
        return message('D', int16(values.length), join(fields));
    }

    static byte[] parameterDescription(int... typeOids) {
        byte[][] types = Arrays.stream(typeOids).mapToObj(Wire::int32).toArray(byte[][]::new);
        return message('t', int16(typeOids.length), join(types));
    }

    static byte[] commandComplete(String tag) {
        return message('C', cString(tag));
    }

    static byte[] copyData(String data) {
        return message('d', text(data));
    }

    static byte[] notificationResponse(int processId, String channel, String payload) {
        return message('A', int32(processId), cString(channel), cString(payload));
    }

    static byte[] error(String sqlState) {
        return Wire.errorResponse("SERROR", "VERROR", "C" + sqlState, "Mit failed");
    }
}
