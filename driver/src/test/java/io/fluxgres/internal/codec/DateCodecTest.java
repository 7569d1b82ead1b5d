package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.DATE;
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
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateCodecTest {

    private static final LocalDate FIRST = LocalDate.of(-4713, 11, 24);
    private static final LocalDate LAST = LocalDate.of(5_874_897, 12, 31);

    @ParameterizedTest
    @CsvSource({
        "2024-02-29, 2024-02-29, 00002279",
        "0001-12-31 BC, 0000-12-31, fff4dbf8",
        "0044-03-15 BC, -0043-03-15, fff49d7b",
        "4714-11-24 BC, -4713-11-24, ffda97a7",
        "10000-01-01, +10000-01-01, 002c95d4",
        "5874897-12-31, +5874897-12-31, 7fda970c"
    })
    void isTheSameDayInBothFormatsAndBothWays(String text, LocalDate date, String hex) {
        assertThat(decodeText(DATE, LocalDate.class, text)).isEqualTo(date);
        assertThat(decodeHex(DATE, Object.class, hex)).isEqualTo(date);
        assertThat(decodeText(DATE, LocalDateTime.class, text)).isEqualTo(date.atStartOfDay());
        assertThat(decodeHex(DATE, LocalDateTime.class, hex)).isEqualTo(date.atStartOfDay());
        assertThat(encodeText(DATE, date)).isEqualTo(text);
        assertThat(encodeHex(DATE, date)).isEqualTo(hex);
    }

    @Test
    void infinityIsTheHighestAndTheLowestDate() {
        assertThat(decodeText(DATE, LocalDate.class, "infinity")).isEqualTo(LocalDate.MAX);
        assertThat(decodeHex(DATE, LocalDate.class, "80000000")).isEqualTo(LocalDate.MIN);
        assertThat(encodeText(DATE, LocalDate.MIN)).isEqualTo("-infinity");
        assertThat(encodeHex(DATE, LocalDate.MAX)).isEqualTo("7fffffff");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024-02-30",
                "2023-02-29",
                "1900-02-29",
                "0100-02-29 BC",
                "2024-13-01",
                "2024-00-01",
                "2024-01-00",
                "0000-01-01",
                "0000-01-01 BC",
                "2024-1-01",
                "024-01-01",
                "02/29/2024",
                "29.02.2024",
                "29-02-2024",
                "20240229",
                "2024-02-29 ",
                "2024-02-29 AD",
                "2024-02-29BC",
                " BC",
                "2024/02/29",
                "2024-02/29",
                "+2024-02-29",
                "-2024-02-29",
                "2024-02-29 00:00:00",
                "12345678-01-01",
                "Infinity",
                "+infinity"
            })
    void textOfAnotherDateStyleIsRefusedAndNotGuessed(String text) {
        assertThatThrownBy(() -> decodeText(DATE, LocalDate.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("DateStyle");
    }

    @Test
    void outsideTheRangeOfTheServerNothingIsReadOrSent() {
        assertNotEncodable(DATE, FIRST.minusDays(1));
        assertNotEncodable(DATE, LAST.plusDays(1));
        // the days of these are the numbers of the infinities
        assertNotEncodable(DATE, LocalDate.ofEpochDay(Integer.MAX_VALUE + 10_957L));
        assertNotEncodable(DATE, LocalDate.ofEpochDay(Integer.MIN_VALUE + 10_957L));
        assertThatThrownBy(() -> decodeText(DATE, LocalDate.class, "5881580-07-11"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("range of date");
        assertThatThrownBy(() -> decodeText(DATE, LocalDate.class, "4714-11-23 BC"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("range of date");
        assertThatThrownBy(() -> decodeHex(DATE, LocalDate.class, "7ffffffe"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("range of date");
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(DATE, LocalDate.class, "0000000000000000"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of date has 8 bytes instead of 4");
    }

    @Test
    void everyDayAroundTheCenturiesAndTheErasReturnsInBothFormats() {
        for (int year : new int[] {-4713, -400, -100, -4, 0, 100, 1900, 2000, 5_874_896}) {
            LocalDate start = year == FIRST.getYear() ? FIRST : LocalDate.of(year, 1, 1);
            for (LocalDate date = start; !date.isAfter(start.plusDays(730)); date = date.plusDays(1)) {
                for (Format format : Format.values()) {
                    assertThat(decode(DATE, format, LocalDate.class, encode(DATE, format, date)))
                            .isEqualTo(date);
                }
            }
        }
    }
}
