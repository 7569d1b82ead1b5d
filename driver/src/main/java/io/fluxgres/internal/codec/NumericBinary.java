package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecException;
import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The binary format of {@code numeric}: digits of base 10000, most significant first.
 *
 * <pre>
 * Int16 ndigits, Int16 weight (of the first digit, in powers of 10000),
 * Int16 sign (0000 positive, 4000 negative, C000 NaN, D000 Infinity, F000 -Infinity),
 * Int16 dscale (digits shown after the decimal point), Int16[ndigits]
 * </pre>
 *
 * <p>The value is the sum of {@code digit[i] * 10000^(weight - i)}. The server leaves out zeros at both ends, and no
 * digit lies behind those that dscale shows.
 */
final class NumericBinary {

    private static final int HEADER = 8;
    private static final int BASE = 10_000;
    private static final int BASE_DIGITS = 4;

    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int POSITIVE_INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;

    private static final int MAX_DIGITS =
            NumericCodec.MAX_INTEGER_DIGITS / BASE_DIGITS + NumericCodec.MAX_SCALE / BASE_DIGITS + 1;
    private static final int MIN_WEIGHT = -(NumericCodec.MAX_SCALE / BASE_DIGITS + 1);

    /** All numbers of so many base digits fit a {@code long}. */
    private static final int LONG_DIGITS = 4;

    private static final long[] POWERS_OF_TEN = new long[19];

    static {
        POWERS_OF_TEN[0] = 1;
        for (int i = 1; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
        }
    }

    private NumericBinary() {}

    static boolean isSpecial(ByteBuf buffer, int index, int length) {
        int sign = sign(buffer, index, length);
        return sign != POSITIVE && sign != NEGATIVE;
    }

    private static int sign(ByteBuf buffer, int index, int length) {
        if (length < HEADER) {
            throw malformed();
        }
        return buffer.getUnsignedShort(index + 4);
    }

    /** Returns NaN or an infinity. */
    static double readSpecial(ByteBuf buffer, int index, int length) {
        if (length != HEADER || buffer.getShort(index) != 0) {
            throw malformed();
        }
        return switch (sign(buffer, index, length)) {
            case NAN -> Double.NaN;
            case POSITIVE_INFINITY -> Double.POSITIVE_INFINITY;
            case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> throw malformed();
        };
    }

    static BigDecimal read(ByteBuf buffer, int index, int length) {
        if (isSpecial(buffer, index, length)) {
            readSpecial(buffer, index, length);
            throw Narrowing.notFinite("a BigDecimal");
        }
        int count = buffer.getUnsignedShort(index);
        int weight = buffer.getShort(index + 2);
        boolean negative = sign(buffer, index, length) == NEGATIVE;
        int scale = buffer.getUnsignedShort(index + 6);
        if (length != HEADER + 2 * count
                || count > MAX_DIGITS
                || scale > NumericCodec.MAX_SCALE
                || (count > 0 && weight < MIN_WEIGHT)) {
            throw malformed();
        }
        if (count == 0) {
            return BigDecimal.valueOf(0, scale);
        }
        int digits = index + HEADER;
        int shift = BASE_DIGITS * (weight + 1 - count) + scale;
        if (count <= LONG_DIGITS && Math.abs(shift) < POWERS_OF_TEN.length) {
            long value = integer(buffer, digits, count);
            long power = POWERS_OF_TEN[Math.abs(shift)];
            if (shift <= 0) {
                if (value % power != 0) {
                    throw malformed();
                }
                return BigDecimal.valueOf(signed(value / power, negative), scale);
            } else if (value <= Long.MAX_VALUE / power) {
                return BigDecimal.valueOf(signed(value * power, negative), scale);
            }
        }
        BigInteger unscaled = shifted(integerOfMany(buffer, digits, count), shift);
        return new BigDecimal(negative ? unscaled.negate() : unscaled, scale);
    }

    private static long signed(long magnitude, boolean negative) {
        return negative ? -magnitude : magnitude;
    }

