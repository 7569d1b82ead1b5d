package io.fluxgres.internal.protocol;

/** The type bytes and request codes of the messages that the driver sends, under their names in the manual. */
public final class FrontendMessage {

    public static final byte BIND = 'B';
    public static final byte CLOSE = 'C';
    public static final byte COPY_DATA = 'd';
    public static final byte COPY_DONE = 'c';
    public static final byte COPY_FAIL = 'f';
    public static final byte DESCRIBE = 'D';
    public static final byte EXECUTE = 'E';
    public static final byte FLUSH = 'H';
    public static final byte PARSE = 'P';
    /** PasswordMessage, SASLInitialResponse and SASLResponse: only the phase tells them apart. */
    public static final byte PASSWORD_MESSAGE = 'p';

    public static final byte QUERY = 'Q';
    public static final byte SYNC = 'S';
    public static final byte TERMINATE = 'X';

    /** The code in place of a protocol version that asks for TLS; this message has no type byte. */
    public static final int SSL_REQUEST_CODE = 80877103;
    /** The code in place of a protocol version that asks to cancel; this message has no type byte. */
    public static final int CANCEL_REQUEST_CODE = 80877102;
    /** The code in place of a protocol version that asks for GSS encryption; this message has no type byte. */
    public static final int GSS_ENC_REQUEST_CODE = 80877104;

    private FrontendMessage() {}
}
