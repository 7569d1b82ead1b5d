package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code timestamptz}: an instant, which the server shows in the session's time zone; in binary an Int64 of microseconds
 * since 2000-01-01 UTC.
 *
 * <p>By nature it is an {@code OffsetDateTime} with the offset that the session's zone has at that instant, as the server's
 * text shows it; so is a {@code ZonedDateTime}. {@code LocalDateTime}, {@code LocalDate} and {@code LocalTime} are what clocks
 * show in that zone, and a {@code String} is the server's text. {@code Instant} and {@code Date} are the same in every zone.
 *
 * <p>Binary tells no offset, so it is asked for only while the session's zone has a single one: see {@link SessionZone}.
 * Local times are written in text, for it is the server that reads them in the session's zone.
 *
 * <p>{@code infinity} is the {@code MAX} of a class and {@code -infinity} its {@code MIN}, where it has one to spare:
 * {@code ZonedDateTime}, {@code LocalTime} and {@code Date} have not. A value is rounded to the nearest microsecond as the
 * server rounds a literal.
 */
final class TimestamptzCodec {

    private TimestamptzCodec() {}

    /** Makes a value of microseconds since 2000-01-01 UTC, which may be an infinity, and the offset they are shown with. */
    private interface Conversion<T> {

        T convert(long micros, int offsetSeconds);
    }

    static Codec create() {
        TypeCodec.Builder builder = TypeCodec.of(PgType.TIMESTAMPTZ)
                .refuseOthers(
                        "read it as an OffsetDateTime, ZonedDateTime, Instant, LocalDateTime, LocalDate, LocalTime,"
                                + " Date or String");
        decodeShown(builder, OffsetDateTime.class, TimestamptzCodec::toOffsetDateTime);
        decodeShown(builder, ZonedDateTime.class, TimestamptzCodec::toZonedDateTime);
        decodeShown(builder, LocalDateTime.class, local(TimestampCodec::toLocalDateTime));
        decodeShown(builder, LocalDate.class, local(TimestampCodec::toLocalDate));
        decodeShown(builder, LocalTime.class, local(TimestampCodec::toLocalTime));
        Decoder<OffsetDateTime> naturalText = text(TimestamptzCodec::toOffsetDateTime);
        builder.decode(Object.class, whileFixed(naturalText, TimestamptzCodec::toOffsetDateTime));
        builder.decode(String.class, whileFixed(Utf8::readString, TimestamptzCodec::print));
        decode(builder, Instant.class, TimestamptzCodec::toInstant);
        InstantClass.ALL.forEach(each -> decode(builder, each));
        encode(builder, OffsetDateTime.class, TimestamptzCodec::fromOffsetDateTime);
        encode(builder, Instant.class, TimestamptzCodec::fromInstant);
        encode(builder, ZonedDateTime.class, TimestamptzCodec::fromZonedDateTime);
        encode(builder, Date.class, value -> fromInstant(InstantClass.toInstant(value)));
        builder.encodeText(
                LocalDateTime.class,
                (value, out) -> FieldBytes.writeAscii(TimestampCodec.print(TimestampCodec.toMicros(value)), out));
        builder.encodeText(
                LocalDate.class,
                (value, out) -> FieldBytes.writeAscii(TimestampCodec.print(TimestampCodec.toMicros(value)), out));
        return builder.parameters(OffsetDateTime.class, Instant.class, ZonedDateTime.class, Date.class)
                .build();
    }

    // ---- decoding

    /** Adds decoders to what is the same in every zone. */
    private static <T> void decode(TypeCodec.Builder builder, Class<T> asked, LongFunction<? extends T> conversion) {
        Decoder<T> text =
                (buffer, index, length) -> conversion.apply(DateTimeText.parseTimestamptz(buffer, index, length));
        Decoder<T> binary = (buffer, index, length) ->
                conversion.apply(TimestampCodec.microsFromBinary(PgType.TIMESTAMPTZ, buffer, index, length));
        builder.decode(asked, text, binary);
    }

