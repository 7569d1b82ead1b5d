package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.function.Predicate;

/**
 * Conversions between numbers that give the very same number or a {@link CodecException}; only from decimal fractions
 * to floating point, and from {@code double} to {@code float}, do they round to the nearest.
 */
final class Narrowing {

    private static final double TWO_TO_THE_63 = 0x1p63;

    private Narrowing() {}

    static byte toByte(long value) {
        if (value != (byte) value) {
            throw outOfRange("byte");
        }
        return (byte) value;
    }

    static short toShort(long value) {
        if (value != (short) value) {
            throw outOfRange("short");
        }
        return (short) value;
    }

    static int toInt(long value) {
        if (value != (int) value) {
            throw outOfRange("int");
        }
        return (int) value;
    }

    static float toFloat(long value) {
        float converted = value;
        // the cast back saturates, so 2^63 would seem to equal Long.MAX_VALUE
        if (converted == TWO_TO_THE_63 || (long) converted != value) {
            throw new CodecException("a float cannot hold the value exactly");
        }
        return converted;
    }

    static double toDouble(long value) {
        double converted = value;
        if (converted == TWO_TO_THE_63 || (long) converted != value) {
            throw new CodecException("a double cannot hold the value exactly");
        }
        return converted;
    }

    static double toDouble(BigInteger value) {
        double converted = value.doubleValue();
        if (Double.isInfinite(converted) || !toBigInteger(converted).equals(value)) {
            throw new CodecException("a double cannot hold the value exactly");
        }
        return converted;
    }

    static long toLong(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw notFinite("an integer");
        } else if (value != Math.rint(value)) {
            throw notIntegral();
        } else if (value < -TWO_TO_THE_63 || value >= TWO_TO_THE_63) {
            throw outOfRange("long");
        }
        return (long) value;
    }

    static long toLong(BigInteger value) {
        if (value.bitLength() >= Long.SIZE) {
            throw outOfRange("long");
        }
        return value.longValue();
    }

    static long toLong(BigDecimal value) {
        long integerDigits = (long) value.precision() - value.scale();
        if (value.signum() != 0 && integerDigits > 19) {
            throw outOfRange("long");
        }
        return toLong(toBigInteger(value));
    }

    static BigInteger toBigInteger(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw notFinite("an integer");
        } else if (value != Math.rint(value)) {
            throw notIntegral();
        }
        return new BigDecimal(value).toBigInteger();
    }

    static BigInteger toBigInteger(BigDecimal value) {
        // a huge scale would otherwise be computed as a power of ten
        if (value.signum() == 0) {
            return BigInteger.ZERO;
        } else if ((long) value.precision() - value.scale() <= 0) {
            throw notIntegral();
        }
        try {
            return value.toBigIntegerExact();
        } catch (ArithmeticException e) {
            throw notIntegral();
        }
    }

    /** Rounds to the nearest {@code float}; a finite value never becomes infinite. */
    static float toFloat(double value) {
        float rounded = (float) value;
        if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
            throw outOfRange("float");
        }
        return rounded;
    }

    /** Rounds to the nearest {@code float}; a finite value never becomes infinite. */
    static float toFloat(BigDecimal value) {
        float rounded = value.floatValue();
        if (Float.isInfinite(rounded)) {
            throw outOfRange("float");
        }
        return rounded;
    }

    /** Rounds to the nearest {@code double}; a finite value never becomes infinite. */
    static double toDouble(BigDecimal value) {
        double rounded = value.doubleValue();
        if (Double.isInfinite(rounded)) {
            throw outOfRange("double");
        }
        return rounded;
    }

    /**
     * Returns the shortest decimal that denotes this {@code double} and no other, without trailing zeros and with a
     * scale of at least 0.
     */
    static BigDecimal toBigDecimal(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw notFinite("a BigDecimal");
        }
        return shortest(value, Double.toString(value), decimal -> decimal.doubleValue() == value);
    }

    /** As {@link #toBigDecimal(double)}, for a {@code float}. */
    static BigDecimal toBigDecimal(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            throw notFinite("a BigDecimal");
        }
        return shortest(value, Float.toString(value), decimal -> decimal.floatValue() == value);
    }

    private static BigDecimal shortest(double value, String printed, Predicate<BigDecimal> denotesValue) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal shortest = new BigDecimal(printed);
        // before JDK 19 toString gave a digit too many for some values
        for (int digits = shortest.precision() - 1; digits > 0; digits--) {
            BigDecimal shorter = exact.round(new MathContext(digits));
            if (!denotesValue.test(shorter)) {
                break;
            }
            shortest = shorter;
        }
        BigDecimal stripped = shortest.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    private static CodecException outOfRange(String target) {
        return new CodecException("the value is out of range for " + target);
    }

    private static CodecException notIntegral() {
        return new CodecException("the value has a fraction, which an integer cannot hold");
    }

    static CodecException notFinite(String target) {
        return new CodecException("the value is NaN or infinite, which " + target + " cannot hold");
    }
}
