package io.fluxgres.internal.codec;

import java.math.BigInteger;

/**
 * The {@code double} nearest to a decimal of up to 18 digits, without arbitrary precision: the decimal is multiplied by the
 * power of ten to 128 bits, and the product tells the nearest {@code double} unless it lies too close to the middle of two.
 *
 * @see <a href="https://doi.org/10.1002/spe.2984">Lemire, Number Parsing at a Gigabyte per Second, 2021</a>
 */
final class Decimal {

    /** What {@link #toDouble} returns if it cannot tell. */
    static final double UNDECIDED = Double.NaN;

    /** The exponents of the table. Others are rare, and the table would take its time to compute. */
    private static final int MAX_EXPONENT = 64;

    /** The leading 128 bits of the powers of five, the first of them set. */
    private static final long[] HIGH = new long[2 * MAX_EXPONENT + 1];

    private static final long[] LOW = new long[2 * MAX_EXPONENT + 1];

    /** Of the smallest power that may divide the digits: its reciprocal is rounded up, so that an exact quotient is seen. */
    private static final int MIN_DIVISOR = -27;

    private static final int SIGNIFICAND_BITS = 52;
    private static final int EXPONENT_BIAS = 1023;

    /** Bits of the upper half of the product that lie behind the significand, its hidden bit and one to round by. */
    private static final int SPARE_BITS = Long.SIZE - SIGNIFICAND_BITS - 3;

    static {
        for (int exponent = -MAX_EXPONENT; exponent <= MAX_EXPONENT; exponent++) {
            BigInteger power = BigInteger.valueOf(5).pow(Math.abs(exponent));
            BigInteger leading;
            if (exponent >= 0) {
                leading = power.shiftLeft(128).shiftRight(power.bitLength());
            } else {
                BigInteger reciprocal =
                        BigInteger.ONE.shiftLeft(2 * power.bitLength() + 128).divide(power);
                leading = reciprocal.shiftRight(reciprocal.bitLength() - 128);
                if (exponent >= MIN_DIVISOR) {
                    leading = leading.add(BigInteger.ONE);
                }
            }
            HIGH[exponent + MAX_EXPONENT] = leading.shiftRight(Long.SIZE).longValue();
            LOW[exponent + MAX_EXPONENT] = leading.longValue();
        }
    }

    private Decimal() {}

    /**
     * Returns {@code digits * 10^exponent} rounded half to even, or {@link #UNDECIDED}.
     *
     * @param digits from 0 to 10^18
     */
    static double toDouble(long digits, int exponent) {
        if (digits == 0) {
            return 0;
        }
        if (exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT) {
            return UNDECIDED;
        }
        int shift = Long.numberOfLeadingZeros(digits);
        long factor = digits << shift;
        long power = HIGH[exponent + MAX_EXPONENT];
        long high = multiplyHigh(factor, power);
        long low = factor * power;
        if ((high & ((1L << SPARE_BITS) - 1)) == (1L << SPARE_BITS) - 1) {
            long more = low + multiplyHigh(factor, LOW[exponent + MAX_EXPONENT]);
            if (Long.compareUnsigned(more, low) < 0) {
                high++;
            }
            low = more;
        }
        int carried = (int) (high >>> 63);
        long significand = high >>> (carried + SPARE_BITS);
        boolean middle = (significand & 1) != 0
                && Long.compareUnsigned(low, 1) <= 0
                && significand << (carried + SPARE_BITS) == high;
        if (middle || low == -1) {
            return UNDECIDED;
        }
        significand = (significand + (significand & 1)) >>> 1;
        // 217706 / 2^16 is the binary logarithm of ten, close enough for these exponents
        int binaryExponent = ((217706 * exponent) >> 16) + 63 + carried - shift;
        if (significand >>> (SIGNIFICAND_BITS + 1) != 0) {
            significand >>>= 1;
            binaryExponent++;
        }
        long fraction = significand & ((1L << SIGNIFICAND_BITS) - 1);
        return Double.longBitsToDouble((long) (binaryExponent + EXPONENT_BIAS) << SIGNIFICAND_BITS | fraction);
    }

    /** As {@code Math.unsignedMultiplyHigh} of Java 18 for two factors whose first bit is set or not. */
    private static long multiplyHigh(long left, long right) {
        return Math.multiplyHigh(left, right) + (left >> 63 & right) + (right >> 63 & left);
    }
}
