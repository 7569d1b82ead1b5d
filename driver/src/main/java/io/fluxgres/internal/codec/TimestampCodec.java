package io.fluxgres.internal.codec;

import static java.time.ZoneOffset.UTC;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.time.LocalDateTime;

/**
 * {@code timestamp}: a {@code LocalDateTime}; in binary an Int64 of microseconds since 2000-01-01.
 *
 * <p>{@code infinity} is {@link LocalDateTime#MAX} and {@code -infinity} is {@link LocalDateTime#MIN}. A value is
 * rounded to the nearest microsecond as the server rounds a literal.
 */
final class TimestampCodec {

    private TimestampCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.TIMESTAMP)
                .isoText()
                .decode(Object.class, TimestampCodec::fromText, TimestampCodec::fromBinary)
                .decode(LocalDateTime.class, TimestampCodec::fromText, TimestampCodec::fromBinary)
                .decode(
                        String.class,
                        (buffer, index, length) -> print(DateTimeText.parseTimestamp(buffer, index, length)),
                        (buffer, index, length) -> print(microsFromBinary(buffer, index, length)))
                .encode(
                        LocalDateTime.class,
                        (value, out) -> FieldBytes.writeAscii(print(toMicros(value)), out),
                        (value, out) -> out.writeLong(toMicros(value)))
                .parameters(LocalDateTime.class)
                .build();
    }

    private static LocalDateTime fromText(ByteBuf buffer, int index, int length) {
        return toLocalDateTime(DateTimeText.parseTimestamp(buffer, index, length));
    }

    private static LocalDateTime fromBinary(ByteBuf buffer, int index, int length) {
        return toLocalDateTime(microsFromBinary(buffer, index, length));
    }

    private static long microsFromBinary(ByteBuf buffer, int index, int length) {
        if (length != Long.BYTES) {
            throw FieldBytes.wrongLength(PgType.TIMESTAMP, length, Long.BYTES);
        }
        long micros = buffer.getLong(index);
        boolean infinite = micros == DateTime.INFINITY || micros == DateTime.MINUS_INFINITY;
        return infinite ? micros : DateTime.requireTimestamp(micros);
    }

    private static LocalDateTime toLocalDateTime(long micros) {
        if (micros == DateTime.INFINITY) {
            return LocalDateTime.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return LocalDateTime.MIN;
        }
        return DateTime.toLocalDateTime(micros);
    }

    private static long toMicros(LocalDateTime value) {
        if (value.equals(LocalDateTime.MAX)) {
            return DateTime.INFINITY;
        } else if (value.equals(LocalDateTime.MIN)) {
            return DateTime.MINUS_INFINITY;
        }
        return DateTime.toTimestamp(value.toEpochSecond(UTC), value.getNano());
    }

    private static String print(long micros) {
        if (micros == DateTime.INFINITY) {
            return "infinity";
        } else if (micros == DateTime.MINUS_INFINITY) {
            return "-infinity";
        }
        return DateTimeText.printTimestamp(micros, "");
    }
}
