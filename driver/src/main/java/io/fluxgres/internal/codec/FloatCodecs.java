package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * {@code float4} and {@code float8}: the shortest decimal in text, IEEE 754 in network byte order in binary.
 *
 * <p>A {@code float4} read as {@code double} is the same number, not the same digits. {@code BigDecimal} is the
 * shortest decimal of the value, integers are exact. {@code String} is the server's text, with the digits of
 * the default of {@code extra_float_digits}. Where that parameter is below its default, text holds fewer digits than the
 * value, and so do values read in text.
 */
final class FloatCodecs {

    private FloatCodecs() {}

    static List<Codec> all() {
        return List.of(float8(), float4());
    }

    private static Codec float8() {
        Decoder.OfDouble text = FloatText::readDouble;
        TypeCodec.Builder builder = TypeCodec.of(PgType.FLOAT8)
                .decodeDouble(text, FloatCodecs::readFloat8)
                .decode(Object.class, text, FloatCodecs::readFloat8)
                .decode(Number.class, text, FloatCodecs::readFloat8)
                .decode(String.class, Utf8::readString, convert(FloatCodecs::readFloat8, FloatPrinting::print));
        decode(builder, Float.class, text, FloatCodecs::readFloat8, Narrowing::toFloat);
        decode(builder, BigDecimal.class, text, FloatCodecs::readFloat8, Narrowing::toBigDecimal);
        decodeIntegers(builder, text, FloatCodecs::readFloat8);
        encodeFloat8(builder, Double.class, value -> value);
        encodeFloat8(builder, Float.class, Float::doubleValue);
        encodeFloat8(builder, Byte.class, Byte::doubleValue);
        encodeFloat8(builder, Short.class, Short::doubleValue);
        encodeFloat8(builder, Integer.class, Integer::doubleValue);
        encodeFloat8(builder, Long.class, Narrowing::toDouble);
        encodeFloat8(builder, BigInteger.class, Narrowing::toDouble);
        encodeFloat8(builder, BigDecimal.class, Narrowing::toDouble);
        return builder.parameters(Double.class).build();
    }

    private static Codec float4() {
        Decoder.OfDouble text = FloatText::readFloat;
        TypeCodec.Builder builder = TypeCodec.of(PgType.FLOAT4).decodeDouble(text, FloatCodecs::readFloat4);
        decode(builder, Float.class, text, FloatCodecs::readFloat4, value -> (float) value);
        decode(builder, Object.class, text, FloatCodecs::readFloat4, value -> (float) value);
        decode(builder, Number.class, text, FloatCodecs::readFloat4, value -> (float) value);
        decode(
                builder,
                BigDecimal.class,
                text,
                FloatCodecs::readFloat4,
                value -> Narrowing.toBigDecimal((float) value));
        builder.decode(
                String.class,
                Utf8::readString,
                convert(FloatCodecs::readFloat4, value -> FloatPrinting.print((float) value)));
        decodeIntegers(builder, text, FloatCodecs::readFloat4);
        encodeFloat4(builder, Float.class, value -> value);
        encodeFloat4(builder, Double.class, value -> Narrowing.toFloat(value.doubleValue()));
        encodeFloat4(builder, Byte.class, Byte::floatValue);
        encodeFloat4(builder, Short.class, Short::floatValue);
        encodeFloat4(builder, Integer.class, value -> Narrowing.toFloat(value.longValue()));
        encodeFloat4(builder, Long.class, value -> Narrowing.toFloat(value.longValue()));
        encodeFloat4(builder, BigInteger.class, value -> Narrowing.toFloat(Narrowing.toLong(value)));
        encodeFloat4(builder, BigDecimal.class, Narrowing::toFloat);
        return builder.parameters(Float.class).build();
    }

    private static double readFloat8(ByteBuf buffer, int index, int length) {
        if (length != Double.BYTES) {
            throw FieldBytes.wrongLength(PgType.FLOAT8, length, Double.BYTES);
        }
        return buffer.getDouble(index);
    }

    private static float readFloat4(ByteBuf buffer, int index, int length) {
        if (length != Float.BYTES) {
            throw FieldBytes.wrongLength(PgType.FLOAT4, length, Float.BYTES);
        }
        return buffer.getFloat(index);
    }

    private static void decodeIntegers(TypeCodec.Builder builder, Decoder.OfDouble text, Decoder.OfDouble binary) {
        builder.decodeInt(asInt(text), asInt(binary)).decodeLong(asLong(text), asLong(binary));
        decode(builder, Byte.class, text, binary, value -> Narrowing.toByte(Narrowing.toLong(value)));
        decode(builder, Short.class, text, binary, value -> Narrowing.toShort(Narrowing.toLong(value)));
        decode(builder, BigInteger.class, text, binary, Narrowing::toBigInteger);
    }

    private static Decoder.OfInt asInt(Decoder.OfDouble source) {
        return (buffer, index, length) -> Narrowing.toInt(Narrowing.toLong(source.decodeDouble(buffer, index, length)));
    }

    private static Decoder.OfLong asLong(Decoder.OfDouble source) {
        return (buffer, index, length) -> Narrowing.toLong(source.decodeDouble(buffer, index, length));
    }

    private static <T> void decode(
            TypeCodec.Builder builder,
            Class<T> asked,
            Decoder.OfDouble text,
            Decoder.OfDouble binary,
            DoubleFunction<? extends T> conversion) {
        builder.decode(asked, convert(text, conversion), convert(binary, conversion));
    }

    private static <T> Decoder<T> convert(Decoder.OfDouble source, DoubleFunction<? extends T> conversion) {
        return (buffer, index, length) -> conversion.apply(source.decodeDouble(buffer, index, length));
    }

    private static <T> void encodeFloat8(
            TypeCodec.Builder builder, Class<T> valueClass, ToDoubleFunction<T> conversion) {
        builder.encode(
                valueClass,
                (value, out) -> FieldBytes.writeAscii(Double.toString(conversion.applyAsDouble(value)), out),
                (value, out) -> out.writeDouble(conversion.applyAsDouble(value)));
    }

    /** {@code conversion} answers with a {@code float}, widened. */
    private static <T> void encodeFloat4(
            TypeCodec.Builder builder, Class<T> valueClass, ToDoubleFunction<T> conversion) {
        builder.encode(
                valueClass,
                (value, out) -> FieldBytes.writeAscii(Float.toString((float) conversion.applyAsDouble(value)), out),
                (value, out) -> out.writeFloat((float) conversion.applyAsDouble(value)));
    }
}
