package io.fluxgres.internal.codec;

import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;

/**
 * The text of floating point numbers: {@code NaN}, {@code Infinity}, {@code -Infinity} or
 * {@code -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?}.
 *
 * <p>Of what {@link Decimal} cannot tell the value goes through the parser of the JDK.
 */
final class FloatText {

    /** The digits that {@link Decimal} takes. */
    private static final int MAX_DIGITS = 18;

    /** The bits of a {@code double} that a {@code float} has not, and those of the middle between two. */
    private static final long MIDDLE_MASK = (1L << 29) - 1;

    private static final long MIDDLE = 1L << 28;

    private FloatText() {}

    static double readDouble(ByteBuf buffer, int index, int length) {
        return read(PgType.FLOAT8, false, buffer, index, length);
    }

    /** Returns the nearest {@code float}, widened. */
    static double readFloat(ByteBuf buffer, int index, int length) {
        return (float) read(PgType.FLOAT4, true, buffer, index, length);
    }

    private static double read(PgType type, boolean single, ByteBuf buffer, int index, int length) {
        boolean negative = length > 0 && buffer.getByte(index) == '-';
        int start = negative ? index + 1 : index;
        int end = index + length;
        if (start == end) {
            throw FieldBytes.malformed(type);
        }
        if (buffer.getByte(start) > '9') {
            return special(type, negative, buffer, start, end - start);
        }
        long digits = 0;
        int point = end;
        int at = start;
        for (; at < end; at++) {
            int character = buffer.getByte(at);
            if (character >= '0' && character <= '9') {
                digits = digits * 10 + character - '0';
            } else if (character == '.' && point == end) {
                point = at;
            } else {
                break;
            }
        }
        if (at == start || point == start || point == at - 1) {
            throw FieldBytes.malformed(type);
        }
        int fraction = Math.max(0, at - point - 1);
        int exponent = (at == end ? 0 : exponent(type, buffer, at, end)) - fraction;
        int count = point < at ? at - start - 1 : at - start;
        if (count <= MAX_DIGITS) {
            double magnitude = Decimal.toDouble(digits, exponent);
            if (single ? isFloatToo(magnitude) : !Double.isNaN(magnitude)) {
                return negative ? -magnitude : magnitude;
            }
        }
        return parsed(type, single, FieldBytes.latin1(buffer, index, length));
    }

    /** Whether to round it once more gives the nearest {@code float}: not in the middle of two, or beyond the normal ones. */
    private static boolean isFloatToo(double magnitude) {
        return (Double.doubleToRawLongBits(magnitude) & MIDDLE_MASK) != MIDDLE
                && (magnitude == 0 || magnitude >= Float.MIN_NORMAL)
                && magnitude <= Float.MAX_VALUE;
    }

    private static double parsed(PgType type, boolean single, String text) {
        double value = single ? Float.parseFloat(text) : Double.parseDouble(text);
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
}
