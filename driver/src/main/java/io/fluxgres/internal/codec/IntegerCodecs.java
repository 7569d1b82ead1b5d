package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.Year;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * {@code int2}, {@code int4}, {@code int8} and {@code oid}: decimal digits in text, 2, 4, 8 and 4 bytes in network byte
 * order in binary; {@code oid} is unsigned and a {@code long} by nature.
 *
 * <p>Every class of numbers may be asked for and be sent; the number is the same or it is a {@link CodecException}. A
 * {@code Year}, a {@code Month} and a {@code DayOfWeek} are their numbers.
 */
final class IntegerCodecs {

    private static final long MAX_OID = 0xFFFF_FFFFL;

    private IntegerCodecs() {}

    static List<Codec> all() {
        return List.of(int4(), int8(), int2(), oid());
    }

    private static Codec int2() {
        Family int2 = new Family(
                PgType.INT2,
                Short.MIN_VALUE,
                Short.MAX_VALUE,
                IntegerCodecs::readInt2,
                (value, out) -> out.writeShort((int) value));
        return int2.codec(value -> (short) value)
                .decodeInt(asInt(int2.text()), IntegerCodecs::readInt2)
                .parameters(Byte.class, Short.class)
                .build();
    }

    private static Codec int4() {
        Family int4 = new Family(
                PgType.INT4,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                IntegerCodecs::readInt4,
                (value, out) -> out.writeInt((int) value));
        return int4.codec(value -> (int) value)
                .decodeInt(asInt(int4.text()), IntegerCodecs::readInt4)
                .encode(
                        Integer.class,
                        (value, out) -> FieldBytes.writeAscii(value.toString(), out),
                        (value, out) -> out.writeInt(value))
                .parameters(Integer.class, Year.class, Month.class, DayOfWeek.class)
                .build();
    }

    private static Codec int8() {
        Family int8 = new Family(
                PgType.INT8,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                IntegerCodecs::readInt8,
                (value, out) -> out.writeLong(value));
        return int8.codec(value -> value)
                .encode(
                        Long.class,
                        (value, out) -> FieldBytes.writeAscii(value.toString(), out),
                        (value, out) -> out.writeLong(value))
                .parameters(Long.class)
                .build();
    }

    private static Codec oid() {
        Family oid =
                new Family(PgType.OID, 0, MAX_OID, IntegerCodecs::readOid, (value, out) -> out.writeInt((int) value));
        return oid.codec(value -> value).build();
    }

    private static int readInt2(ByteBuf buffer, int index, int length) {
        if (length != Short.BYTES) {
            throw FieldBytes.wrongLength(PgType.INT2, length, Short.BYTES);
        }
        return buffer.getShort(index);
    }

    private static int readInt4(ByteBuf buffer, int index, int length) {
        if (length != Integer.BYTES) {
            throw FieldBytes.wrongLength(PgType.INT4, length, Integer.BYTES);
        }
        return buffer.getInt(index);
    }

    private static long readInt8(ByteBuf buffer, int index, int length) {
        if (length != Long.BYTES) {
            throw FieldBytes.wrongLength(PgType.INT8, length, Long.BYTES);
        }
        return buffer.getLong(index);
    }

    private static long readOid(ByteBuf buffer, int index, int length) {
        if (length != Integer.BYTES) {
            throw FieldBytes.wrongLength(PgType.OID, length, Integer.BYTES);
        }
        return buffer.getUnsignedInt(index);
    }

    private static Decoder.OfInt asInt(Decoder.OfLong source) {
        return (buffer, index, length) -> Narrowing.toInt(source.decodeLong(buffer, index, length));
    }

    /** Appends a number that is within the range of the type. */
    private interface Writer {
        void write(long value, ByteBuf out);
    }

    /** What tells one integer type from another, and the conversions that all of them have. */
    private record Family(PgType type, long min, long max, Decoder.OfLong binary, Writer writer) {

        Decoder.OfLong text() {
            return (buffer, index, length) -> FieldBytes.parseInteger(type, min, max, buffer, index, length);
        }

        /** Returns all conversions; {@code natural} makes the value that {@code Object} stands for. */
        <N extends Number> TypeCodec.Builder codec(LongFunction<N> natural) {
            TypeCodec.Builder builder = TypeCodec.of(type);
            decode(builder, Object.class, natural);
            decode(builder, Number.class, natural);
            decode(builder, String.class, Long::toString);
            decode(builder, Byte.class, Narrowing::toByte);
            decode(builder, Short.class, Narrowing::toShort);
            decode(builder, Float.class, Narrowing::toFloat);
            decode(builder, BigInteger.class, BigInteger::valueOf);
            decode(builder, BigDecimal.class, BigDecimal::valueOf);
            decode(builder, Year.class, value -> calendar(value, Year::of));
            decode(builder, Month.class, value -> calendar(value, Month::of));
            decode(builder, DayOfWeek.class, value -> calendar(value, DayOfWeek::of));
            builder.decodeInt(asInt(text()), asInt(binary))
                    .decodeLong(text(), binary)
                    .decodeDouble(asDouble(text()), asDouble(binary));
            encode(builder, Byte.class, Byte::longValue);
            encode(builder, Short.class, Short::longValue);
            encode(builder, Integer.class, Integer::longValue);
            encode(builder, Long.class, Long::longValue);
            encode(builder, Float.class, Narrowing::toLong);
            encode(builder, Double.class, Narrowing::toLong);
            encode(builder, BigInteger.class, Narrowing::toLong);
            encode(builder, BigDecimal.class, Narrowing::toLong);
            encode(builder, Year.class, Year::getValue);
            encode(builder, Month.class, Month::getValue);
            encode(builder, DayOfWeek.class, DayOfWeek::getValue);
            return builder;
        }

        private <T> void decode(TypeCodec.Builder builder, Class<T> asked, LongFunction<? extends T> conversion) {
            builder.decode(asked, convert(text(), conversion), convert(binary, conversion));
        }

        private static <T> Decoder<T> convert(Decoder.OfLong source, LongFunction<? extends T> conversion) {
            return (buffer, index, length) -> conversion.apply(source.decodeLong(buffer, index, length));
        }

        private static <T> T calendar(long value, IntFunction<T> conversion) {
            try {
                return conversion.apply(Narrowing.toInt(value));
            } catch (DateTimeException e) {
                throw new CodecException("the number is out of range for the class");
            }
        }

        private static Decoder.OfDouble asDouble(Decoder.OfLong source) {
            return (buffer, index, length) -> Narrowing.toDouble(source.decodeLong(buffer, index, length));
        }

        private <T> void encode(TypeCodec.Builder builder, Class<T> valueClass, ToLongFunction<T> conversion) {
            Encoder<T> text = (value, out) ->
                    FieldBytes.writeAscii(Long.toString(withinRange(conversion.applyAsLong(value))), out);
            Encoder<T> binary = (value, out) -> writer.write(withinRange(conversion.applyAsLong(value)), out);
            builder.encode(valueClass, text, binary);
        }

        private long withinRange(long value) {
            if (value < min || value > max) {
                throw new CodecException("the value is out of range for " + type);
            }
            return value;
        }
    }
}
