package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.TIMESTAMP;
import static io.fluxgres.internal.codec.CodecFixture.CONTEXT;
import static io.fluxgres.internal.codec.CodecFixture.REGISTRY;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
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
    void aLocalDateAndALocalTimeAreItsParts() {
        assertThat(decodeText(TIMESTAMP, LocalDate.class, "0044-03-15 12:00:00.5 BC"))
                .isEqualTo(LocalDate.of(-43, 3, 15));
        assertThat(decodeHex(TIMESTAMP, LocalDate.class, "ffffffffffffffff")).isEqualTo(LocalDate.of(1999, 12, 31));
        assertThat(decodeText(TIMESTAMP, LocalTime.class, "0044-03-15 12:00:00.5 BC"))
                .isEqualTo(LocalTime.parse("12:00:00.5"));
        assertThat(decodeHex(TIMESTAMP, LocalTime.class, "ffffffffffffffff"))
                .isEqualTo(LocalTime.parse("23:59:59.999999"));
        assertThat(decodeText(TIMESTAMP, LocalDate.class, "infinity")).isEqualTo(LocalDate.MAX);
        assertThatThrownBy(() -> decodeText(TIMESTAMP, LocalTime.class, "infinity"))
                .hasMessage("the timestamp is infinite, which a LocalTime cannot hold");
    }

    @Test
    void aLocalDateIsSentAsItsMidnight() {
        assertThat(encodeText(TIMESTAMP, LocalDate.of(2024, 1, 2))).isEqualTo("2024-01-02 00:00:00");
        assertThat(encodeHex(TIMESTAMP, LocalDate.of(2000, 1, 1))).isEqualTo("0000000000000000");
        assertThat(encodeText(TIMESTAMP, LocalDate.MIN)).isEqualTo("-infinity");
    }

    /** Of a local time that clocks skip, and of one that they show twice, as the server reads it. */
    @ParameterizedTest
    @CsvSource({
        "2024-07-01 12:00:00.25, America/St_Johns, 2024-07-01T14:30:00.25Z",
        "2024-03-10 02:30:00, America/St_Johns, 2024-03-10T06:00:00Z",
        "2024-11-03 01:30:00, America/St_Johns, 2024-11-03T05:00:00Z",
        "2024-07-01 12:00:00, <+05:45>-05:45, 2024-07-01T06:15:00Z"
    })
    void aDateIsTheInstantInTheSessionsZone(String text, String zone, Instant instant) {
        CodecContext context = CodecFixture.inZone(zone);
        byte[] field = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(decode(TIMESTAMP, Format.TEXT, Date.class, field, context)).isEqualTo(Date.from(instant));
        assertThat(decode(TIMESTAMP, Format.TEXT, Timestamp.class, field, context))
                .isEqualTo(Timestamp.from(instant));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EST5EDT,M3.2.0,M11.1.0", "Europe/Atlantis"})
    void aDateIsRefusedInAZoneThatTheJvmDoesNotKnow(String zone) {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> REGISTRY.decoder(TIMESTAMP, format, Date.class, CodecFixture.inZone(zone)))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining(zone)
                    .hasMessageContaining("LocalDateTime");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Instant.class, OffsetDateTime.class, ZonedDateTime.class})
    void isNoInstant(Class<?> asked) {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> REGISTRY.decoder(TIMESTAMP, format, asked, CONTEXT))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("has no time zone")
                    .hasMessageContaining("LocalDateTime");
        }
    }

    @Test
    void infinityIsTheHighestAndTheLowestTime() {
        assertThat(decodeText(TIMESTAMP, LocalDateTime.class, "-infinity")).isEqualTo(LocalDateTime.MIN);
        assertThat(decodeHex(TIMESTAMP, LocalDateTime.class, "7fffffffffffffff"))
                .isEqualTo(LocalDateTime.MAX);
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
