package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.INT2;
import static io.fluxgres.codec.PgType.INT4;
import static io.fluxgres.codec.PgType.INT8;
import static io.fluxgres.codec.PgType.OID;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegerCodecsTest {

    @Test
    void theNaturalClassIsThatOfTheTypesWidth() {
        assertThat(decodeText(INT2, Object.class, "-7")).isEqualTo((short) -7);
        assertThat(decodeText(INT4, Object.class, "-7")).isEqualTo(-7);
        assertThat(decodeText(INT8, Number.class, "-7")).isEqualTo(-7L);
        assertThat(decodeHex(OID, Object.class, "ffffffff")).isEqualTo(4294967295L);
    }

    @Test
    void everyClassOfNumbersHoldsASmallInteger() {
        assertThat(decodeHex(INT8, byte.class, "ffffffffffffff80")).isEqualTo(Byte.MIN_VALUE);
        assertThat(decodeHex(INT8, short.class, "ffffffffffff8000")).isEqualTo(Short.MIN_VALUE);
        assertThat(decodeHex(INT8, int.class, "ffffffff80000000")).isEqualTo(Integer.MIN_VALUE);
        assertThat(decodeHex(INT4, long.class, "80000000")).isEqualTo(Integer.MIN_VALUE);
        assertThat(decodeHex(INT2, float.class, "8000")).isEqualTo(-32768f);
        assertThat(decodeHex(INT4, double.class, "80000000")).isEqualTo(-2147483648d);
        assertThat(decodeText(INT4, BigInteger.class, "12")).isEqualTo(BigInteger.valueOf(12));
        assertThat(decodeText(INT4, BigDecimal.class, "12")).isEqualTo(new BigDecimal("12"));
        assertThat(decodeHex(INT4, String.class, "80000000")).isEqualTo("-2147483648");
    }

    @Test
    void aValueThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> decodeText(INT8, int.class, "2147483648"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for int");
        assertThatThrownBy(() -> decodeHex(INT8, int.class, "0000000080000000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for int");
        assertThatThrownBy(() -> decodeHex(INT4, short.class, "00008000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for short");
        assertThatThrownBy(() -> decodeHex(INT2, byte.class, "0080"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for byte");
        assertThatThrownBy(() -> decodeHex(OID, int.class, "80000000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the value is out of range for int");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740993", "9223372036854775807", "-9007199254740993"})
    void aDoubleMustHoldTheIntegerExactly(String text) {
        assertThatThrownBy(() -> decodeText(INT8, double.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("a double cannot hold the value exactly");
    }

    @ParameterizedTest
    @ValueSource(strings = {"16777217", "9223372036854775807"})
    void aFloatMustHoldTheIntegerExactly(String text) {
        assertThatThrownBy(() -> decodeText(INT8, float.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("a float cannot hold the value exactly");
    }

    @Test
    void theLowestLongIsADoubleAndAFloat() {
        assertThat(decodeText(INT8, double.class, "-9223372036854775808")).isEqualTo(-0x1p63);
        assertThat(decodeText(INT8, float.class, "-9223372036854775808")).isEqualTo(-0x1p63f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                " 1",
                "1 ",
                "1.0",
                "--1",
                "0x1",
                "9223372036854775808",
                "-9223372036854775809",
                "9999999999999999999",
                "-9999999999999999999",
                "18446744073709551617",
                "00000000000000000001"
            })
    void textThatIsNoIntegerIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(INT8, long.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of int8");
    }

    @ParameterizedTest
    @CsvSource({"int2,32768", "int2,-32769", "int4,2147483648", "int4,-2147483649", "oid,-1", "oid,4294967296"})
    void textOutsideTheRangeOfTheTypeIsRefused(String name, String text) {
        var type = CodecFixture.TYPES.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> decodeText(type, long.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of " + name);
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(INT2, int.class, "00000001"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of int2 has 4 bytes instead of 2");
        assertThatThrownBy(() -> decodeHex(INT4, int.class, "0001"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of int4 has 2 bytes instead of 4");
        assertThatThrownBy(() -> decodeHex(INT8, long.class, ""))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of int8 has 0 bytes instead of 8");
        assertThatThrownBy(() -> decodeHex(OID, long.class, "0000000000000001"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of oid has 8 bytes instead of 4");
    }

    @Test
    void everyClassOfNumbersIsSentAsAnyIntegerThatHoldsIt() {
        for (Number seven : new Number[] {
            (byte) 7, (short) 7, 7, 7L, 7f, 7d, BigInteger.valueOf(7), new BigDecimal("7.00"), new BigDecimal("0.7e1")
        }) {
            assertThat(encodeHex(INT2, seven)).isEqualTo("0007");
            assertThat(encodeHex(INT4, seven)).isEqualTo("00000007");
            assertThat(encodeHex(INT8, seven)).isEqualTo("0000000000000007");
            assertThat(encodeHex(OID, seven)).isEqualTo("00000007");
            assertThat(encodeText(INT4, seven)).isEqualTo("7");
        }
    }

    @Test
    void whatTheTypeCannotHoldIsNotSent() {
        assertNotEncodable(INT2, 32768);
        assertNotEncodable(INT4, -2147483649L);
        assertNotEncodable(OID, -1);
        assertNotEncodable(OID, 4294967296L);
        assertNotEncodable(INT8, BigInteger.TWO.pow(63));
        assertNotEncodable(INT8, new BigDecimal("9223372036854775808"));
        assertNotEncodable(INT8, new BigDecimal("1.5"));
        assertNotEncodable(INT8, 1.5);
        assertNotEncodable(INT8, 0x1p63);
        assertNotEncodable(INT8, Double.NaN);
        assertNotEncodable(INT8, Float.NEGATIVE_INFINITY);
    }

    @Test
    void aHugeScaleIsRefusedWithoutComputingThePowerOfTen() {
        assertNotEncodable(INT8, new BigDecimal("1e2000000000"));
        assertNotEncodable(INT8, new BigDecimal("1e-2000000000"));
        assertThat(encodeText(INT8, new BigDecimal("0e2000000000"))).isEqualTo("0");
    }

    @Test
    void theLimitsAreSent() {
        assertThat(encodeHex(INT8, new BigDecimal("-9223372036854775808"))).isEqualTo("8000000000000000");
        assertThat(encodeHex(INT8, -0x1p63)).isEqualTo("8000000000000000");
        assertThat(encodeHex(OID, 4294967295L)).isEqualTo("ffffffff");
        assertThat(encodeText(OID, 4294967295L)).isEqualTo("4294967295");
    }
}
