package io.fluxgres.testkit.transcript;

import static io.fluxgres.testkit.transcript.Layout.BIND_GROUPS;
import static io.fluxgres.testkit.transcript.Layout.CODED_STRINGS;
import static io.fluxgres.testkit.transcript.Layout.COLUMNS;
import static io.fluxgres.testkit.transcript.Layout.COPY_FORMATS;
import static io.fluxgres.testkit.transcript.Layout.COUNTED_STRINGS;
import static io.fluxgres.testkit.transcript.Layout.LETTER;
import static io.fluxgres.testkit.transcript.Layout.NAMED_STRINGS;
import static io.fluxgres.testkit.transcript.Layout.NUMBER;
import static io.fluxgres.testkit.transcript.Layout.REST;
import static io.fluxgres.testkit.transcript.Layout.SIZED;
import static io.fluxgres.testkit.transcript.Layout.STRING;
import static io.fluxgres.testkit.transcript.Layout.TERMINATED_STRINGS;
import static io.fluxgres.testkit.transcript.Layout.TYPES;
import static io.fluxgres.testkit.transcript.Layout.VALUES;
import static io.fluxgres.testkit.transcript.Layout.VERSION;

import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the frontend/backend protocol: names, type bytes and layouts as in the section "Message Formats" of the
 * PostgreSQL manual.
 *
 * @param type the type byte; {@link #UNTYPED} for what a client says first, {@link #SINGLE_BYTE} for an answer to
 *     SSLRequest or GSSENCRequest, which has neither type nor length
 * @param prefix the Int32 that the body begins with where it tells messages of the same type apart
 */
record MessageType(String name, int type, @Nullable Integer prefix, List<Layout> layouts) {

    static final int UNTYPED = 0;
    static final int SINGLE_BYTE = -1;

    private static final List<MessageType> FRONTEND = List.of(
            prefixed("SSLRequest", UNTYPED, 80877103),
            prefixed("GSSENCRequest", UNTYPED, 80877104),
            prefixed("CancelRequest", UNTYPED, 80877102, NUMBER, REST),
            message("StartupMessage", UNTYPED, VERSION, NAMED_STRINGS),
            message("PasswordMessage", 'p', STRING),
            message("SASLInitialResponse", 'p', STRING, SIZED),
            message("SASLResponse", 'p', REST),
            message("Query", 'Q', STRING),
            message("Parse", 'P', STRING, STRING, TYPES),
            message("Bind", 'B', STRING, STRING, BIND_GROUPS),
            message("Describe", 'D', LETTER, STRING),
            message("Execute", 'E', STRING, NUMBER),
            message("Close", 'C', LETTER, STRING),
            message("Flush", 'H'),
            message("Sync", 'S'),
            message("CopyData", 'd', REST),
            message("CopyDone", 'c'),
            message("CopyFail", 'f', STRING),
            message("Terminate", 'X'));

    private static final List<MessageType> BACKEND = List.of(
            message("SSLResponse", SINGLE_BYTE, LETTER),
            message("NegotiateProtocolVersion", 'v', VERSION, COUNTED_STRINGS),
            prefixed("AuthenticationOk", 'R', 0),
            prefixed("AuthenticationKerberosV5", 'R', 2),
            prefixed("AuthenticationCleartextPassword", 'R', 3),
            prefixed("AuthenticationMD5Password", 'R', 5, REST),
            prefixed("AuthenticationGSS", 'R', 7),
            prefixed("AuthenticationGSSContinue", 'R', 8, REST),
            prefixed("AuthenticationSSPI", 'R', 9),
            prefixed("AuthenticationSASL", 'R', 10, TERMINATED_STRINGS),
            prefixed("AuthenticationSASLContinue", 'R', 11, REST),
            prefixed("AuthenticationSASLFinal", 'R', 12, REST),
            message("ParameterStatus", 'S', STRING, STRING),
            message("BackendKeyData", 'K', NUMBER, REST),
            message("ReadyForQuery", 'Z', LETTER),
            message("RowDescription", 'T', COLUMNS),
            message("DataRow", 'D', VALUES),
            message("CommandComplete", 'C', STRING),
            message("EmptyQueryResponse", 'I'),
            message("ParseComplete", '1'),
            message("BindComplete", '2'),
            message("CloseComplete", '3'),
            message("NoData", 'n'),
            message("PortalSuspended", 's'),
            message("ParameterDescription", 't', TYPES),
            message("ErrorResponse", 'E', CODED_STRINGS),
            message("NoticeResponse", 'N', CODED_STRINGS),
            message("NotificationResponse", 'A', NUMBER, STRING, STRING),
            message("CopyInResponse", 'G', COPY_FORMATS),
            message("CopyOutResponse", 'H', COPY_FORMATS),
            message("CopyBothResponse", 'W', COPY_FORMATS),
            message("CopyData", 'd', REST),
            message("CopyDone", 'c'));

    private static MessageType message(String name, int type, Layout... layouts) {
        return new MessageType(name, type, null, List.of(layouts));
    }

    private static MessageType prefixed(String name, int type, int prefix, Layout... layouts) {
        return new MessageType(name, type, prefix, List.of(layouts));
    }

    static MessageType frontend(String name) {
        return named(name, FRONTEND);
    }

    static MessageType backend(String name) {
        return named(name, BACKEND);
    }

    private static MessageType named(String name, List<MessageType> types) {
        return types.stream()
                .filter(type -> type.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new TranscriptException("there is no message %s in this direction".formatted(name)));
    }

    /** Returns all bytes of a message of this type. */
    byte[] encode(Message message) {
        BodyWriter body = new BodyWriter();
        if (prefix != null) {
            body.int32(prefix);
        }
        Fields fields = new Fields(message);
        layouts.forEach(layout -> layout.encode(fields, body));
        if (fields.hasNext()) {
            throw new TranscriptException("%s is one field too many for %s".formatted(fields.next(), name));
        }
        byte[] bytes = body.toBytes();
        if (type == SINGLE_BYTE) {
            return bytes;
        }
        BodyWriter out = new BodyWriter();
        if (type != UNTYPED) {
            out.int8(type);
        }
        return out.int32(bytes.length + 4).bytes(bytes).toBytes();
    }

    /** Writes a message as it would be written if it were received. */
    Message canonical(Message message) {
        byte[] bytes = encode(message);
        int header = type == SINGLE_BYTE ? 0 : type == UNTYPED ? 4 : 5;
        Message canonical = decode(Arrays.copyOfRange(bytes, header, bytes.length));
        if (canonical == null) {
            throw new TranscriptException("%s reads differently than it is written".formatted(message));
        }
        return canonical;
    }

    /**
     * Writes a received message as a transcript would.
     *
     * @param expected the name to prefer among messages that only the context tells apart, such as PasswordMessage and
     *     SASLResponse
     */
    static Message decodeFrontend(int type, byte[] body, String expected) {
        return decode(type, body, expected, FRONTEND);
    }

    /** Writes a received message as a transcript would. */
    static Message decodeBackend(int type, byte[] body) {
        return decode(type, body, "", BACKEND);
    }

    private static Message decode(int type, byte[] body, String expected, List<MessageType> types) {
        List<MessageType> candidates = types.stream()
                .filter(candidate -> candidate.type == type && candidate.hasPrefixOf(body))
                .sorted((a, b) -> Boolean.compare(b.name.equals(expected), a.name.equals(expected)))
                .toList();
        for (MessageType candidate : candidates) {
            Message message = candidate.decode(body);
            if (message != null) {
                return message;
            }
        }
        String what = candidates.isEmpty() ? "an unknown message" : "a malformed " + candidates.get(0).name;
        return new Message(
                "%s of type %s and body 0x%s"
                        .formatted(
                                what,
                                type == UNTYPED ? "none" : "'%c'".formatted(type),
                                HexFormat.of().formatHex(body)),
                List.of(),
                false);
    }

    private boolean hasPrefixOf(byte[] body) {
        return prefix == null
                || (body.length >= 4
                        && Arrays.equals(new BodyWriter().int32(prefix).toBytes(), 0, 4, body, 0, 4));
    }

    private @Nullable Message decode(byte[] body) {
        BodyReader in = new BodyReader(body);
        List<Field> fields = new ArrayList<>();
        try {
            if (prefix != null) {
                in.int32();
            }
            layouts.forEach(layout -> layout.decode(in, fields));
        } catch (BufferUnderflowException e) {
            return null;
        }
        return in.hasRemaining() ? null : new Message(name, fields, false);
    }
}
