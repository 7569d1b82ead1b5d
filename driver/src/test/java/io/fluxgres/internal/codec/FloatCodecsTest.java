package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.FLOAT4;
import static io.fluxgres.codec.PgType.FLOAT8;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FloatCodecsTest {

    @Test
    void theNaturalClassIsThatOfTheTypesWidth() {
        assertThat(decodeText(FLOAT4, Object.class, "0.1")).isEqualTo(0.1f);
        assertThat(decodeText(FLOAT8, Number.class, "0.1")).isEqualTo(0.1d);
    }

    @Test
    void aFloat4AsDoubleIsTheSameNumberAndNotTheSameDigits() {
        assertThat(decodeText(FLOAT4, double.class, "0.1")).isEqualTo((double) 0.1f);
        assertThat(decodeHex(FLOAT4, double.class, "3dcccccd")).isEqualTo((double) 0.1f);
    }

    @Test
    void aFloat8AsFloatIsTheNearest() {
        assertThat(decodeText(FLOAT8, float.class, "0.1")).isEqualTo(0.1f);
        assertThat(decodeText(FLOAT8, float.class, "-Infinity")).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(decodeText(FLOAT8, float.class, "NaN")).isNaN();
        assertThatThrownBy(() -> decodeText(FLOAT8, float.class, "1e+39"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for float");
    }

    @Test
    void negativeZeroKeepsItsSign() {
        assertThat(decodeText(FLOAT8, Double.class, "-0")).isEqualTo(Double.valueOf(-0.0));
        assertThat(decodeText(FLOAT4, Float.class, "-0")).isEqualTo(Float.valueOf(-0.0f));
        assertThat(encodeHex(FLOAT8, -0.0)).isEqualTo("8000000000000000");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "0.1, 0.1",
        "1, 1",
        "100, 100",
        "1e+15, 1000000000000000",
        "2e-3, 0.002",
        "2e+23, 200000000000000000000000",
        "1.5e-05, 0.000015"
    })
    void aBigDecimalIsTheShortestDecimalWithoutTrailingZeros(String text, BigDecimal expected) {
        assertThat(decodeText(FLOAT8, BigDecimal.class, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.1",
        "8.5e+11, 850000000000",
        "1e-45, 1e-45",
        "3.4028235e+38, 340282350000000000000000000000000000000"
    })
    void aBigDecimalOfAFloat4IsTheShortestDecimalOfTheFloat(String text, String expected) {
        assertThat(decodeText(FLOAT4, BigDecimal.class, text)).isEqualTo(new BigDecimal(expected));
    }

    @Test
    void integersMustBeIntegralAndInRange() {
        assertThat(decodeText(FLOAT8, int.class, "-2147483648")).isEqualTo(Integer.MIN_VALUE);
        assertThat(decodeText(FLOAT8, long.class, "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(decodeText(FLOAT4, short.class, "-0")).isZero();
        assertThat(decodeText(FLOAT8, BigInteger.class, "9.223372036854775807e+18"))
                .isEqualTo(BigInteger.TWO.pow(63));
        assertThatThrownBy(() -> decodeText(FLOAT8, int.class, "1.5"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value has a fraction, which an integer cannot hold");
        assertThatThrownBy(() -> decodeText(FLOAT8, int.class, "2147483648"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for int");
        assertThatThrownBy(() -> decodeText(FLOAT8, long.class, "9223372036854775808"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void decimalsAndIntegersAreNeitherNaNNorInfinite(String text) {
        for (PgType type : new PgType[] {FLOAT4, FLOAT8}) {
            assertThatThrownBy(() -> decodeText(type, BigDecimal.class, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessage("the value is NaN or infinite, which a BigDecimal cannot hold");
            assertThatThrownBy(() -> decodeText(type, long.class, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessage("the value is NaN or infinite, which an integer cannot hold");
            assertThatThrownBy(() -> decodeText(type, BigInteger.class, text)).isInstanceOf(CodecException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", ".", "1.", ".5", "+1", "1d", "1f", "0x1p3", " 1", "1 ", "1e", "1e+", "1e99999", "nan", "inf",
                "-NaN", "Infinity1", "1e999", "1,5", "1.5.5", "é"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(FLOAT8, double.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of float8");
        assertThatThrownBy(() -> decodeText(FLOAT4, float.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of float4");
    }

    @Test
    void textIsRoundedAsTheJdkDoes() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
            text.append(random.nextInt(1000));
            if (random.nextBoolean()) {
                text.append('.').append(random.nextLong() >>> (1 + random.nextInt(63)));
            }
            if (random.nextBoolean()) {
                text.append('e').append(random.nextInt(45) - 22);
            }
            byte[] field = text.toString().getBytes(StandardCharsets.US_ASCII);
            assertThat(decode(FLOAT8, Format.TEXT, Double.class, field)).isEqualTo(Double.valueOf(text.toString()));
            assertThat(decode(FLOAT4, Format.TEXT, Float.class, field)).isEqualTo(Float.valueOf(text.toString()));
        }
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(FLOAT4, float.class, "3fb999999999999a"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of float4 has 8 bytes instead of 4");
        assertThatThrownBy(() -> decodeHex(FLOAT8, double.class, "3dcccccd"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of float8 has 4 bytes instead of 8");
    }

    @Test
    void everyClassOfNumbersIsSent() {
        for (Number seven : new Number[] {
            (byte) 7, (short) 7, 7, 7L, 7f, 7d, BigInteger.valueOf(7), new BigDecimal("7.00")
        }) {
            assertThat(encodeHex(FLOAT8, seven)).isEqualTo("401c000000000000");
            assertThat(encodeHex(FLOAT4, seven)).isEqualTo("40e00000");
            assertThat(encodeText(FLOAT8, seven)).isEqualTo("7.0");
        }
        assertThat(encodeText(FLOAT8, Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
        assertThat(encodeText(FLOAT4, Float.NaN)).isEqualTo("NaN");
        assertThat(encodeHex(FLOAT8, new BigDecimal("0.1"))).isEqualTo("3fb999999999999a");
        assertThat(encodeHex(FLOAT4, 0.1)).isEqualTo("3dcccccd");
    }

    @Test
    void whatTheTypeCannotHoldIsNotSent() {
        assertNotEncodable(FLOAT8, 9007199254740993L);
        assertNotEncodable(FLOAT8, Long.MAX_VALUE);
        assertNotEncodable(FLOAT8, BigInteger.TWO.pow(63).subtract(BigInteger.ONE));
        assertNotEncodable(FLOAT8, BigInteger.TEN.pow(400));
        assertNotEncodable(FLOAT8, new BigDecimal("1e400"));
        assertNotEncodable(FLOAT4, 16777217);
        assertNotEncodable(FLOAT4, 1e39);
        assertNotEncodable(FLOAT4, new BigDecimal("1e39"));
    }
}
