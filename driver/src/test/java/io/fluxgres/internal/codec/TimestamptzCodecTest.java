package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.TIMESTAMPTZ;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.decoder;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestamptzCodecTest {

    @ParameterizedTest
    @CsvSource({
        "2024-07-01 12:00:00.25+00, 2024-07-01T12:00:00.25Z",
        "2024-07-01 08:00:00.25-04, 2024-07-01T12:00:00.25Z",
        "2024-07-01 17:30:00.25+05:30, 2024-07-01T12:00:00.25Z",
        "1799-12-31 19:03:58-04:56:02, 1800-01-01T00:00:00Z",
        "0044-03-15 07:03:58-04:56:02 BC, -0043-03-15T12:00:00Z",
        "294277-01-01 12:59:59+13, +294276-12-31T23:59:59Z",
        "4714-11-23 19:03:58-04:56:02 BC, -4713-11-24T00:00:00Z"
    })
    void theInstantDoesNotDependOnTheZoneOfTheText(String text, Instant instant) {
        assertThat(decodeText(TIMESTAMPTZ, Instant.class, text)).isEqualTo(instant);
        assertThat(decodeText(TIMESTAMPTZ, Object.class, text)).isEqualTo(OffsetDateTime.ofInstant(instant, UTC));
        assertThat(decodeText(TIMESTAMPTZ, ZonedDateTime.class, text))
                .isEqualTo(ZonedDateTime.ofInstant(instant, UTC));
    }

    @Test
    void isReadInUtc() {
        assertThat(decodeHex(TIMESTAMPTZ, Object.class, "ffffffffffffffff"))
                .isEqualTo(OffsetDateTime.parse("1999-12-31T23:59:59.999999Z"));
        assertThat(decodeHex(TIMESTAMPTZ, ZonedDateTime.class, "0000000000000000")
                        .getZone())
                .isEqualTo(UTC);
    }

    @Test
    void isSentInUtc() {
        OffsetDateTime time = OffsetDateTime.parse("2024-07-01T17:30:00.25+05:30");
        for (Object value : new Object[] {
            time, time.toInstant(), time.toZonedDateTime(), time.atZoneSameInstant(ZoneId.of("America/New_York"))
        }) {
            assertThat(encodeText(TIMESTAMPTZ, value)).isEqualTo("2024-07-01 12:00:00.25+00");
            assertThat(encodeHex(TIMESTAMPTZ, value)).isEqualTo("0002bf2d1af70090");
        }
        assertThat(encodeText(TIMESTAMPTZ, Instant.parse("-0043-03-15T12:00:00Z")))
                .isEqualTo("0044-03-15 12:00:00+00 BC");
    }

    @Test
    void infinityIsTheHighestAndTheLowestInstant() {
        assertThat(decodeText(TIMESTAMPTZ, Instant.class, "infinity")).isEqualTo(Instant.MAX);
        assertThat(decodeText(TIMESTAMPTZ, Object.class, "infinity")).isEqualTo(OffsetDateTime.MAX);
        assertThat(decodeHex(TIMESTAMPTZ, Instant.class, "8000000000000000")).isEqualTo(Instant.MIN);
        assertThat(decodeHex(TIMESTAMPTZ, OffsetDateTime.class, "8000000000000000")).isEqualTo(OffsetDateTime.MIN);
        assertThat(encodeText(TIMESTAMPTZ, Instant.MAX)).isEqualTo("infinity");
        assertThat(encodeText(TIMESTAMPTZ, OffsetDateTime.MIN)).isEqualTo("-infinity");
        assertThat(encodeHex(TIMESTAMPTZ, Instant.MIN)).isEqualTo("8000000000000000");
        assertThat(encodeHex(TIMESTAMPTZ, OffsetDateTime.MAX)).isEqualTo("7fffffffffffffff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"infinity", "-infinity"})
    void aZonedDateTimeIsNotInfinite(String text) {
        assertThatThrownBy(() -> decodeText(TIMESTAMPTZ, ZonedDateTime.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the timestamp is infinite, which a ZonedDateTime cannot hold");
    }

    @Test
    void isNoLocalTimeAndNoString() {
        for (Format format : Format.values()) {
            assertThat(decoder(TIMESTAMPTZ, format, LocalDateTime.class)).isNull();
            assertThat(decoder(TIMESTAMPTZ, format, String.class)).isNull();
        }
    }

    @Test
    void outsideTheRangeOfTheServerNothingIsReadOrSent() {
        assertNotEncodable(TIMESTAMPTZ, Instant.MAX.minusNanos(1));
        assertNotEncodable(TIMESTAMPTZ, Instant.MIN.plusNanos(1));
        assertNotEncodable(TIMESTAMPTZ, OffsetDateTime.MAX.withOffsetSameLocal(UTC));
        assertNotEncodable(TIMESTAMPTZ, Instant.parse("+294277-01-01T00:00:00Z"));
        assertNotEncodable(TIMESTAMPTZ, Instant.parse("-4713-11-23T23:59:59.999999Z").atZone(UTC));
        for (String text : new String[] {
            "294276-12-31 23:59:59-01", "4714-11-24 00:00:00+01 BC", "294278-01-01 00:00:00+00"
        }) {
            assertThatThrownBy(() -> decodeText(TIMESTAMPTZ, Instant.class, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("range of timestamps");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-01-02 03:04:05",
                "2024-01-02 03:04:05Z",
                "2024-01-02 03:04:05 +00",
                "2024-01-02 03:04:05+0",
                "2024-01-02 03:04:05+0000",
                "2024-01-02 03:04:05+00:60",
                "2024-01-02 03:04:05+00.30",
                "2024-01-02 03:04:05+00:",
                "2024-01-02 03:04:05+",
                "2024-01-02+00",
                "2024-01-02 03:04:05 BC+00",
                "2024-01-02 24:00:00+00",
                "01/02/2024 03:04:05 CET",
                "02.01.2024 03:04:05 CET",
                "Tue Jan 02 03:04:05 2024 CET"
            })
    void textOfAnotherDateStyleIsRefusedAndNotGuessed(String text) {
        assertThatThrownBy(() -> decodeText(TIMESTAMPTZ, Instant.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("DateStyle");
    }
}
