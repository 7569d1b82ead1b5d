package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Prints messages of both directions in the format of libpq's {@code PQtrace}, without timestamps.
 *
 * <pre>
 * line = ("F" | "B") TAB length TAB name [TAB (SP field)*]
 *
 * F    13    Query     "SELECT 1"
 * B    33    RowDescription     1 "?column?" 0 0 23 4 65535 -1 0
 * </pre>
 *
 * <p>Integers of 16 bits are unsigned, strings stand in double quotes and counted bytes in single quotes; what cannot be
 * printed appears as {@code \x0a}, so that a message is one line. A body that is not as long as its fields is printed as
 * far as it goes, with a remark.
 *
 * <p>Secrets are never printed: passwords, the data of SASL and GSS and cancel keys appear as {@code '...'}. So do the values
 * of parameters, rows, COPY and functions unless the tracer was made for them. SQL, errors, notices and the payload of
 * notifications are printed as they are, and with them whatever somebody wrote into them.
 *
 * <p>A tracer belongs to one connection, because only the server's last request tells what an authentication response is.
 * It is confined to the connection's event loop, borrows buffers for one call and moves no index.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">Message Formats</a>
 */
public final class MessageTracer {

    private static final int NONE = -1;

    private final Consumer<String> lines;
    private final boolean withValues;
    private final boolean withQueries;
    private int authenticationRequest = NONE;

    private MessageTracer(Consumer<String> lines, boolean withValues, boolean withQueries) {
        this.lines = lines;
        this.withValues = withValues;
        this.withQueries = withQueries;
    }

    /** Returns a tracer that hides the values of parameters and rows. */
    public static MessageTracer withoutValues(Consumer<String> lines) {
        return new MessageTracer(lines, false, true);
    }

    /**
     * Returns a tracer that hides the SQL of Query messages too, for a client that puts the values of parameters into it as
     * literals.
     */
    public static MessageTracer withoutValuesAndQueries(Consumer<String> lines) {
        return new MessageTracer(lines, false, false);
    }

    /** Returns a tracer that prints the values of parameters and rows, the application's data. */
    public static MessageTracer withValues(Consumer<String> lines) {
        return new MessageTracer(lines, true, true);
    }

    /** Prints StartupMessage, SSLRequest, GSSENCRequest or CancelRequest, which have no type byte. */
    public void frontendUntyped(ByteBuf message) {
        int start = message.readerIndex();
        int readable = message.readableBytes();
        int length = readable < 4 ? readable : message.getInt(start);
        if (length < 8 || length > readable) {
            lines.accept("F\t" + length + "\tUnknown message");
            return;
        }
        Line line = new Line('F', length, message.slice(start + 4, length - 4));
        switch (message.getInt(start + 4)) {
            case FrontendMessage.CANCEL_REQUEST_CODE ->
                line.name("CancelRequest").int16().int16().int32().secret();
            case FrontendMessage.SSL_REQUEST_CODE ->
                line.name("SSLRequest").int16().int16();
            case FrontendMessage.GSS_ENC_REQUEST_CODE ->
                line.name("GSSENCRequest").int16().int16();
            default -> line.name("StartupMessage").int16().int16().stringsToTerminator();
        }
        lines.accept(line.end());
    }

    /** Prints the server's one byte that answers SSLRequest. */
    public void sslResponse(byte answer) {
        lines.accept("B\t1\tSSLResponse\t" + printable(answer & 0xff, new StringBuilder(" ")));
    }

    /** Prints the whole messages of the client from the reader index to the writer index. */
    public void frontend(ByteBuf messages) {
        each('F', messages);
    }

    /** Prints the whole messages of the server from the reader index to the writer index. */
    public void backend(ByteBuf messages) {
        each('B', messages);
    }

    private void each(char direction, ByteBuf messages) {
        int start = messages.readerIndex();
        int end = messages.writerIndex();
        while (start < end) {
            int available = end - start - 1;
            int length = available < 4 ? available : messages.getInt(start + 1);
            if (length < 4 || length > available) {
                lines.accept(direction + "\t" + length + "\tUnknown message");
                return;
            }
            Line line = new Line(direction, length, messages.slice(start + BackendReader.HEADER_LENGTH, length - 4));
            if (direction == 'F') {
                frontend(messages.getByte(start), line);
            } else {
                backend(messages.getByte(start), line);
            }
            lines.accept(line.end());
            start += 1 + length;
        }
    }

