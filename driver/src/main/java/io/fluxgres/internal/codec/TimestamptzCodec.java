package io.fluxgres.internal.codec;

import static java.time.ZoneOffset.UTC;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * {@code timestamptz}: an {@code OffsetDateTime} by nature, an {@code Instant} or a {@code ZonedDateTime}, always in
 * UTC because the server keeps no zone; in binary an Int64 of microseconds since 2000-01-01 UTC.
 *
 * <p>{@code infinity} is {@link Instant#MAX} and {@link OffsetDateTime#MAX}, {@code -infinity} is {@link Instant#MIN}
 * and {@link OffsetDateTime#MIN}; {@code ZonedDateTime} has neither. A value is rounded to the nearest microsecond as
 * the server rounds a literal. {@code String} is refused because the server's text depends on the zone of the session,
 * and {@code LocalDateTime} because the meaning would.
 */
final class TimestamptzCodec {

    private TimestamptzCodec() {}

    static Codec create() {
        TypeCodec.Builder builder = TypeCodec.of(PgType.TIMESTAMPTZ);
        decode(builder, Object.class, TimestamptzCodec::toOffsetDateTime);
        decode(builder, OffsetDateTime.class, TimestamptzCodec::toOffsetDateTime);
        decode(builder, Instant.class, TimestamptzCodec::toInstant);
        decode(builder, ZonedDateTime.class, TimestamptzCodec::toZonedDateTime);
        encode(builder, OffsetDateTime.class, TimestamptzCodec::fromOffsetDateTime);
        encode(builder, Instant.class, TimestamptzCodec::fromInstant);
        encode(builder, ZonedDateTime.class, TimestamptzCodec::fromZonedDateTime);
        return builder.parameters(OffsetDateTime.class, Instant.class, ZonedDateTime.class)
                .build();
    }

    private static <T> void decode(TypeCodec.Builder builder, Class<T> asked, LongFunction<? extends T> conversion) {
        Decoder<T> text =
                (buffer, index, length) -> conversion.apply(DateTimeText.parseTimestamptz(buffer, index, length));
        Decoder<T> binary = (buffer, index, length) -> conversion.apply(microsFromBinary(buffer, index, length));
        builder.decode(asked, text, binary);
    }

    private static <T> void encode(TypeCodec.Builder builder, Class<T> valueClass, ToLongFunction<T> conversion) {
        Encoder<T> text = (value, out) -> FieldBytes.writeAscii(print(conversion.applyAsLong(value)), out);
        Encoder<T> binary = (value, out) -> out.writeLong(conversion.applyAsLong(value));
        builder.encode(valueClass, text, binary);
    }

    private static long microsFromBinary(ByteBuf buffer, int index, int length) {
        if (length != Long.BYTES) {
            throw FieldBytes.wrongLength(PgType.TIMESTAMPTZ, length, Long.BYTES);
        }
        long micros = buffer.getLong(index);
        boolean infinite = micros == DateTime.INFINITY || micros == DateTime.MINUS_INFINITY;
        return infinite ? micros : DateTime.requireTimestamp(micros);
    }

    private static OffsetDateTime toOffsetDateTime(long micros) {
        if (micros == DateTime.INFINITY) {
            return OffsetDateTime.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return OffsetDateTime.MIN;
        }
        return OffsetDateTime.of(DateTime.toLocalDateTime(micros), UTC);
    }

    private static Instant toInstant(long micros) {
        if (micros == DateTime.INFINITY) {
            return Instant.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return Instant.MIN;
        }
        return Instant.ofEpochSecond(DateTime.epochSecond(micros), DateTime.nanoOfSecond(micros));
    }

    private static ZonedDateTime toZonedDateTime(long micros) {
        if (micros == DateTime.INFINITY || micros == DateTime.MINUS_INFINITY) {
            throw new CodecException("the timestamp is infinite, which a ZonedDateTime cannot hold");
        }
        return ZonedDateTime.of(DateTime.toLocalDateTime(micros), UTC);
    }

    private static long fromOffsetDateTime(OffsetDateTime value) {
        if (value.equals(OffsetDateTime.MAX)) {
            return DateTime.INFINITY;
        } else if (value.equals(OffsetDateTime.MIN)) {
            return DateTime.MINUS_INFINITY;
        }
        return DateTime.toTimestamp(value.toEpochSecond(), value.getNano());
    }

    private static long fromInstant(Instant value) {
        if (value.equals(Instant.MAX)) {
            return DateTime.INFINITY;
        } else if (value.equals(Instant.MIN)) {
            return DateTime.MINUS_INFINITY;
        }
        return DateTime.toTimestamp(value.getEpochSecond(), value.getNano());
    }

    private static long fromZonedDateTime(ZonedDateTime value) {
        return DateTime.toTimestamp(value.toEpochSecond(), value.getNano());
    }

    private static String print(long micros) {
        if (micros == DateTime.INFINITY) {
            return "infinity";
        } else if (micros == DateTime.MINUS_INFINITY) {
            return "-infinity";
        }
        return DateTimeText.printTimestamp(micros, "+00");
    }
}
