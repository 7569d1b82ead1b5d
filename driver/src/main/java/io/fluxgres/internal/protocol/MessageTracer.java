package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
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
        TraceLine line = new TraceLine('F', length, message.slice(start + 4, length - 4), withValues);
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
        lines.accept("B\t1\tSSLResponse\t" + TraceLine.printable(answer & 0xff, new StringBuilder(" ")));
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
            TraceLine line = new TraceLine(
                    direction, length, messages.slice(start + BackendReader.HEADER_LENGTH, length - 4), withValues);
            if (direction == 'F') {
                frontend(messages.getByte(start), line);
            } else {
                backend(messages.getByte(start), line);
            }
            lines.accept(line.end());
            start += 1 + length;
        }
    }

    private void frontend(byte type, TraceLine line) {
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

    private void query(TraceLine line) {
        if (withQueries) {
            line.string();
        } else {
            line.secret();
        }
    }

    private void authenticationResponse(TraceLine line) {
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

    private void backend(byte type, TraceLine line) {
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

    private void authentication(TraceLine line) {
        if (!line.has(4)) {
            return;
        }
        authenticationRequest = line.code();
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
}
