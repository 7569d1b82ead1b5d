package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.util.UUID;

/** {@code uuid}: hexadecimal digits in groups of 8, 4, 4, 4 and 12 in text, 16 bytes in binary. */
final class UuidCodec {

    private static final int TEXT_LENGTH = 36;
    private static final int BINARY_LENGTH = 16;

    private UuidCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.UUID)
                .decode(Object.class, UuidCodec::fromText, UuidCodec::fromBinary)
                .decode(UUID.class, UuidCodec::fromText, UuidCodec::fromBinary)
                .decode(
                        String.class,
                        (buffer, index, length) ->
                                fromText(buffer, index, length).toString(),
                        (buffer, index, length) ->
                                fromBinary(buffer, index, length).toString())
                .encode(
                        UUID.class,
                        (value, out) -> FieldBytes.writeAscii(value.toString(), out),
                        (value, out) -> out.writeLong(value.getMostSignificantBits())
                                .writeLong(value.getLeastSignificantBits()))
                .parameters(UUID.class)
                .build();
    }

    private static UUID fromBinary(ByteBuf buffer, int index, int length) {
        if (length != BINARY_LENGTH) {
            throw FieldBytes.wrongLength(PgType.UUID, length, BINARY_LENGTH);
        }
        return new UUID(buffer.getLong(index), buffer.getLong(index + Long.BYTES));
    }

    private static UUID fromText(ByteBuf buffer, int index, int length) {
        if (length != TEXT_LENGTH
                || buffer.getByte(index + 8) != '-'
                || buffer.getByte(index + 13) != '-'
                || buffer.getByte(index + 18) != '-'
                || buffer.getByte(index + 23) != '-') {
            throw FieldBytes.malformed(PgType.UUID);
        }
        long timeLow = hex(buffer, index, 8);
        long timeMiddle = hex(buffer, index + 9, 4);
        long timeHigh = hex(buffer, index + 14, 4);
        long clock = hex(buffer, index + 19, 4);
        long node = hex(buffer, index + 24, 12);
        return new UUID(timeLow << 32 | timeMiddle << 16 | timeHigh, clock << 48 | node);
    }

    private static long hex(ByteBuf buffer, int index, int count) {
        long value = 0;
        for (int i = index; i < index + count; i++) {
            int digit = Hex.digit(buffer.getByte(i));
            if (digit < 0) {
                throw FieldBytes.malformed(PgType.UUID);
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
