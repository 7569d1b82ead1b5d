package io.fluxgres.internal.codec;

import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;

/**
 * The text of floating point numbers: {@code NaN}, {@code Infinity}, {@code -Infinity} or
 * {@code -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?}.
 *
 * <p>Numbers of few digits are computed directly: a quotient or product of two exactly representable numbers is rounded
 * correctly. All others go through the parser of the JDK.
 */
final class FloatText {

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private static final long MAX_DOUBLE_MANTISSA = 1L << 53;
    private static final int MAX_DOUBLE_EXPONENT = 22;
    private static final long MAX_FLOAT_MANTISSA = 1L << 24;
    private static final int MAX_FLOAT_EXPONENT = 10;

    private FloatText() {}

    static double readDouble(ByteBuf buffer, int index, int length) {
        return read(PgType.FLOAT8, buffer, index, length);
    }

    /** Returns the nearest {@code float}, widened. */
    static double readFloat(ByteBuf buffer, int index, int length) {
        return read(PgType.FLOAT4, buffer, index, length);
    }

    private static double read(PgType type, ByteBuf buffer, int index, int length) {
        boolean negative = length > 0 && buffer.getByte(index) == '-';
        int start = negative ? index + 1 : index;
        int end = index + length;
        if (start == end) {
            throw FieldBytes.malformed(type);
        }
        if (buffer.getByte(start) > '9') {
            return special(type, negative, buffer, start, end - start);
        }
        int integerEnd = endOfDigits(type, buffer, start, end);
        int fractionEnd = integerEnd;
        if (integerEnd < end && buffer.getByte(integerEnd) == '.') {
            fractionEnd = endOfDigits(type, buffer, integerEnd + 1, end);
        }
        int exponent = fractionEnd == end ? 0 : exponent(type, buffer, fractionEnd, end);
        int fractionDigits = Math.max(0, fractionEnd - integerEnd - 1);
        if (fractionEnd - start <= 18) {
            long mantissa = mantissa(buffer, start, fractionEnd);
            int power = exponent - fractionDigits;
            if (type.equals(PgType.FLOAT8)
                    && mantissa <= MAX_DOUBLE_MANTISSA
                    && Math.abs(power) <= MAX_DOUBLE_EXPONENT) {
                double scale = POWERS_OF_TEN[Math.abs(power)];
                double magnitude = power < 0 ? mantissa / scale : mantissa * scale;
                return negative ? -magnitude : magnitude;
            }
            if (type.equals(PgType.FLOAT4) && mantissa <= MAX_FLOAT_MANTISSA && Math.abs(power) <= MAX_FLOAT_EXPONENT) {
                float scale = (float) POWERS_OF_TEN[Math.abs(power)];
                float magnitude = power < 0 ? mantissa / scale : mantissa * scale;
                return negative ? -magnitude : magnitude;
            }
        }
        String text = FieldBytes.latin1(buffer, index, length);
        double value = type.equals(PgType.FLOAT4) ? Float.parseFloat(text) : Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw FieldBytes.malformed(type);
        }
        return value;
    }

    private static double special(PgType type, boolean negative, ByteBuf buffer, int index, int length) {
        if (FieldBytes.equalsAscii("Infinity", buffer, index, length)) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        } else if (!negative && FieldBytes.equalsAscii("NaN", buffer, index, length)) {
            return Double.NaN;
        }
        throw FieldBytes.malformed(type);
    }

    /** Returns the end of the digits at {@code start}, of which there must be one at least. */
    private static int endOfDigits(PgType type, ByteBuf buffer, int start, int end) {
        int at = start;
        while (at < end && buffer.getByte(at) >= '0' && buffer.getByte(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw FieldBytes.malformed(type);
        }
        return at;
    }

    private static int exponent(PgType type, ByteBuf buffer, int index, int end) {
        int sign = index + 1 < end ? buffer.getByte(index + 1) : 0;
        int digits = sign == '-' || sign == '+' ? index + 2 : index + 1;
        int letter = buffer.getByte(index);
        if ((letter != 'e' && letter != 'E') || end - digits > 4 || endOfDigits(type, buffer, digits, end) != end) {
            throw FieldBytes.malformed(type);
        }
        int exponent = FieldBytes.parseDigits(buffer, digits, end - digits);
        return sign == '-' ? -exponent : exponent;
    }

    private static long mantissa(ByteBuf buffer, int start, int end) {
        long mantissa = 0;
        for (int at = start; at < end; at++) {
            int digit = buffer.getByte(at) - '0';
            if (digit >= 0) {
                mantissa = mantissa * 10 + digit;
            }
        }
        return mantissa;
    }
}
