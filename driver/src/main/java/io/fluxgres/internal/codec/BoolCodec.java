package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;

/** {@code bool}: {@code t} or {@code f} in text, one byte 1 or 0 in binary. */
final class BoolCodec {

    private BoolCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.BOOL)
                .decodeBoolean(BoolCodec::fromText, BoolCodec::fromBinary)
                .decode(Object.class, BoolCodec::fromText, BoolCodec::fromBinary)
                .decode(
                        String.class,
                        (buffer, index, length) -> toText(fromText(buffer, index, length)),
                        (buffer, index, length) -> toText(fromBinary(buffer, index, length)))
                .encode(
                        Boolean.class,
                        (value, out) -> out.writeByte(value ? 't' : 'f'),
                        (value, out) -> out.writeByte(value ? 1 : 0))
                .parameters(Boolean.class)
                .build();
    }

    private static boolean fromText(ByteBuf buffer, int index, int length) {
        int letter = length == 1 ? buffer.getByte(index) : 0;
        if (letter != 't' && letter != 'f') {
            throw FieldBytes.malformed(PgType.BOOL);
        }
        return letter == 't';
    }

    private static boolean fromBinary(ByteBuf buffer, int index, int length) {
        if (length != 1) {
            throw FieldBytes.wrongLength(PgType.BOOL, length, 1);
        }
        int value = buffer.getByte(index);
        if (value != 0 && value != 1) {
            throw new CodecException("the binary value of bool is neither 0 nor 1");
        }
        return value == 1;
    }

    private static String toText(boolean value) {
        return value ? "t" : "f";
    }
}
