package io.fluxgres.internal.codec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The text that the server writes for floating point numbers: the shortest decimal that is nearer to the number than to any
 * other of the type, and of those the nearest; with an exponent where it is less than -4 or not less than the digits that the
 * type holds for sure.
 *
 * @see <a href="https://www.postgresql.org/docs/18/datatype-numeric.html#DATATYPE-FLOAT">Floating-Point Types</a>
 */
final class FloatPrinting {

    private static final int LEAST_EXPONENT = -4;
    private static final int FLOAT4_EXPONENT = 6;
    private static final int FLOAT8_EXPONENT = 15;

    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private FloatPrinting() {}

    static String print(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
            return special(value);
        }
        double magnitude = Math.abs(value);
        double above = Math.nextUp(magnitude);
        BigDecimal shortest = shortest(
                new BigDecimal(magnitude),
                new BigDecimal(Math.nextDown(magnitude)),
                new BigDecimal(Double.isInfinite(above) ? Math.nextDown(magnitude) : above),
                new BigDecimal(Double.toString(magnitude)).precision());
        return print(shortest, value < 0, FLOAT8_EXPONENT);
    }

    static String print(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value) || value == 0) {
            return special(value);
        }
        float magnitude = Math.abs(value);
        float above = Math.nextUp(magnitude);
        BigDecimal shortest = shortest(
                new BigDecimal(magnitude),
                new BigDecimal(Math.nextDown(magnitude)),
                new BigDecimal(Float.isInfinite(above) ? Math.nextDown(magnitude) : above),
                new BigDecimal(Float.toString(magnitude)).precision());
        return print(shortest, value < 0, FLOAT4_EXPONENT);
    }

    private static String special(double value) {
        String sign = 1 / value < 0 ? "-" : "";
        return value == 0 ? sign + "0" : Double.toString(value);
    }

    /**
     * @param above the next number of the type; of the last one any number as far away as that would be
     * @param digits as many as some decimal of the number has; before JDK 19 the JDK's own has a digit too many for some
     */
    private static BigDecimal shortest(BigDecimal exact, BigDecimal below, BigDecimal above, int digits) {
        BigDecimal belowHalf = exact.subtract(below).divide(TWO);
        BigDecimal aboveHalf = above.subtract(exact).abs().divide(TWO);
        int count = digits;
        BigDecimal shortest = within(exact, belowHalf, aboveHalf, count);
        while (shortest == null) {
            // the JDK takes a decimal in the middle of two numbers for the even one
            count++;
            shortest = within(exact, belowHalf, aboveHalf, count);
        }
        while (count > 1) {
            count--;
            BigDecimal shorter = within(exact, belowHalf, aboveHalf, count);
            if (shorter == null) {
                break;
            }
            shortest = shorter;
        }
        return shortest.stripTrailingZeros();
    }

    /** Returns the nearest decimal of so many digits, if it is nearer to the number than to another; null if none is. */
    private static @Nullable BigDecimal within(
            BigDecimal exact, BigDecimal belowHalf, BigDecimal aboveHalf, int digits) {
        BigDecimal lower = exact.round(new MathContext(digits, RoundingMode.DOWN));
        BigDecimal upper = exact.round(new MathContext(digits, RoundingMode.UP));
        BigDecimal belowExact = exact.subtract(lower);
        BigDecimal aboveExact = upper.subtract(exact);
        boolean lowerFits = belowExact.compareTo(belowHalf) < 0;
        boolean upperFits = aboveExact.compareTo(aboveHalf) < 0;
        if (lowerFits && upperFits) {
            return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        }
        return lowerFits ? lower : upperFits ? upper : null;
    }

    private static String print(BigDecimal magnitude, boolean negative, int leastWithExponent) {
        String sign = negative ? "-" : "";
        int exponent = magnitude.precision() - magnitude.scale() - 1;
        if (exponent >= LEAST_EXPONENT && exponent < leastWithExponent) {
            return sign + magnitude.toPlainString();
        }
        String digits = magnitude.unscaledValue().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        String padding = Math.abs(exponent) < 10 ? "0" : "";
        return sign + digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + padding + Math.abs(exponent);
    }
}
