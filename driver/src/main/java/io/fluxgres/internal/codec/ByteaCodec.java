package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@code bytea}: a {@code byte[]} or a {@code ByteBuffer} on the heap; in binary the bytes themselves.
 *
 * <p>Text is read in both forms of {@code bytea_output}, {@code \x} and hexadecimal digits or the escape form
 * (printable ASCII, {@code \\}, and {@code \ooo} for the other bytes), and written in the first. {@code String} is
 * refused because the server does not report which form it uses. Of a {@code ByteBuffer} the remaining bytes are sent;
 * it is left as it is.
 *
 * @see <a href="https://www.postgresql.org/docs/18/datatype-binary.html">Binary Data Types</a>
 */
final class ByteaCodec {

    private ByteaCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.BYTEA)
                .decode(Object.class, ByteaCodec::fromText, ByteaCodec::fromBinary)
                .decode(byte[].class, ByteaCodec::fromText, ByteaCodec::fromBinary)
                .decode(
                        ByteBuffer.class,
                        (buffer, index, length) -> ByteBuffer.wrap(fromText(buffer, index, length)),
                        (buffer, index, length) -> ByteBuffer.wrap(fromBinary(buffer, index, length)))
                .encode(
                        byte[].class,
                        (value, out) -> writeHex(ByteBuffer.wrap(value), out),
                        (value, out) -> out.writeBytes(value))
                .encode(
                        ByteBuffer.class,
                        (value, out) -> writeHex(value, out),
                        (value, out) -> out.writeBytes(value.duplicate()))
                .parameters(byte[].class, ByteBuffer.class)
                .build();
    }

    private static byte[] fromBinary(ByteBuf buffer, int index, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return bytes;
    }

    private static byte[] fromText(ByteBuf buffer, int index, int length) {
        boolean hex = length >= 2 && buffer.getByte(index) == '\\' && buffer.getByte(index + 1) == 'x';
        return hex ? fromHex(buffer, index + 2, length - 2) : fromEscaped(buffer, index, length);
    }

    private static byte[] fromHex(ByteBuf buffer, int index, int length) {
        if (length % 2 != 0) {
            throw FieldBytes.malformed(PgType.BYTEA);
        }
        byte[] bytes = new byte[length / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Hex.digit(buffer.getByte(index + 2 * i));
            int low = Hex.digit(buffer.getByte(index + 2 * i + 1));
            if (high < 0 || low < 0) {
                throw FieldBytes.malformed(PgType.BYTEA);
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    private static byte[] fromEscaped(ByteBuf buffer, int index, int length) {
        byte[] bytes = new byte[length];
        int count = 0;
        int end = index + length;
        for (int at = index; at < end; count++) {
            int character = buffer.getByte(at);
            if (character < ' ' || character > '~') {
                throw FieldBytes.malformed(PgType.BYTEA);
            } else if (character != '\\') {
                bytes[count] = (byte) character;
                at += 1;
            } else if (at + 1 < end && buffer.getByte(at + 1) == '\\') {
                bytes[count] = '\\';
                at += 2;
            } else {
                bytes[count] = octal(buffer, at + 1, end);
                at += 4;
            }
        }
        return Arrays.copyOf(bytes, count);
    }

    private static byte octal(ByteBuf buffer, int index, int end) {
        int value = 0;
        for (int i = index; i < index + 3; i++) {
            int digit = i < end ? buffer.getByte(i) - '0' : -1;
            if (digit < 0 || digit > 7) {
                throw FieldBytes.malformed(PgType.BYTEA);
            }
            value = value << 3 | digit;
        }
        if (value > 0xFF) {
            throw FieldBytes.malformed(PgType.BYTEA);
        }
        return (byte) value;
    }

    private static void writeHex(ByteBuffer value, ByteBuf out) {
        long length = 2L + 2L * value.remaining();
        if (length > Integer.MAX_VALUE) {
            throw new CodecException("the bytes are more than a message in text format may hold");
        }
        out.ensureWritable((int) length);
        out.writeByte('\\').writeByte('x');
        for (int i = value.position(); i < value.limit(); i++) {
            int octet = value.get(i);
            out.writeByte(Hex.ofLowestBits(octet >> 4)).writeByte(Hex.ofLowestBits(octet));
        }
    }
}
