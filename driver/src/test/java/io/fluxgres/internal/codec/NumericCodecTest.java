package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.NUMERIC;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encode;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericCodecTest {

    private static final String NAN = "00000000c0000000";
    private static final String INFINITY = "00000000d0000020";
    private static final String MINUS_INFINITY = "00000000f0000020";

    @Test
    void theScaleIsTheDisplayScale() {
        assertThat(decodeText(NUMERIC, Object.class, "123.4500")).isEqualTo(new BigDecimal("123.4500"));
        assertThat(decodeHex(NUMERIC, Object.class, "0002000000000004007b1194")).isEqualTo(new BigDecimal("123.4500"));
        assertThat(decodeHex(NUMERIC, BigDecimal.class, "0000000000000002")).isEqualTo(new BigDecimal("0.00"));
    }

    @Test
    void notANumberAndInfinitiesAreDoublesFloatsAndStrings() {
        assertThat(decodeHex(NUMERIC, double.class, NAN)).isNaN();
        assertThat(decodeHex(NUMERIC, double.class, INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(decodeText(NUMERIC, double.class, "-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(decodeHex(NUMERIC, float.class, MINUS_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(decodeText(NUMERIC, float.class, "NaN")).isNaN();
        assertThat(decodeHex(NUMERIC, String.class, NAN)).isEqualTo("NaN");
        assertThat(decodeHex(NUMERIC, String.class, MINUS_INFINITY)).isEqualTo("-Infinity");
        assertThat(decodeText(NUMERIC, String.class, "Infinity")).isEqualTo("Infinity");
    }

    @ParameterizedTest
    @ValueSource(classes = {Object.class, Number.class, BigDecimal.class, BigInteger.class, long.class, int.class})
    void notANumberAndInfinitiesAreNoOtherClass(Class<?> asked) {
        for (String hex : new String[] {NAN, INFINITY, MINUS_INFINITY}) {
            assertThatThrownBy(() -> decodeHex(NUMERIC, asked, hex))
                    .isInstanceOf(CodecException.class)
                    .hasMessageStartingWith("the value is NaN or infinite");
        }
        for (String text : new String[] {"NaN", "Infinity", "-Infinity"}) {
            assertThatThrownBy(() -> decodeText(NUMERIC, asked, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessageStartingWith("the value is NaN or infinite");
        }
    }

    @Test
    void integersMustBeIntegralAndInRange() {
        assertThat(decodeText(NUMERIC, int.class, "7.00")).isEqualTo(7);
        assertThat(decodeText(NUMERIC, long.class, "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(decodeText(NUMERIC, short.class, "-32768")).isEqualTo(Short.MIN_VALUE);
        assertThat(decodeText(NUMERIC, BigInteger.class, "9223372036854775808.0"))
                .isEqualTo(BigInteger.TWO.pow(63));
        assertThatThrownBy(() -> decodeText(NUMERIC, long.class, "9223372036854775808"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for long");
        assertThatThrownBy(() -> decodeText(NUMERIC, long.class, "1" + "0".repeat(1000)))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for long");
        assertThatThrownBy(() -> decodeText(NUMERIC, byte.class, "128"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for byte");
        assertThatThrownBy(() -> decodeText(NUMERIC, BigInteger.class, "0.5"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value has a fraction, which an integer cannot hold");
        assertThatThrownBy(() -> decodeText(NUMERIC, int.class, "1.5"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value has a fraction, which an integer cannot hold");
    }

    @Test
    void doublesAndFloatsAreTheNearest() {
        assertThat(decodeText(NUMERIC, double.class, "0.1")).isEqualTo(0.1);
        assertThat(decodeText(NUMERIC, double.class, "9007199254740993")).isEqualTo(9007199254740992.0);
        assertThat(decodeText(NUMERIC, float.class, "0.1")).isEqualTo(0.1f);
        // half way between two floats and a bit more, which is lost by way of double
        assertThat(decodeText(NUMERIC, float.class, "16777217.0000000001")).isEqualTo(16777218f);
        assertThatThrownBy(() -> decodeText(NUMERIC, double.class, "1" + "0".repeat(400)))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for double");
        assertThatThrownBy(() -> decodeText(NUMERIC, float.class, "1" + "0".repeat(40)))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for float");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", ".", "1.", ".1", "+1", "1e5", "1 ", "--1", "1..2", "1.2.3", "nan", "-NaN", "Infinity ", "٣",
                "1-", "y", "N"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(NUMERIC, BigDecimal.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of numeric");
        assertThatThrownBy(() -> decodeText(NUMERIC, double.class, text)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> decodeText(NUMERIC, String.class, text)).isInstanceOf(CodecException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "no header, 00010000000000",
        "a digit missing, 0002000000000000007b",
        "a digit too many, 0001000000000000007b0001",
        "a digit of 10000, 00010000000000002710",
        "a negative digit, 0001000000000000ffff",
        "an unknown sign, 0001000080000000007b",
        "NaN with a digit, 00010000c0000000007b",
        "a scale beyond the limit, 0001000000004000007b",
        "a weight below the limit, 0001efff00003fff007b",
        "a digit behind the display scale, 00020000000000010001007b",
        "a digit behind the display scale of a long value, 00060000000000010001000000000000000000007b"
    })
    void malformedBinaryIsRefused(String what, String hex) {
        assertThatThrownBy(() -> decodeHex(NUMERIC, BigDecimal.class, hex))
                .as(what)
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value is not a value of numeric");
    }

    @Test
    void zerosThatTheServerWouldLeaveOutAreRead() {
        assertThat(decodeHex(NUMERIC, BigDecimal.class, "0003000200000000000000010000"))
                .isEqualTo(new BigDecimal("10000"));
    }

    @Test
    void theScaleOfTheValueIsSent() {
        assertThat(encodeHex(NUMERIC, new BigDecimal("123.4500"))).isEqualTo("0002000000000004007b1194");
        assertThat(encodeText(NUMERIC, new BigDecimal("123.4500"))).isEqualTo("123.4500");
        assertThat(encodeHex(NUMERIC, new BigDecimal("0.00"))).isEqualTo("0000000000000002");
    }

    @Test
    void aNegativeScaleIsSentAsZero() {
        assertThat(encodeText(NUMERIC, new BigDecimal("1e3"))).isEqualTo("1000");
        assertThat(encodeHex(NUMERIC, new BigDecimal("1e4"))).isEqualTo("00010001000000000001");
        assertThat(encodeText(NUMERIC, new BigDecimal("0e2000000000"))).isEqualTo("0");
    }

    @Test
    void everyClassOfNumbersIsSent() {
        for (Number seven : new Number[] {
            (byte) 7, (short) 7, 7, 7L, 7f, 7d, BigInteger.valueOf(7), new BigDecimal(7)
        }) {
            assertThat(encodeHex(NUMERIC, seven)).isEqualTo("00010000000000000007");
            assertThat(encodeText(NUMERIC, seven)).isEqualTo("7");
        }
        assertThat(encodeText(NUMERIC, 0.1f)).isEqualTo("0.1");
        assertThat(encodeText(NUMERIC, 1e-7)).isEqualTo("0.0000001");
        assertThat(encodeHex(NUMERIC, Double.NaN)).isEqualTo("00000000c0000000");
        assertThat(encodeHex(NUMERIC, Float.POSITIVE_INFINITY)).isEqualTo("00000000d0000000");
        assertThat(encodeHex(NUMERIC, Double.NEGATIVE_INFINITY)).isEqualTo("00000000f0000000");
        assertThat(encodeText(NUMERIC, Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    }

    @Test
    void theLimitsOfTheServerAreSentAndRead() {
        BigDecimal highest = new BigDecimal("9".repeat(131_072));
        BigDecimal longest = new BigDecimal("-" + "9".repeat(131_072) + "." + "9".repeat(16_383));
        BigDecimal smallest = BigDecimal.valueOf(1, 16_383);
        for (BigDecimal limit : new BigDecimal[] {highest, longest, smallest}) {
            for (Format format : Format.values()) {
                assertThat(decode(NUMERIC, format, BigDecimal.class, encode(NUMERIC, format, limit)))
                        .isEqualTo(limit);
            }
        }
    }

    @Test
    void beyondTheLimitsOfTheServerNothingIsSent() {
        assertNotEncodable(NUMERIC, new BigDecimal("1e131072"));
        assertNotEncodable(NUMERIC, BigInteger.TEN.pow(131_072));
        assertNotEncodable(NUMERIC, new BigDecimal("1e2000000000"));
        assertNotEncodable(NUMERIC, BigDecimal.valueOf(1, 16_384));
    }

    @Test
    void randomValuesReturnInBothFormats() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            BigInteger unscaled = new BigInteger(random.nextInt(200), random);
            BigDecimal value =
                    new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), random.nextInt(70));
            for (Format format : Format.values()) {
                assertThat(decode(NUMERIC, format, BigDecimal.class, encode(NUMERIC, format, value)))
                        .isEqualTo(value);
            }
        }
    }
}
