package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * {@code json} and {@code jsonb}: the document as text; a {@code byte[]}, {@code ByteBuffer} or
 * {@code InputStream} is that text in UTF-8.
 *
 * <p>The binary format of {@code json} is its text; that of {@code jsonb} is a version number, 1, in one byte, and the
 * text.
 */
final class JsonCodecs {

    private static final int JSONB_VERSION = 1;

    private JsonCodecs() {}

    static List<Codec> all() {
        return List.of(
                codec(
                        PgType.JSON,
                        Utf8::readString,
                        Utf8::readBytes,
                        Utf8::write,
                        (value, out) -> out.writeBytes(value)),
                codec(
                        PgType.JSONB,
                        (buffer, index, length) ->
                                Utf8.readString(buffer, afterVersion(buffer, index, length), length - 1),
                        (buffer, index, length) ->
                                Utf8.readBytes(buffer, afterVersion(buffer, index, length), length - 1),
                        (value, out) -> Utf8.write(value, out.writeByte(JSONB_VERSION)),
                        (value, out) -> out.writeByte(JSONB_VERSION).writeBytes(value)));
    }

    private static Codec codec(
            PgType type,
            Decoder<String> string,
            Decoder<byte[]> bytes,
            Encoder<CharSequence> writeString,
            Encoder<byte[]> writeBytes) {
        return TypeCodec.of(type)
                .decode(Object.class, Utf8::readString, string)
                .decode(String.class, Utf8::readString, string)
                .decode(CharSequence.class, Utf8::readString, string)
                .decode(byte[].class, Utf8::readBytes, bytes)
                .decode(ByteBuffer.class, convert(Utf8::readBytes, ByteBuffer::wrap), convert(bytes, ByteBuffer::wrap))
                .decode(
                        InputStream.class,
                        convert(Utf8::readBytes, ByteArrayInputStream::new),
                        convert(bytes, ByteArrayInputStream::new))
                .encode(CharSequence.class, Utf8::write, writeString)
                .encode(byte[].class, (value, out) -> out.writeBytes(value), writeBytes)
                .encode(
                        ByteBuffer.class,
                        (value, out) -> out.writeBytes(value.duplicate()),
                        (value, out) -> writeBytes.encode(bytesOf(value), out))
                .build();
    }

    private static <T> Decoder<T> convert(Decoder<byte[]> source, Function<byte[], ? extends T> conversion) {
        return (buffer, index, length) -> conversion.apply(source.decode(buffer, index, length));
    }

    private static byte[] bytesOf(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return bytes;
    }

    private static int afterVersion(ByteBuf buffer, int index, int length) {
        if (length < 1 || buffer.getByte(index) != JSONB_VERSION) {
            throw new CodecException("the binary value of jsonb is not of version " + JSONB_VERSION);
        }
        return index + 1;
    }
}