    private static long integer(ByteBuf buffer, int index, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            int digit = buffer.getUnsignedShort(index + 2 * i);
            if (digit >= BASE) {
                throw malformed();
            }
            value = value * BASE + digit;
        }
        return value;
    }

    /** Halves the digits until they fit a {@code long}: the cost is that of a multiplication, not quadratic. */
    private static BigInteger integerOfMany(ByteBuf buffer, int index, int count) {
        if (count <= LONG_DIGITS) {
            return BigInteger.valueOf(integer(buffer, index, count));
        }
        int lowCount = count / 2;
        int highCount = count - lowCount;
        return integerOfMany(buffer, index, highCount)
                .multiply(BigInteger.TEN.pow(BASE_DIGITS * lowCount))
                .add(integerOfMany(buffer, index + 2 * highCount, lowCount));
    }

    private static BigInteger shifted(BigInteger integer, int shift) {
        if (shift >= 0) {
            return integer.multiply(BigInteger.TEN.pow(shift));
        }
        BigInteger[] quotient = integer.divideAndRemainder(BigInteger.TEN.pow(-shift));
        if (quotient[1].signum() != 0) {
            throw malformed();
        }
        return quotient[0];
    }

    private static CodecException malformed() {
        return new CodecException("the binary value is not a value of numeric");
    }

    static void writeSpecial(double value, ByteBuf out) {
        int sign = Double.isNaN(value) ? NAN : value > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
        writeHeader(0, 0, sign, 0, out);
    }

    /** Appends a value within the limits of the server, of a scale that is not negative. */
    static void write(BigDecimal value, ByteBuf out) {
        int scale = value.scale();
        // zeros behind the last digit complete its group of four
        int padding = (BASE_DIGITS - scale % BASE_DIGITS) % BASE_DIGITS;
        int fractionGroups = (scale + padding) / BASE_DIGITS;
        int sign = value.signum() < 0 ? NEGATIVE : POSITIVE;
        if (value.precision() <= POWERS_OF_TEN.length - 1 - padding) {
            long aligned = value.unscaledValue().longValue() * POWERS_OF_TEN[padding];
            writeLong(Math.abs(aligned), fractionGroups, sign, scale, out);
        } else {
            writeDecimal(value.unscaledValue().abs().toString(), padding, fractionGroups, sign, scale, out);
        }
    }

    private static void writeLong(long aligned, int fractionGroups, int sign, int scale, ByteBuf out) {
        long stripped = aligned;
        int fractionLeft = fractionGroups;
        while (stripped != 0 && stripped % BASE == 0) {
            stripped /= BASE;
            fractionLeft--;
        }
        int count = 0;
        for (long rest = stripped; rest != 0; rest /= BASE) {
            count++;
        }
        int weight = count == 0 ? 0 : count - 1 - fractionLeft;
        writeHeader(count, weight, sign, scale, out);
        for (int i = count - 1; i >= 0; i--) {
            out.writeShort((int) (stripped / POWERS_OF_TEN[BASE_DIGITS * i] % BASE));
        }
    }

    private static void writeDecimal(
            String digits, int padding, int fractionGroups, int sign, int scale, ByteBuf out) {
        int length = digits.length() + padding;
        int groups = (length + BASE_DIGITS - 1) / BASE_DIGITS;
        int firstGroup = length - BASE_DIGITS * (groups - 1);
        int last = groups;
        while (last > 1 && group(digits, firstGroup, last - 1) == 0) {
            last--;
        }
        writeHeader(last, groups - 1 - fractionGroups, sign, scale, out);
        for (int i = 0; i < last; i++) {
            out.writeShort(group(digits, firstGroup, i));
        }
    }

    /** Returns the {@code i}th digit of base 10000; the first is made of {@code firstGroup} decimal digits. */
    private static int group(String digits, int firstGroup, int i) {
        int end = firstGroup + BASE_DIGITS * i;
        int value = 0;
        for (int at = Math.max(0, end - BASE_DIGITS); at < end; at++) {
            value = value * 10 + (at < digits.length() ? digits.charAt(at) - '0' : 0);
        }
        return value;
    }

    private static void writeHeader(int count, int weight, int sign, int scale, ByteBuf out) {
        out.writeShort(count);
        out.writeShort(weight);
        out.writeShort(sign);
        out.writeShort(scale);
    }
}
