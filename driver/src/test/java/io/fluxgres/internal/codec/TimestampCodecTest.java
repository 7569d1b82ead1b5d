package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.TIMESTAMP;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampCodecTest {

    private static final LocalDateTime FIRST = LocalDateTime.of(-4713, 11, 24, 0, 0);
    private static final LocalDateTime LAST = LocalDateTime.of(294_276, 12, 31, 23, 59, 59, 999_999_000);

    @ParameterizedTest
    @CsvSource({
        "1999-12-31 23:59:59.999999, 1999-12-31T23:59:59.999999, ffffffffffffffff",
        "2024-01-02 03:04:05.678, 2024-01-02T03:04:05.678, 0002b0ec85204bb0",
        "0044-03-15 12:00:00 BC, -0043-03-15T12:00:00, ff1af9e8fb46d000",
        "4714-11-24 00:00:00 BC, -4713-11-24T00:00:00, fd0f7cc1411fa000",
        "294276-12-31 23:59:59.999999, +294276-12-31T23:59:59.999999, 7fffff5bb3b29fff"
    })
    void isTheSameTimeInBothFormatsAndBothWays(String text, LocalDateTime time, String hex) {
        assertThat(decodeText(TIMESTAMP, LocalDateTime.class, text)).isEqualTo(time);
        assertThat(decodeHex(TIMESTAMP, Object.class, hex)).isEqualTo(time);
        assertThat(decodeHex(TIMESTAMP, String.class, hex)).isEqualTo(text);
        assertThat(encodeText(TIMESTAMP, time)).isEqualTo(text);
        assertThat(encodeHex(TIMESTAMP, time)).isEqualTo(hex);
    }

    @Test
    void infinityIsTheHighestAndTheLowestTime() {
        assertThat(decodeText(TIMESTAMP, LocalDateTime.class, "-infinity")).isEqualTo(LocalDateTime.MIN);
        assertThat(decodeHex(TIMESTAMP, LocalDateTime.class, "7fffffffffffffff")).isEqualTo(LocalDateTime.MAX);
        assertThat(encodeText(TIMESTAMP, LocalDateTime.MAX)).isEqualTo("infinity");
        assertThat(encodeHex(TIMESTAMP, LocalDateTime.MIN)).isEqualTo("8000000000000000");
    }

    @Test
    void isRoundedToTheNearestMicrosecond() {
        assertThat(encodeText(TIMESTAMP, LocalDateTime.parse("1999-12-31T23:59:59.9999996")))
                .isEqualTo("2000-01-01 00:00:00");
        assertThat(encodeHex(TIMESTAMP, LocalDateTime.parse("1999-12-31T23:59:59.9999994")))
                .isEqualTo("ffffffffffffffff");
    }

    @Test
    void outsideTheRangeOfTheServerNothingIsReadOrSent() {
        assertNotEncodable(TIMESTAMP, FIRST.minusNanos(1_000));
        assertNotEncodable(TIMESTAMP, LAST.plusNanos(500));
        assertNotEncodable(TIMESTAMP, LocalDateTime.MAX.minusNanos(1));
        assertNotEncodable(TIMESTAMP, LocalDateTime.MIN.plusNanos(1));
        for (String text : new String[] {
            "4714-11-23 23:59:59.999999 BC",
            "294277-01-01 00:00:00",
            "9999999-01-01 00:00:00",
            "9999999-01-01 00:00:00 BC"
        }) {
            assertThatThrownBy(() -> decodeText(TIMESTAMP, LocalDateTime.class, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("range of timestamps");
        }
        for (String hex :
                new String[] {"7fffff5bb3b2a000", "fd0f7cc1411f9fff", "7ffffffffffffffe", "8000000000000001"}) {
            assertThatThrownBy(() -> decodeHex(TIMESTAMP, LocalDateTime.class, hex))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("range of timestamps");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024-01-02",
                "2024-01-02T03:04:05",
                "2024-01-02 03:04",
                "2024-01-02 24:00:00",
                "2024-01-02 03:04:05+00",
                "2024-01-02 03:04:05.",
                "2024-02-30 03:04:05",
                "01/02/2024 03:04:05",
                "02.01.2024 03:04:05",
                "Tue Jan 02 03:04:05 2024",
                "2024-01-02 03:04:05 PM",
                "2024-01-02 BC 03:04:05",
                "2024-01-02 "
            })
    void textOfAnotherDateStyleIsRefusedAndNotGuessed(String text) {
        assertThatThrownBy(() -> decodeText(TIMESTAMP, LocalDateTime.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("DateStyle");
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(TIMESTAMP, LocalDateTime.class, "00000000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of timestamp has 4 bytes instead of 8");
    }
}