    private void frontend(byte type, Line line) {
        switch (type) {
            case FrontendMessage.BIND ->
                line.name("Bind").string().string().int16s().values().int16s();
            case FrontendMessage.CLOSE -> line.name("Close").byte1().string();
            case FrontendMessage.COPY_DATA -> line.name("CopyData").value();
            case FrontendMessage.COPY_DONE -> line.name("CopyDone");
            case FrontendMessage.COPY_FAIL -> line.name("CopyFail").string();
            case FrontendMessage.DESCRIBE -> line.name("Describe").byte1().string();
            case FrontendMessage.EXECUTE -> line.name("Execute").string().int32();
            case FrontendMessage.FLUSH -> line.name("Flush");
            case FrontendMessage.PARSE -> line.name("Parse").string().string().int32s();
            case FrontendMessage.PASSWORD_MESSAGE -> authenticationResponse(line);
            case FrontendMessage.QUERY -> query(line.name("Query"));
            case FrontendMessage.SYNC -> line.name("Sync");
            case FrontendMessage.TERMINATE -> line.name("Terminate");
            default -> line.unknown(type);
        }
    }

    private void query(Line line) {
        if (withQueries) {
            line.string();
        } else {
            line.secret();
        }
    }

    private void authenticationResponse(Line line) {
        switch (authenticationRequest) {
            case AuthenticationRequest.CLEARTEXT_PASSWORD, AuthenticationRequest.MD5_PASSWORD ->
                line.name("PasswordMessage").secret();
            case AuthenticationRequest.GSS, AuthenticationRequest.GSS_CONTINUE, AuthenticationRequest.SSPI ->
                line.name("GSSResponse").secret();
            case AuthenticationRequest.SASL ->
                line.name("SASLInitialResponse").string().int32().secret();
            case AuthenticationRequest.SASL_CONTINUE ->
                line.name("SASLResponse").secret();
            default -> line.name("UnknownAuthenticationResponse").secret();
        }
        authenticationRequest = NONE;
    }

    private void backend(byte type, Line line) {
        line.name(BackendMessage.name(type));
        switch (type) {
            case BackendMessage.AUTHENTICATION -> authentication(line);
            case BackendMessage.BACKEND_KEY_DATA -> line.int32().secret();
            case BackendMessage.COMMAND_COMPLETE -> line.string();
            case BackendMessage.COPY_BOTH_RESPONSE, BackendMessage.COPY_IN_RESPONSE, BackendMessage.COPY_OUT_RESPONSE ->
                line.byte1().int16s();
            case BackendMessage.COPY_DATA -> line.value();
            case BackendMessage.DATA_ROW -> line.values();
            case BackendMessage.ERROR_RESPONSE, BackendMessage.NOTICE_RESPONSE -> line.errorFields();
            case BackendMessage.FUNCTION_CALL_RESPONSE -> line.countedValue();
            case BackendMessage.NEGOTIATE_PROTOCOL_VERSION -> line.int32().strings();
            case BackendMessage.NOTIFICATION_RESPONSE -> line.int32().string().string();
            case BackendMessage.PARAMETER_DESCRIPTION -> line.int32s();
            case BackendMessage.PARAMETER_STATUS -> line.string().string();
            case BackendMessage.READY_FOR_QUERY -> line.byte1();
            case BackendMessage.ROW_DESCRIPTION -> line.columns();
            case BackendMessage.BIND_COMPLETE,
                    BackendMessage.CLOSE_COMPLETE,
                    BackendMessage.COPY_DONE,
                    BackendMessage.EMPTY_QUERY_RESPONSE,
                    BackendMessage.NO_DATA,
                    BackendMessage.PARSE_COMPLETE,
                    BackendMessage.PORTAL_SUSPENDED -> {}
            default -> line.unknown(type);
        }
    }

    private void authentication(Line line) {
        if (!line.has(4)) {
            return;
        }
        authenticationRequest = line.body.readInt();
        line.name(AuthenticationRequest.name(authenticationRequest));
        switch (authenticationRequest) {
            case AuthenticationRequest.OK,
                    AuthenticationRequest.KERBEROS_V5,
                    AuthenticationRequest.CLEARTEXT_PASSWORD,
                    AuthenticationRequest.SCM_CREDENTIAL,
                    AuthenticationRequest.GSS,
                    AuthenticationRequest.SSPI -> {}
            case AuthenticationRequest.SASL -> line.stringsToTerminator().terminator();
            default -> line.secret();
        }
    }

    private static StringBuilder printable(int character, StringBuilder text) {
        int code = character & 0xffff;
        if (code < ' ' || (code >= 0x7f && code < 0xa0)) {
            return text.append(String.format("\\x%02x", code));
        }
        return text.append((char) code);
    }

    /** One line in the making: the fields of one body, read in order and never behind its end. */
    private final class Line {

