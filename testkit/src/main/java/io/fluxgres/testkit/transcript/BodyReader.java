package io.fluxgres.testkit.transcript;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The body of a message that is being decoded; integers are big-endian. What reaches beyond the end of the body is a
 * {@link BufferUnderflowException}.
 */
final class BodyReader {

    private final ByteBuffer in;

    BodyReader(byte[] body) {
        in = ByteBuffer.wrap(body);
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    int int8() {
        return in.get() & 0xff;
    }

    int int16() {
        return in.getShort();
    }

    int unsignedInt16() {
        return in.getShort() & 0xffff;
    }

    int int32() {
        return in.getInt();
    }

    byte[] bytes(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    byte[] rest() {
        return bytes(in.remaining());
    }

    byte[] string() {
        int length = 0;
        while (in.position() + length < in.limit() && in.get(in.position() + length) != 0) {
            length++;
        }
        byte[] text = bytes(length);
        in.get();
        return text;
    }

    /** Reads a string that names something, such as a run-time parameter. */
    String name() {
        return new String(string(), StandardCharsets.UTF_8);
    }
}
