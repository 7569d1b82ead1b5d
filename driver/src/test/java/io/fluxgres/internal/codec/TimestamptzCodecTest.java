package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.TIMESTAMPTZ;
import static io.fluxgres.internal.codec.CodecFixture.CONTEXT;
import static io.fluxgres.internal.codec.CodecFixture.REGISTRY;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.decoder;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.CodecFixture.RegistryContext;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
        assertThat(decodeText(TIMESTAMPTZ, Date.class, text)).isEqualTo(Date.from(instant));
        assertThat(decodeText(TIMESTAMPTZ, Timestamp.class, text)).isEqualTo(Timestamp.from(instant));
    }

    @ParameterizedTest
    @CsvSource({
        "2024-07-01 12:00:00.25+00, 2024-07-01T12:00:00.25, Z",
        "2024-07-01 08:00:00.25-04, 2024-07-01T08:00:00.25, -04:00",
        "2024-07-01 17:30:00.25+05:30, 2024-07-01T17:30:00.25, +05:30",
        "1799-12-31 19:03:58-04:56:02, 1799-12-31T19:03:58, -04:56:02",
        "0044-03-15 07:03:58-04:56:02 BC, -0043-03-15T07:03:58, -04:56:02",
        "294277-01-01 12:59:59+13, +294277-01-01T12:59:59, +13:00",
        "4714-11-23 19:03:58-04:56:02 BC, -4713-11-23T19:03:58, -04:56:02"
    })
    void theLocalTimeAndTheOffsetAreThoseOfTheText(String text, LocalDateTime local, ZoneOffset offset) {
        assertThat(decodeText(TIMESTAMPTZ, Object.class, text)).isEqualTo(OffsetDateTime.of(local, offset));
        assertThat(decodeText(TIMESTAMPTZ, OffsetDateTime.class, text)).isEqualTo(OffsetDateTime.of(local, offset));
        assertThat(decodeText(TIMESTAMPTZ, ZonedDateTime.class, text)).isEqualTo(ZonedDateTime.of(local, offset));
        assertThat(decodeText(TIMESTAMPTZ, LocalDateTime.class, text)).isEqualTo(local);
        assertThat(decodeText(TIMESTAMPTZ, LocalDate.class, text)).isEqualTo(local.toLocalDate());
        assertThat(decodeText(TIMESTAMPTZ, LocalTime.class, text)).isEqualTo(local.toLocalTime());
        assertThat(decodeText(TIMESTAMPTZ, String.class, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, Z, +00",
        "Etc/UTC, Z, +00",
        "GMT0, Z, +00",
        "Etc/GMT+3, -03:00, -03",
        "GMT+3, -03:00, -03",
        "UTC-7, +07:00, +07",
        "<+03>-03, +03:00, +03",
        "<-03:30>+03:30, -03:30, -03:30",
        "<+05:45>-5:45, +05:45, +05:45",
        "ABC1:02:03, -01:02:03, -01:02:03"
    })
    void inBinaryTheyAreThoseOfAZoneWithOneOffset(String zone, ZoneOffset offset, String text) {
        LocalDateTime local = LocalDateTime.of(2000, 1, 1, 0, 0).plusSeconds(offset.getTotalSeconds());
        CodecContext context = CodecFixture.inZone(zone);
        assertThat(decodeZero(Object.class, context)).isEqualTo(OffsetDateTime.of(local, offset));
        assertThat(decodeZero(ZonedDateTime.class, context)).isEqualTo(ZonedDateTime.of(local, offset));
        assertThat(decodeZero(LocalDateTime.class, context)).isEqualTo(local);
        assertThat(decodeZero(LocalDate.class, context)).isEqualTo(local.toLocalDate());
        assertThat(decodeZero(LocalTime.class, context)).isEqualTo(local.toLocalTime());
        assertThat(decodeZero(String.class, context))
                .endsWith(text)
                .startsWith(local.toString().replace('T', ' '));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "America/St_Johns",
                "EST5EDT",
                "EST5EDT,M3.2.0,M11.1.0",
                "EST",
                "Europe/Atlantis",
                "<+20>-20",
                "6",
                "+03:00",
                ""
            })
    void ofAnyOtherZoneBinaryTellsNothingButTheInstant(String zone) {
        CodecContext context = CodecFixture.inZone(zone);
        assertThat(REGISTRY.hasBinary(TIMESTAMPTZ, context)).isFalse();
        for (Class<?> asked : List.of(
                Object.class,
                OffsetDateTime.class,
                ZonedDateTime.class,
                LocalDateTime.class,
                LocalDate.class,
                LocalTime.class,
                String.class)) {
            assertThat(decoder(TIMESTAMPTZ, Format.BINARY, asked, context)).isNull();
        }
        Instant zero = Instant.parse("2000-01-01T00:00:00Z");
        assertThat(decodeZero(Instant.class, context)).isEqualTo(zero);
        assertThat(decodeZero(Date.class, context)).isEqualTo(Date.from(zero));
    }

    @Test
    void inAnotherDateStyleOrOneThatIsNotKnownBinaryIsNotAskedFor() {
        for (Map<String, String> parameters :
                List.of(Map.of("TimeZone", "UTC"), Map.of("TimeZone", "UTC", "DateStyle", "German, DMY"))) {
            CodecContext context = new RegistryContext(REGISTRY, parameters);
            for (PgType type : List.of(TIMESTAMPTZ, PgType.TIMESTAMP, PgType.DATE)) {
                assertThat(REGISTRY.hasBinary(type, context)).isFalse();
                assertThat(decoder(type, Format.BINARY, String.class, context)).isNull();
                assertThat(decoder(type, Format.TEXT, String.class, context)).isNotNull();
            }
        }
    }

    private static <T> T decodeZero(Class<T> asked, CodecContext context) {
        return decode(TIMESTAMPTZ, Format.BINARY, asked, new byte[8], context);
    }

    @ParameterizedTest
    @ValueSource(classes = {boolean.class, int.class, Long.class, OffsetTime.class, byte[].class, CharSequence.class})
    void aRefusalNamesWhatToAskFor(Class<?> asked) {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> REGISTRY.decoder(TIMESTAMPTZ, format, asked, CONTEXT))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("OffsetDateTime")
                    .hasMessageContaining("Instant")
                    .hasMessageContaining("LocalDateTime")
                    .hasMessageContaining("String");
        }
    }

    @Test
    void aLocalTimeIsLeftToTheServerToRead() {
        assertThat(encodeText(TIMESTAMPTZ, LocalDateTime.parse("2024-07-01T12:00:00.25")))
                .isEqualTo("2024-07-01 12:00:00.25");
        assertThat(encodeText(TIMESTAMPTZ, LocalDate.parse("2024-07-01"))).isEqualTo("2024-07-01 00:00:00");
        assertThat(encodeText(TIMESTAMPTZ, LocalDateTime.MAX)).isEqualTo("infinity");
        for (Class<?> local : List.of(LocalDateTime.class, LocalDate.class)) {
            assertThat(REGISTRY.encoder(TIMESTAMPTZ, Format.BINARY, local, CONTEXT))
                    .isNull();
        }
    }

    @Test
    void aDateWithoutAnInstantIsNotSent() {
        assertNotEncodable(TIMESTAMPTZ, java.sql.Date.valueOf(LocalDate.EPOCH));
        assertNotEncodable(TIMESTAMPTZ, java.sql.Time.valueOf(LocalTime.NOON));
    }

    @Test
    void isSentInUtc() {
        OffsetDateTime time = OffsetDateTime.parse("2024-07-01T17:30:00.25+05:30");
        for (Object value : new Object[] {
            time,
            time.toInstant(),
            time.toZonedDateTime(),
            time.atZoneSameInstant(ZoneId.of("America/New_York")),
            Date.from(time.toInstant()),
            Timestamp.from(time.toInstant())
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
        assertThat(decodeHex(TIMESTAMPTZ, OffsetDateTime.class, "8000000000000000"))
                .isEqualTo(OffsetDateTime.MIN);
        assertThat(encodeText(TIMESTAMPTZ, Instant.MAX)).isEqualTo("infinity");
        assertThat(encodeText(TIMESTAMPTZ, OffsetDateTime.MIN)).isEqualTo("-infinity");
        assertThat(encodeHex(TIMESTAMPTZ, Instant.MIN)).isEqualTo("8000000000000000");
        assertThat(encodeHex(TIMESTAMPTZ, OffsetDateTime.MAX)).isEqualTo("7fffffffffffffff");
    }

    @Test
    void aLocalTimeIsInfiniteWhereItCanBe() {
        for (CodecContext context : List.of(CONTEXT, CodecFixture.inZone("<-03:30>+03:30"))) {
            byte[] infinity = HexFormat.of().parseHex("7fffffffffffffff");
            assertThat(decode(TIMESTAMPTZ, Format.BINARY, LocalDateTime.class, infinity, context))
                    .isEqualTo(LocalDateTime.MAX);
            assertThat(decode(TIMESTAMPTZ, Format.BINARY, LocalDate.class, infinity, context))
                    .isEqualTo(LocalDate.MAX);
            assertThat(decode(TIMESTAMPTZ, Format.BINARY, String.class, infinity, context))
                    .isEqualTo("infinity");
        }
        assertThat(decodeText(TIMESTAMPTZ, LocalDateTime.class, "-infinity")).isEqualTo(LocalDateTime.MIN);
        assertThat(decodeText(TIMESTAMPTZ, LocalDate.class, "-infinity")).isEqualTo(LocalDate.MIN);
    }

    @ParameterizedTest
    @ValueSource(classes = {ZonedDateTime.class, LocalTime.class, Date.class, Timestamp.class})
    void otherClassesAreNotInfinite(Class<?> asked) {
        for (String text : List.of("infinity", "-infinity")) {
            assertThatThrownBy(() -> decodeText(TIMESTAMPTZ, asked, text))
                    .isInstanceOf(CodecException.class)
                    .hasMessage("the timestamp is infinite, which a " + asked.getSimpleName() + " cannot hold");
        }
    }

    @Test
    void outsideTheRangeOfTheServerNothingIsReadOrSent() {
        assertNotEncodable(TIMESTAMPTZ, Instant.MAX.minusNanos(1));
        assertNotEncodable(TIMESTAMPTZ, Instant.MIN.plusNanos(1));
        assertNotEncodable(TIMESTAMPTZ, OffsetDateTime.MAX.withOffsetSameLocal(UTC));
        assertNotEncodable(TIMESTAMPTZ, Instant.parse("+294277-01-01T00:00:00Z"));
        assertNotEncodable(
                TIMESTAMPTZ, Instant.parse("-4713-11-23T23:59:59.999999Z").atZone(UTC));
        for (String text :
                new String[] {"294276-12-31 23:59:59-01", "4714-11-24 00:00:00+01 BC", "294278-01-01 00:00:00+00"}) {
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
