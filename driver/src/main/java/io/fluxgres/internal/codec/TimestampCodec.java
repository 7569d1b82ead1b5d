package io.fluxgres.internal.codec;

import static java.time.ZoneOffset.UTC;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.Date;
import java.util.function.LongFunction;

/**
 * {@code timestamp}: a {@code LocalDateTime}; in binary an Int64 of microseconds since 2000-01-01.
 *
 * <p>{@code infinity} is {@link LocalDateTime#MAX} and {@code -infinity} is {@link LocalDateTime#MIN}. A value is
 * rounded to the nearest microsecond as the server rounds a literal. {@code LocalDate} and {@code LocalTime} are its parts.
 *
 * <p>It tells no instant, so {@code Instant} and its like are refused. Only a {@code Date}, which is from times when there
 * was no local one, is the instant in the session's zone, by the JVM's rules for it: neither format has the server's.
 */
final class TimestampCodec {

    private static final String NO_INSTANT =
            "it has no time zone; read it as a LocalDateTime and choose its zone, or let the column be a timestamptz";

    private TimestampCodec() {}

    static Codec create() {
        TypeCodec.Builder builder = TypeCodec.of(PgType.TIMESTAMP)
                .refuse(Instant.class, NO_INSTANT)
                .refuse(OffsetDateTime.class, NO_INSTANT)
                .refuse(ZonedDateTime.class, NO_INSTANT)
                .refuseOthers("read it as a LocalDateTime, LocalDate, LocalTime, Date or String")
                .decode(
                        Object.class,
                        DateTimeText.whileIso(
                                text(TimestampCodec::toLocalDateTime), binary(TimestampCodec::toLocalDateTime)))
                .decode(String.class, DateTimeText.whileIso(Utf8::readString, binary(TimestampCodec::print)));
        decode(builder, LocalDateTime.class, TimestampCodec::toLocalDateTime);
        decode(builder, LocalDate.class, TimestampCodec::toLocalDate);
        decode(builder, LocalTime.class, TimestampCodec::toLocalTime);
        InstantClass.ALL.forEach(each -> decode(builder, each));
        return builder.encode(
                        LocalDateTime.class,
                        (value, out) -> FieldBytes.writeAscii(print(toMicros(value)), out),
                        (value, out) -> out.writeLong(toMicros(value)))
                .encode(
                        LocalDate.class,
                        (value, out) -> FieldBytes.writeAscii(print(toMicros(value)), out),
                        (value, out) -> out.writeLong(toMicros(value)))
                .parameters(LocalDateTime.class)
                .build();
    }

    private static <T> void decode(TypeCodec.Builder builder, Class<T> asked, LongFunction<? extends T> conversion) {
        builder.decode(asked, text(conversion), binary(conversion));
    }

    private static <T extends Date> void decode(TypeCodec.Builder builder, InstantClass<T> asked) {
        builder.decode(asked.valueClass(), (format, context) -> {
            ZoneRules rules = SessionZone.rules(context);
            LongFunction<T> conversion = micros -> asked.convert(toInstant(micros, rules));
            return format == Format.TEXT ? text(conversion) : binary(conversion);
        });
    }

    private static <T> Decoder<T> text(LongFunction<? extends T> conversion) {
        return (buffer, index, length) -> conversion.apply(DateTimeText.parseTimestamp(buffer, index, length));
    }

    private static <T> Decoder<T> binary(LongFunction<? extends T> conversion) {
        return (buffer, index, length) -> conversion.apply(microsFromBinary(PgType.TIMESTAMP, buffer, index, length));
    }

    /** Returns microseconds since 2000-01-01, within the range of timestamps or an infinity. */
    static long microsFromBinary(PgType type, ByteBuf buffer, int index, int length) {
        if (length != Long.BYTES) {
            throw FieldBytes.wrongLength(type, length, Long.BYTES);
        }
        long micros = buffer.getLong(index);
        return DateTime.isInfinite(micros) ? micros : DateTime.requireTimestamp(micros);
    }

    static LocalDateTime toLocalDateTime(long micros) {
        if (micros == DateTime.INFINITY) {
            return LocalDateTime.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return LocalDateTime.MIN;
        }
        return DateTime.toLocalDateTime(micros);
    }

    static LocalDate toLocalDate(long micros) {
        if (micros == DateTime.INFINITY) {
            return LocalDate.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return LocalDate.MIN;
        }
        return DateTime.toLocalDate(Math.floorDiv(micros, DateTime.MICROS_PER_DAY));
    }

    static LocalTime toLocalTime(long micros) {
        if (DateTime.isInfinite(micros)) {
            throw new CodecException("the timestamp is infinite, which a LocalTime cannot hold");
        }
        return DateTime.toLocalTime(micros);
    }

    private static Instant toInstant(long micros, ZoneRules rules) {
        if (micros == DateTime.INFINITY) {
            return Instant.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return Instant.MIN;
        }
        return SessionZone.toInstant(DateTime.toLocalDateTime(micros), rules);
    }

    static long toMicros(LocalDateTime value) {
        if (value.equals(LocalDateTime.MAX)) {
            return DateTime.INFINITY;
        } else if (value.equals(LocalDateTime.MIN)) {
            return DateTime.MINUS_INFINITY;
        }
        return DateTime.toTimestamp(value.toEpochSecond(UTC), value.getNano());
    }

    /** Returns midnight of a date. */
    static long toMicros(LocalDate value) {
        if (value.equals(LocalDate.MAX)) {
            return DateTime.INFINITY;
        } else if (value.equals(LocalDate.MIN)) {
            return DateTime.MINUS_INFINITY;
        }
        return DateTime.toTimestamp(value.atStartOfDay().toEpochSecond(UTC), 0);
    }

    /** Returns the text of a timestamp, which may be infinite. */
    static String print(long micros) {
        return print(micros, "");
    }

    /** Returns the text of a timestamp, with an offset unless it is infinite. */
    static String print(long micros, String offset) {
        if (micros == DateTime.INFINITY) {
            return "infinity";
        } else if (micros == DateTime.MINUS_INFINITY) {
            return "-infinity";
        }
        return DateTimeText.printTimestamp(micros, offset);
    }
}
