package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over a borrowed buffer that frames one message of the server at a time.
 *
 * <pre>
 * message = Byte1 type, Int32 length (itself included, the type not), body
 * </pre>
 *
 * <p>{@link #next} frames the message at the buffer's reader index and moves nothing, so that a message that was not
 * consumed can be offered again. The reads of the body are checked against the frame. {@link #finish} demands that the
 * body was read exactly to its end and moves the buffer behind the message. What breaks the framing is a
 * {@link ProtocolViolation}.
 *
 * <p>Confined to the connection's event loop. The buffer is borrowed from {@code next} to {@code finish}.
 */
public final class BackendReader {

    /** The bytes of a type byte and a length word. */
    public static final int HEADER_LENGTH = 5;

    private final MessageLimits limits;
    private boolean authenticated;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private byte type;
    private int position;
    private int end;
    private int needed = HEADER_LENGTH;
    private final LatestTag latestTag = new LatestTag();

    public BackendReader(MessageLimits limits) {
        this.limits = limits;
    }

    /** Lifts the limit of the messages before authentication. */
    public void authenticated() {
        authenticated = true;
    }

    /** Whether {@link #authenticated()} was called. */
    public boolean isAuthenticated() {
        return authenticated;
    }

    /**
     * Frames the message at the reader index of {@code in}.
     *
     * @return false if {@code in} does not yet hold the whole message; {@link #needed()} then tells how long it is
     * @throws ProtocolViolation if the length is impossible or above the limit of the message
     */
    public boolean next(ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable < HEADER_LENGTH) {
            needed = HEADER_LENGTH;
            return false;
        }
        byte messageType = in.getByte(start);
        int length = in.getInt(start + 1);
        if (length < 4 || length > limits.of(messageType, authenticated)) {
            throw badLength(messageType, length);
        }
        if (readable <= length) {
            needed = 1 + length;
            return false;
        }
        buffer = in;
        type = messageType;
        position = start + HEADER_LENGTH;
        end = start + 1 + length;
        return true;
    }

    private ProtocolViolation badLength(byte messageType, int length) {
        String what = "the server sent " + BackendMessage.name(messageType) + " with length " + length;
        if (length < 4) {
            return new ProtocolViolation(what + ", less than the length word itself");
        }
        return new ProtocolViolation(what
                + ", above the limit of "
                + limits.of(messageType, authenticated)
                + " bytes"
                + (authenticated ? "" : " before authentication; is it a PostgreSQL server?"));
    }

    /** Returns the bytes that the incomplete message needs in all, as far as its header tells: at least a header. */
    public int needed() {
        return needed;
    }

    /** Returns the type byte of the framed message. */
    public byte type() {
        return type;
    }

    /** Returns the bytes of the body that were not read yet. */
    public int remaining() {
        return end - position;
    }

    public byte readByte() {
        return buffer.getByte(advance(1));
    }

    /** Reads an Int16 as the unsigned count that PostgreSQL means by it. */
    public int readUnsignedShort() {
        return buffer.getUnsignedShort(advance(2));
    }

    public short readShort() {
        return buffer.getShort(advance(2));
    }

    public int readInt() {
        return buffer.getInt(advance(4));
    }

    /** Reads a string up to and including its terminator; bytes that are not UTF-8 become replacement characters. */
    public String readCString() {
        int length = cStringLength();
        return buffer.toString(advance(length + 1), length, StandardCharsets.UTF_8);
    }

    /** Reads the body of CommandComplete. */
    CommandTag readCommandTag() {
        return latestTag.read(this);
    }

    /** Returns the bytes up to, not including, the next terminator, and reads nothing. */
    int cStringLength() {
        int terminator = buffer.forEachByte(position, remaining(), ByteProcessor.FIND_NUL);
        if (terminator < 0) {
            throw violation("a string without its terminator");
        }
        return terminator - position;
    }

    public byte[] readBytes(int length) {
        int start = advance(length);
        byte[] bytes = new byte[length];
        buffer.getBytes(start, bytes);
        return bytes;
    }

    public void skip(int length) {
        advance(length);
    }

    /** Skips what is left of the body. */
    public void skipBody() {
        position = end;
    }

    /** Returns to the start of the body, so that it can be read once more. */
    public void restart() {
        position = buffer.readerIndex() + HEADER_LENGTH;
    }

    /**
     * Ends the framed message and moves the buffer behind it.
     *
     * @throws ProtocolViolation if the body was not read exactly to its end
     */
    public void finish() {
        if (position != end) {
            throw violation(remaining() + " bytes behind its last field");
        }
        buffer.readerIndex(end);
    }

    /** Returns the violation of the framed message by {@code what}. */
    public ProtocolViolation violation(String what) {
        return new ProtocolViolation("the server sent " + BackendMessage.name(type) + " with " + what);
    }

    /** The buffer behind the reads, for the flyweights of this package. */
    ByteBuf buffer() {
        return buffer;
    }

    /** The absolute index of the next read. */
    int position() {
        return position;
    }

    /** Moves over {@code length} bytes of the body and returns the absolute index of the first. */
    private int advance(int length) {
        if (length < 0 || length > remaining()) {
            throw violation("a field that ends behind the message");
        }
        int start = position;
        position += length;
        return start;
    }
}
