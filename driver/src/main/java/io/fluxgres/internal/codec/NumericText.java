package io.fluxgres.internal.codec;

import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;

/** The text of {@code numeric}: {@code -?[0-9]+(\.[0-9]+)?}, {@code NaN}, {@code Infinity} or {@code -Infinity}. */
final class NumericText {

    /** All numbers of so many digits fit a {@code long}. */
    private static final int LONG_DIGITS = 18;

    private static final int MAX_LENGTH = NumericCodec.MAX_INTEGER_DIGITS + NumericCodec.MAX_SCALE + "-.".length();

    private NumericText() {}

    static boolean isSpecial(ByteBuf buffer, int index, int length) {
        int last = length == 0 ? 0 : buffer.getByte(index + length - 1);
        return last == 'N' || last == 'y';
    }

    /** Returns NaN or an infinity. */
    static double readSpecial(ByteBuf buffer, int index, int length) {
        if (FieldBytes.equalsAscii("NaN", buffer, index, length)) {
            return Double.NaN;
        } else if (FieldBytes.equalsAscii("Infinity", buffer, index, length)) {
            return Double.POSITIVE_INFINITY;
        } else if (FieldBytes.equalsAscii("-Infinity", buffer, index, length)) {
            return Double.NEGATIVE_INFINITY;
        }
        throw FieldBytes.malformed(PgType.NUMERIC);
    }

    static BigDecimal read(ByteBuf buffer, int index, int length) {
        if (isSpecial(buffer, index, length)) {
            readSpecial(buffer, index, length);
            throw Narrowing.notFinite("a BigDecimal");
        }
        boolean negative = length > 0 && buffer.getByte(index) == '-';
        int start = negative ? index + 1 : index;
        int end = index + length;
        int point = requireDecimal(buffer, start, end, length);
        int scale = Math.max(0, end - point - 1);
        if (end - start <= LONG_DIGITS) {
            long unscaled = unscaled(buffer, start, end, point);
            return BigDecimal.valueOf(negative ? -unscaled : unscaled, scale);
        }
        BigInteger integer = unscaledOfMany(buffer, start, point);
        BigInteger fraction = unscaledOfMany(buffer, end - scale, end);
        BigInteger unscaled = scale == 0 ? integer : integer.multiply(BigInteger.TEN.pow(scale)).add(fraction);
        return new BigDecimal(negative ? unscaled.negate() : unscaled, scale);
    }

    /** Returns the index of the decimal point, or {@code end} if there is none. */
    private static int requireDecimal(ByteBuf buffer, int start, int end, int length) {
        int point = end;
        for (int at = start; at < end; at++) {
            int character = buffer.getByte(at);
            if (character == '.' && point == end) {
                point = at;
            } else if (character < '0' || character > '9') {
                throw FieldBytes.malformed(PgType.NUMERIC);
            }
        }
        if (start == point || point == end - 1 || end - point - 1 > NumericCodec.MAX_SCALE || length > MAX_LENGTH) {
            throw FieldBytes.malformed(PgType.NUMERIC);
        }
        return point;
    }

    private static long unscaled(ByteBuf buffer, int start, int end, int point) {
        long unscaled = 0;
        for (int at = start; at < end; at++) {
            if (at != point) {
                unscaled = unscaled * 10 + (buffer.getByte(at) - '0');
            }
        }
        return unscaled;
    }

    /** Halves the digits until they fit a {@code long}: the cost is that of a multiplication, not quadratic. */
    private static BigInteger unscaledOfMany(ByteBuf buffer, int start, int end) {
        int digits = end - start;
        if (digits <= LONG_DIGITS) {
            return BigInteger.valueOf(unscaled(buffer, start, end, end));
        }
        int lowDigits = digits / 2;
        BigInteger high = unscaledOfMany(buffer, start, end - lowDigits);
        return high.multiply(BigInteger.TEN.pow(lowDigits)).add(unscaledOfMany(buffer, end - lowDigits, end));
    }

    static void write(BigDecimal value, ByteBuf out) {
        FieldBytes.writeAscii(value.toPlainString(), out);
    }
}
