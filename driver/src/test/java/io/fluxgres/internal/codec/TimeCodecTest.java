package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.TIME;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeCodecTest {

    @ParameterizedTest
    @CsvSource({
        "00:00:00, 00:00:00, 0000000000000000",
        "12:34:56.7, 12:34:56.7, 0000000a8be4ca60",
        "23:59:59.999999, 23:59:59.999999, 000000141dd75fff",
        "01:02:03.04, 01:02:03.04, 00000000dde91500"
    })
    void isTheSameTimeInBothFormatsAndBothWays(String text, LocalTime time, String hex) {
        assertThat(decodeText(TIME, LocalTime.class, text)).isEqualTo(time);
        assertThat(decodeHex(TIME, Object.class, hex)).isEqualTo(time);
        assertThat(encodeText(TIME, time)).isEqualTo(text);
        assertThat(encodeHex(TIME, time)).isEqualTo(hex);
    }

    @Test
    void theEndOfTheDayIsTheLastLocalTime() {
        assertThat(decodeText(TIME, String.class, "24:00:00")).isEqualTo("24:00:00");
        assertThat(decodeHex(TIME, String.class, "000000141dd76000")).isEqualTo("24:00:00");
        assertThat(decodeText(TIME, LocalTime.class, "24:00:00")).isEqualTo(LocalTime.MAX);
        assertThat(decodeHex(TIME, Object.class, "000000141dd76000")).isEqualTo(LocalTime.MAX);
        assertThat(encodeText(TIME, LocalTime.MAX)).isEqualTo("24:00:00");
        assertThat(encodeHex(TIME, LocalTime.MAX)).isEqualTo("000000141dd76000");
    }

    @ParameterizedTest
    @CsvSource({
        "12:00:00.0000004, 12:00:00",
        "12:00:00.0000005, 12:00:00",
        "12:00:00.000000501, 12:00:00.000001",
        "12:00:00.0000015, 12:00:00.000002",
        "12:00:00.0000025, 12:00:00.000002",
        "12:00:00.9999996, 12:00:01",
        "23:59:59.9999996, 24:00:00",
        "23:59:59.999999999, 24:00:00"
    })
    void isRoundedToTheNearestMicrosecondAsTheServerDoes(LocalTime time, String expected) {
        assertThat(encodeText(TIME, time)).isEqualTo(expected);
        assertThat(decodeHex(TIME, String.class, encodeHex(TIME, time))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "12:00", "1:00:00", "12:00:00.", "12:00:00.1234567", "12:60:00", "12:00:60", "24:00:00.000001",
                "24:01:00", "25:00:00", "12:00:00 AM", "12.00.00", "12:00:00,5", "12:00:00+00", "-1:00:00", "infinity"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(TIME, LocalTime.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("DateStyle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffffffffffff", "000000141dd76001", "7fffffffffffffff"})
    void aBinaryValueOutsideTheDayIsRefused(String hex) {
        assertThatThrownBy(() -> decodeHex(TIME, LocalTime.class, hex))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("range of time");
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(TIME, LocalTime.class, "00000000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of time has 4 bytes instead of 8");
    }
}
