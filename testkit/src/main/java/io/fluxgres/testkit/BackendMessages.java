package io.fluxgres.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes backend messages as the section "Message Formats" of the PostgreSQL manual defines them, for tests that feed a
 * client with bytes of a server. Type bytes and layouts are written down here a second time on purpose, so that a
 * mistake in the driver's own constants cannot test itself.
 *
 * <pre>{@code
 * byte[] answer = new BackendMessages()
 *         .rowDescription(column("?column?", 23))
 *         .dataRow("1")
 *         .commandComplete("SELECT 1")
 *         .readyForQuery('I')
 *         .toBytes();
 * }</pre>
 *
 * <p>Messages are appended in the order of the calls. Nothing is checked, so that wrong messages can be made too. Not
 * safe for use by several threads at once.
 */
public final class BackendMessages {

    /** The format code of values in text. */
    public static final int TEXT = 0;
    /** The format code of values in binary. */
    public static final int BINARY = 1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /**
     * A field of a RowDescription.
     *
     * @param tableOid the table that the column is of, or 0
     * @param attributeNumber the column's number in that table, or 0
     * @param typeSize {@code typlen} of {@code pg_type}; negative for types of variable width
     */
    public record Column(
            String name, int tableOid, int attributeNumber, int typeOid, int typeSize, int typeModifier, int format) {

        /** Returns the same column in another format. */
        public Column format(int code) {
            return new Column(name, tableOid, attributeNumber, typeOid, typeSize, typeModifier, code);
        }
    }

    /** Returns a column in text that comes from no table, its type of variable width and without a modifier. */
    public static Column column(String name, int typeOid) {
        return new Column(name, 0, 0, typeOid, -1, -1, TEXT);
    }

    public BackendMessages authenticationOk() {
        return authentication(0, new byte[0]);
    }

    public BackendMessages authenticationCleartextPassword() {
        return authentication(3, new byte[0]);
    }

    public BackendMessages authenticationMd5Password(byte[] salt) {
        return authentication(5, salt);
    }

    public BackendMessages authenticationSasl(String... mechanisms) {
        Body body = new Body();
        for (String mechanism : mechanisms) {
            body.string(mechanism);
        }
        return authentication(10, body.int8(0).toBytes());
    }

    public BackendMessages authenticationSaslContinue(String data) {
        return authentication(11, utf8(data));
    }

    public BackendMessages authenticationSaslFinal(String data) {
        return authentication(12, utf8(data));
    }

    /** Any authentication request by its code, for the methods that nobody implements. */
    public BackendMessages authentication(int code, byte[] data) {
        return message('R', new Body().int32(code).bytes(data));
    }

    public BackendMessages parameterStatus(String name, String value) {
        return message('S', new Body().string(name).string(value));
    }

    public BackendMessages backendKeyData(int processId, byte[] secretKey) {
        return message('K', new Body().int32(processId).bytes(secretKey));
    }

    /**
     * @param newestVersion the full version code, as servers send it, such as {@code 0x00030000}
     */
    public BackendMessages negotiateProtocolVersion(int newestVersion, String... unrecognizedOptions) {
        Body body = new Body().int32(newestVersion).int32(unrecognizedOptions.length);
        for (String option : unrecognizedOptions) {
            body.string(option);
        }
        return message('v', body);
    }

    /**
     * @param status I for idle, T for in a transaction block, E for in a failed one
     */
    public BackendMessages readyForQuery(char status) {
        return message('Z', new Body().int8(status));
    }

    public BackendMessages rowDescription(Column... columns) {
        Body body = new Body().int16(columns.length);
        for (Column column : columns) {
            body.string(column.name())
                    .int32(column.tableOid())
                    .int16(column.attributeNumber())
                    .int32(column.typeOid())
                    .int16(column.typeSize())
                    .int32(column.typeModifier())
                    .int16(column.format());
        }
        return message('T', body);
    }

    /**
     * @param values a {@code byte[]} as it is, null as NULL, anything else as the text of {@code toString()}
     */
    public BackendMessages dataRow(@Nullable Object... values) {
        Body body = new Body().int16(values.length);
        for (Object value : values) {
            if (value == null) {
                body.int32(-1);
            } else {
                byte[] bytes = value instanceof byte[] binary ? binary : utf8(value.toString());
                body.int32(bytes.length).bytes(bytes);
            }
        }
        return message('D', body);
    }