        private final char direction;
        private final int length;
        private final ByteBuf body;
        private final StringBuilder fields = new StringBuilder();
        private String name = "";
        private boolean cutOff;

        Line(char direction, int length, ByteBuf body) {
            this.direction = direction;
            this.length = length;
            this.body = body;
        }

        Line name(String messageName) {
            name = messageName;
            return this;
        }

        void unknown(byte type) {
            name = String.format("Unknown message: %02x", type);
            body.skipBytes(body.readableBytes());
        }

        Line byte1() {
            if (has(1)) {
                printable(body.readUnsignedByte(), fields.append(' '));
            }
            return this;
        }

        Line int16() {
            readInt16();
            return this;
        }

        private int readInt16() {
            if (!has(2)) {
                return 0;
            }
            int value = body.readUnsignedShort();
            fields.append(' ').append(value);
            return value;
        }

        Line int32() {
            readInt32();
            return this;
        }

        private int readInt32() {
            if (!has(4)) {
                return 0;
            }
            int value = body.readInt();
            fields.append(' ').append(value);
            return value;
        }

        /** A count and so many integers of 16 bits. */
        Line int16s() {
            for (int left = readInt16(); left > 0 && !cutOff; left--) {
                int16();
            }
            return this;
        }

        /** A count and so many integers of 32 bits. */
        Line int32s() {
            for (int left = readInt16(); left > 0 && !cutOff; left--) {
                int32();
            }
            return this;
        }

        /** A count of 32 bits and so many strings. */
        Line strings() {
            for (int left = readInt32(); left > 0 && !cutOff; left--) {
                string();
            }
            return this;
        }

        Line string() {
            int terminated = body.bytesBefore((byte) 0);
            if (!has(terminated < 0 ? Integer.MAX_VALUE : terminated + 1)) {
                return this;
            }
            String string =
                    body.readCharSequence(terminated, StandardCharsets.UTF_8).toString();
            body.skipBytes(1);
            fields.append(" \"");
            string.chars().forEach(character -> printable(character, fields));
            fields.append('"');
            return this;
        }

        Line stringsToTerminator() {
            while (!cutOff && body.isReadable() && body.getByte(body.readerIndex()) != 0) {
                string();
            }
            if (has(1)) {
                body.skipBytes(1);
            }
            return this;
        }

        /** Shows the terminator of a list of strings, which libpq prints as an empty string behind SASL mechanisms only. */
        void terminator() {
            if (!cutOff) {
                fields.append(" \"\"");
            }
        }

        void columns() {
            for (int left = readInt16(); left > 0 && !cutOff; left--) {
                string().int32().int16().int32().int16().int32().int16();
            }
        }

        void errorFields() {
            while (!cutOff) {
                int index = body.readerIndex();
                byte1();
                if (cutOff || body.getByte(index) == 0) {
                    return;
                }
                string();
            }
        }

        /** A count and so many values, each behind its length. */
        Line values() {
            for (int left = readInt16(); left > 0 && !cutOff; left--) {
                countedValue();
            }
            return this;
        }

        void countedValue() {
            int bytes = readInt32();
            if (!cutOff && bytes != -1 && has(bytes < 0 ? Integer.MAX_VALUE : bytes)) {
                bytes(bytes, withValues);
            }
        }

        /** The rest of the body, data of the application. */
        void value() {
            bytes(body.readableBytes(), withValues);
        }

        /** The rest of the body, never printed. */
        void secret() {
            if (!cutOff) {
                bytes(body.readableBytes(), false);
            }
        }

        private void bytes(int count, boolean printed) {
            if (!printed) {
                body.skipBytes(count);
                fields.append(" '...'");
                return;
            }
            fields.append(" '");
            for (int left = count; left > 0; left--) {
                byte b = body.readByte();
                if (b < ' ' || b == 0x7f) {
                    fields.append(String.format("\\x%02x", b));
                } else {
                    fields.append((char) b);
                }
            }
            fields.append('\'');
        }

        /** Whether so many bytes are left; if not, nothing more of the body is printed. */
        boolean has(int bytes) {
            cutOff = cutOff || bytes > body.readableBytes();
            return !cutOff;
        }

        String end() {
            StringBuilder line = new StringBuilder()
                    .append(direction)
                    .append('\t')
                    .append(length)
                    .append('\t')
                    .append(name);
            if (!fields.isEmpty()) {
                line.append('\t').append(fields);
            }
            if (cutOff) {
                line.append(" (ends too early)");
            } else if (body.isReadable()) {
                line.append(" (").append(body.readableBytes()).append(" bytes too many)");
            }
            return line.toString();
        }
    }
}
