package io.fluxgres.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fluxgres.codec.CodecException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Strict UTF-8, the client encoding that the driver asks the server for.
 *
 * <p>Nothing is ever replaced: bytes that are not UTF-8 and strings that UTF-8 or the server cannot hold are a
 * {@link CodecException}.
 */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    static String readString(ByteBuf buffer, int index, int length) {
        // decoding marks malformed bytes by a replacement character, which a string of one byte a character cannot
        // hold: so ASCII is read over once by the loops of the JDK, and no check goes ahead
        String text = buffer.toString(index, length, UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(buffer, index, length);
        }
        return text;
    }

    static byte[] readBytes(ByteBuf buffer, int index, int length) {
        if (!isAscii(buffer, index, length)) {
            requireUtf8(buffer, index, length);
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return bytes;
    }

    private static boolean isAscii(ByteBuf buffer, int index, int length) {
        int end = index + length;
        int at = index;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            if ((buffer.getLong(at) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (buffer.getByte(at) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireUtf8(ByteBuf buffer, int index, int length) {
        if (!ByteBufUtil.isText(buffer, index, length, UTF_8)) {
            throw new CodecException("the text is not valid UTF-8");
        }
    }

    /** Appends {@code value}, after the whole of it was found to be valid. */
    static void write(CharSequence value, ByteBuf out) {
        int length = value.length();
        long encodedLength = encodedLength(value, length);
        if (encodedLength == length) {
            ByteBufUtil.writeAscii(out, value);
        } else if (encodedLength > Integer.MAX_VALUE) {
            throw new CodecException("the string is longer than a message may be");
        } else {
            ByteBufUtil.reserveAndWriteUtf8(out, value, (int) encodedLength);
        }
    }

    private static long encodedLength(CharSequence value, int length) {
        long encodedLength = length;
        for (int i = 0; i < length; i++) {
            char unit = value.charAt(i);
            if (unit == 0) {
                throw new CodecException("the string contains the character NUL, which the server cannot hold");
            } else if (unit < 0x800) {
                encodedLength += unit < 0x80 ? 0 : 1;
            } else if (!Character.isSurrogate(unit)) {
                encodedLength += 2;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < length
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                encodedLength += 2;
                i++;
            } else {
                throw new CodecException("the string contains an unpaired surrogate, which UTF-8 cannot hold");
            }
        }
        return encodedLength;
    }
}