    public BackendMessages commandComplete(String tag) {
        return message('C', new Body().string(tag));
    }

    public BackendMessages emptyQueryResponse() {
        return message('I', new Body());
    }

    public BackendMessages parseComplete() {
        return message('1', new Body());
    }

    public BackendMessages bindComplete() {
        return message('2', new Body());
    }

    public BackendMessages closeComplete() {
        return message('3', new Body());
    }

    public BackendMessages noData() {
        return message('n', new Body());
    }

    public BackendMessages portalSuspended() {
        return message('s', new Body());
    }

    public BackendMessages parameterDescription(int... typeOids) {
        Body body = new Body().int16(typeOids.length);
        for (int oid : typeOids) {
            body.int32(oid);
        }
        return message('t', body);
    }

    /** An ErrorResponse as servers send it, with the severity in both its fields. */
    public BackendMessages errorResponse(String severity, String sqlState, String message) {
        return message('E', fieldList(fields(severity, sqlState, message)));
    }

    /**
     * @param fields by their codes, sent in the order of the map's iteration
     */
    public BackendMessages errorResponse(Map<Character, String> fields) {
        return message('E', fieldList(fields.entrySet()));
    }

    /** A NoticeResponse as servers send it, with the severity in both its fields. */
    public BackendMessages noticeResponse(String severity, String sqlState, String message) {
        return message('N', fieldList(fields(severity, sqlState, message)));
    }

    /**
     * @param fields by their codes, sent in the order of the map's iteration
     */
    public BackendMessages noticeResponse(Map<Character, String> fields) {
        return message('N', fieldList(fields.entrySet()));
    }

    private static List<Map.Entry<Character, String>> fields(String severity, String sqlState, String message) {
        return List.of(
                Map.entry('S', severity), Map.entry('V', severity), Map.entry('C', sqlState), Map.entry('M', message));
    }

    private static Body fieldList(Collection<Map.Entry<Character, String>> fields) {
        Body body = new Body();
        fields.forEach(field -> body.int8(field.getKey()).string(field.getValue()));
        return body.int8(0);
    }

    public BackendMessages notificationResponse(int processId, String channel, String payload) {
        return message('A', new Body().int32(processId).string(channel).string(payload));
    }

    /**
     * @param format the overall format: 0 textual, 1 binary
     */
    public BackendMessages copyInResponse(int format, int... columnFormats) {
        return copyResponse('G', format, columnFormats);
    }

    /**
     * @param format the overall format: 0 textual, 1 binary
     */
    public BackendMessages copyOutResponse(int format, int... columnFormats) {
        return copyResponse('H', format, columnFormats);
    }

    /**
     * @param format the overall format: 0 textual, 1 binary
     */
    public BackendMessages copyBothResponse(int format, int... columnFormats) {
        return copyResponse('W', format, columnFormats);
    }

    private BackendMessages copyResponse(char type, int format, int[] columnFormats) {
        Body body = new Body().int8(format).int16(columnFormats.length);
        Arrays.stream(columnFormats).forEach(body::int16);
        return message(type, body);
    }

    public BackendMessages copyData(byte[] data) {
        return message('d', new Body().bytes(data));
    }

    public BackendMessages copyData(String text) {
        return copyData(utf8(text));
    }

    public BackendMessages copyDone() {
        return message('c', new Body());
    }

    /** A message of any type and body, framed with its right length. */
    public BackendMessages raw(char type, byte[] body) {
        return message(type, new Body().bytes(body));
    }

    /** The start of a message whose length is a lie. */
    public BackendMessages rawWithLength(char type, int length, byte[] body) {
        return bytes(new Body().int8(type).int32(length).bytes(body).toBytes());
    }

    /** Bytes without any framing. */
    public BackendMessages bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** Returns all messages so far, one behind the other. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    private BackendMessages message(char type, Body body) {
        byte[] bytes = body.toBytes();
        return rawWithLength(type, bytes.length + 4, bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What follows the length of a message; integers are big-endian. */
    private static final class Body {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Body int8(int value) {
            out.write(value);
            return this;
        }

        Body int16(int value) {
            return int8(value >> 8).int8(value);
        }

        Body int32(int value) {
            return int16(value >> 16).int16(value);
        }

        Body string(String text) {
            return bytes(utf8(text)).int8(0);
        }

        Body bytes(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }
}
