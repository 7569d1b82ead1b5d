package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Function;

/**
 * {@code numeric}: a {@code BigDecimal} by nature, whose scale is the display scale in both formats.
 *
 * <p>{@code NaN} and the infinities may be read as {@code double}, {@code float} and {@code String} and be sent as
 * {@code double} and {@code float}; asked for as any other class they are a {@link CodecException}. Integers must be
 * integral and in range; {@code double} and {@code float} are the nearest.
 *
 * @see NumericText
 * @see NumericBinary
 */
final class NumericCodec {

    /** Digits that the server holds before the decimal point. */
    static final int MAX_INTEGER_DIGITS = 131_072;

    /** Digits that the server holds after the decimal point. */
    static final int MAX_SCALE = 16_383;

    private NumericCodec() {}

    static Codec create() {
        TypeCodec.Builder builder = TypeCodec.of(PgType.NUMERIC)
                .decode(Object.class, NumericText::read, NumericBinary::read)
                .decode(Number.class, NumericText::read, NumericBinary::read)
                .decode(BigDecimal.class, NumericText::read, NumericBinary::read);
        decode(builder, BigInteger.class, Narrowing::toBigInteger);
        decode(builder, Byte.class, value -> Narrowing.toByte(Narrowing.toLong(value)));
        decode(builder, Short.class, value -> Narrowing.toShort(Narrowing.toLong(value)));
        builder.decodeInt(asInt(NumericText::read), asInt(NumericBinary::read))
                .decodeLong(asLong(NumericText::read), asLong(NumericBinary::read))
                .decodeDouble(NumericCodec::doubleFromText, NumericCodec::doubleFromBinary)
                .decode(Float.class, NumericCodec::floatFromText, NumericCodec::floatFromBinary)
                .decode(String.class, NumericCodec::stringFromText, NumericCodec::stringFromBinary);
        encode(builder, BigDecimal.class, value -> value);
        encode(builder, BigInteger.class, BigDecimal::new);
        encode(builder, Byte.class, value -> BigDecimal.valueOf(value));
        encode(builder, Short.class, value -> BigDecimal.valueOf(value));
        encode(builder, Integer.class, value -> BigDecimal.valueOf(value));
        encode(builder, Long.class, value -> BigDecimal.valueOf(value));
        return builder.encode(Double.class, NumericCodec::writeText, NumericCodec::writeBinary)
                .encode(Float.class, NumericCodec::writeText, NumericCodec::writeBinary)
                .parameters(BigDecimal.class, BigInteger.class)
                .build();
    }

    private static <T> void decode(
            TypeCodec.Builder builder, Class<T> asked, Function<BigDecimal, ? extends T> conversion) {
        builder.decode(
                asked,
                (buffer, index, length) -> conversion.apply(NumericText.read(buffer, index, length)),
                (buffer, index, length) -> conversion.apply(NumericBinary.read(buffer, index, length)));
    }

    private static Decoder.OfInt asInt(Decoder<BigDecimal> source) {
        return (buffer, index, length) -> Narrowing.toInt(Narrowing.toLong(source.decode(buffer, index, length)));
    }

    private static Decoder.OfLong asLong(Decoder<BigDecimal> source) {
        return (buffer, index, length) -> Narrowing.toLong(source.decode(buffer, index, length));
    }

    private static double doubleFromText(ByteBuf buffer, int index, int length) {
        return NumericText.isSpecial(buffer, index, length)
                ? NumericText.readSpecial(buffer, index, length)
                : Narrowing.toDouble(NumericText.read(buffer, index, length));
    }

    private static double doubleFromBinary(ByteBuf buffer, int index, int length) {
        return NumericBinary.isSpecial(buffer, index, length)
                ? NumericBinary.readSpecial(buffer, index, length)
                : Narrowing.toDouble(NumericBinary.read(buffer, index, length));
    }

    // not by way of double, which would round twice
    private static float floatFromText(ByteBuf buffer, int index, int length) {
        return NumericText.isSpecial(buffer, index, length)
                ? (float) NumericText.readSpecial(buffer, index, length)
                : Narrowing.toFloat(NumericText.read(buffer, index, length));
    }

    private static float floatFromBinary(ByteBuf buffer, int index, int length) {
        return NumericBinary.isSpecial(buffer, index, length)
                ? (float) NumericBinary.readSpecial(buffer, index, length)
                : Narrowing.toFloat(NumericBinary.read(buffer, index, length));
    }

    private static String stringFromText(ByteBuf buffer, int index, int length) {
        return NumericText.isSpecial(buffer, index, length)
                ? Double.toString(NumericText.readSpecial(buffer, index, length))
                : NumericText.read(buffer, index, length).toPlainString();
    }

    private static String stringFromBinary(ByteBuf buffer, int index, int length) {
        return NumericBinary.isSpecial(buffer, index, length)
                ? Double.toString(NumericBinary.readSpecial(buffer, index, length))
                : NumericBinary.read(buffer, index, length).toPlainString();
    }

    private static <T> void encode(
            TypeCodec.Builder builder, Class<T> valueClass, Function<T, BigDecimal> conversion) {
        builder.encode(
                valueClass,
                (value, out) -> NumericText.write(withinLimits(conversion.apply(value)), out),
                (value, out) -> NumericBinary.write(withinLimits(conversion.apply(value)), out));
    }

    private static void writeText(Number value, ByteBuf out) {
        double widened = value.doubleValue();
        if (isFinite(widened)) {
            NumericText.write(decimal(value), out);
        } else {
            FieldBytes.writeAscii(Double.toString(widened), out);
        }
    }

    private static void writeBinary(Number value, ByteBuf out) {
        double widened = value.doubleValue();
        if (isFinite(widened)) {
            NumericBinary.write(decimal(value), out);
        } else {
            NumericBinary.writeSpecial(widened, out);
        }
    }

    private static boolean isFinite(double value) {
        return !Double.isNaN(value) && !Double.isInfinite(value);
    }

    private static BigDecimal decimal(Number value) {
        return value instanceof Float single
                ? Narrowing.toBigDecimal(single.floatValue())
                : Narrowing.toBigDecimal(value.doubleValue());
    }

    /** Returns {@code value} with a scale that is not negative, if the server can hold it without rounding. */
    private static BigDecimal withinLimits(BigDecimal value) {
        int scale = value.scale();
        if (scale > MAX_SCALE) {
            throw new CodecException("numeric holds at most " + MAX_SCALE + " digits after the decimal point");
        } else if (value.signum() == 0) {
            return scale < 0 ? BigDecimal.ZERO : value;
        } else if ((long) value.precision() - scale > MAX_INTEGER_DIGITS) {
            throw new CodecException(
                    "numeric holds at most " + MAX_INTEGER_DIGITS + " digits before the decimal point");
        }
        return scale < 0 ? value.setScale(0) : value;
    }
}
