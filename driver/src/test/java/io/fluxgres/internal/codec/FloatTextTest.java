package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.FLOAT4;
import static io.fluxgres.codec.PgType.FLOAT8;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The text of numbers against the parser of the JDK, which is exact. */
class FloatTextTest {

    private static final int ROUNDS = 100_000;

    private final Random random = new Random(11);

    @Test
    void theShortestDecimalsOfAllDoublesAreRead() {
        for (int i = 0; i < ROUNDS; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertDouble(Double.toString(value));
            }
            assertDouble(Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20)));
        }
    }

    @Test
    void theShortestDecimalsOfAllFloatsAreRead() {
        for (int i = 0; i < ROUNDS; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                assertFloat(Float.toString(value));
            }
        }
    }

    @Test
    void whatIsNearTheMiddleOfTwoNumbersIsRoundedToTheRightOne() {
        for (int i = 0; i < ROUNDS; i++) {
            double value = Math.scalb(1 + random.nextDouble(), random.nextInt(240) - 120);
            assertDouble(nearTheMiddle(value, Math.ulp(value)));
            assertFloat(nearTheMiddle((float) value, Math.ulp((float) value)));
        }
    }

    private String nearTheMiddle(double value, double ulp) {
        RoundingMode mode = random.nextBoolean() ? RoundingMode.DOWN : RoundingMode.UP;
        return new BigDecimal(value)
                .add(new BigDecimal(ulp / 2))
                .round(new MathContext(15 + random.nextInt(5), mode))
                .toString();
    }

    @Test
    void theMiddleItselfIsRoundedToEven() {
        for (long i = 0; i < ROUNDS; i++) {
            long middle = (1L << 53) + 1 + 2 * i;
            assertDouble(Long.toString(middle));
            assertDouble(middle + "e1");
            assertDouble(middle * 5 + "e-1");
            assertFloat(Long.toString((1L << 24) + 1 + 2 * i));
        }
    }

    @Test
    void fewDigitsAreReadWithEachExponent() {
        for (int exponent = -80; exponent <= 80; exponent++) {
            for (int digits = 0; digits < 500; digits++) {
                assertDouble(digits + "e" + exponent);
            }
        }
    }

    private static void assertDouble(String text) {
        double read = decodeText(FLOAT8, double.class, text);
        assertThat(Double.doubleToRawLongBits(read))
                .as(text)
                .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
    }

    private static void assertFloat(String text) {
        float read = decodeText(FLOAT4, float.class, text);
        assertThat(Float.floatToRawIntBits(read)).as(text).isEqualTo(Float.floatToRawIntBits(Float.parseFloat(text)));
    }
}