    private static <T extends Date> void decode(TypeCodec.Builder builder, InstantClass<T> asked) {
        decode(builder, asked.valueClass(), micros -> asked.convert(toInstant(micros)));
    }

    /** Adds decoders to what is shown in the session's zone. */
    private static <T> void decodeShown(TypeCodec.Builder builder, Class<T> asked, Conversion<T> conversion) {
        Decoder<T> text = text(conversion);
        builder.decode(asked, (format, context) -> format == Format.TEXT ? text : binary(conversion, context));
    }

    /** Returns decoders of which that of binary values is for use while the server's text is known by the instant. */
    private static <T> TypeCodec.Source<T> whileFixed(Decoder<T> text, Conversion<T> conversion) {
        return (format, context) -> {
            if (format == Format.TEXT) {
                return text;
            }
            return DateTimeText.isIso(context) ? binary(conversion, context) : null;
        };
    }

    private static <T> Decoder<T> text(Conversion<T> conversion) {
        return (buffer, index, length) -> {
            long micros = DateTimeText.parseTimestamptz(buffer, index, length);
            int offset = DateTime.isInfinite(micros) ? 0 : DateTimeText.parseOffset(buffer, index, length);
            return conversion.convert(micros, offset);
        };
    }

    private static <T> @Nullable Decoder<T> binary(Conversion<T> conversion, CodecContext context) {
        ZoneOffset fixed = SessionZone.fixedOffset(context);
        if (fixed == null) {
            return null;
        }
        int offset = fixed.getTotalSeconds();
        return (buffer, index, length) ->
                conversion.convert(TimestampCodec.microsFromBinary(PgType.TIMESTAMPTZ, buffer, index, length), offset);
    }

    private static long shown(long micros, int offsetSeconds) {
        return DateTime.isInfinite(micros) ? micros : micros + offsetSeconds * DateTime.MICROS_PER_SECOND;
    }

    private static <T> Conversion<T> local(LongFunction<T> conversion) {
        return (micros, offset) -> conversion.apply(shown(micros, offset));
    }

    private static OffsetDateTime toOffsetDateTime(long micros, int offset) {
        if (micros == DateTime.INFINITY) {
            return OffsetDateTime.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return OffsetDateTime.MIN;
        }
        return OffsetDateTime.of(DateTime.toLocalDateTime(shown(micros, offset)), zoneOffset(offset));
    }

    private static ZonedDateTime toZonedDateTime(long micros, int offset) {
        if (DateTime.isInfinite(micros)) {
            throw new CodecException("the timestamp is infinite, which a ZonedDateTime cannot hold");
        }
        return ZonedDateTime.of(DateTime.toLocalDateTime(shown(micros, offset)), zoneOffset(offset));
    }

    private static ZoneOffset zoneOffset(int seconds) {
        try {
            return ZoneOffset.ofTotalSeconds(seconds);
        } catch (DateTimeException e) {
            throw new CodecException("the session's zone is more than 18 hours off UTC; read it as an Instant", e);
        }
    }

    private static String print(long micros, int offset) {
        return TimestampCodec.print(shown(micros, offset), DateTimeText.printOffset(offset));
    }

    private static Instant toInstant(long micros) {
        if (micros == DateTime.INFINITY) {
            return Instant.MAX;
        } else if (micros == DateTime.MINUS_INFINITY) {
            return Instant.MIN;
        }
        return Instant.ofEpochSecond(DateTime.epochSecond(micros), DateTime.nanoOfSecond(micros));
    }

    // ---- encoding

    private static <T> void encode(TypeCodec.Builder builder, Class<T> valueClass, ToLongFunction<T> conversion) {
        Encoder<T> text =
                (value, out) -> FieldBytes.writeAscii(TimestampCodec.print(conversion.applyAsLong(value), "+00"), out);
        Encoder<T> binary = (value, out) -> out.writeLong(conversion.applyAsLong(value));
        builder.encode(valueClass, text, binary);
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
}
