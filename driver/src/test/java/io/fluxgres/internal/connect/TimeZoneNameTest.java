package io.fluxgres.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.PgUsageException;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TimeZoneNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Australia/Lord_Howe"})
    void aRegionHasTheSameNameOnTheServer(String id) {
        assertThat(TimeZoneName.of(ZoneId.of(id))).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Z", "UTC", "GMT", "UT", "Etc/UTC", "+00:00", "UTC+0"})
    void noOffsetIsUtc(String id) {
        assertThat(TimeZoneName.of(ZoneId.of(id))).isEqualTo("UTC");
    }

    @ParameterizedTest
    @CsvSource({
        "+01:00,    <+01:00>-01:00",
        "-01:00,    <-01:00>+01:00",
        "+05:45,    <+05:45>-05:45",
        "-03:30,    <-03:30>+03:30",
        "+18:00,    <+18:00>-18:00",
        "-18:00,    <-18:00>+18:00",
        "GMT+3,     <+03:00>-03:00",
        "UTC-08:00, <-08:00>+08:00",
        "Etc/GMT+5, <-05:00>+05:00"
    })
    void anOffsetIsAPosixZoneOfTheOppositeSign(String id, String name) {
        assertThat(TimeZoneName.of(ZoneId.of(id))).isEqualTo(name);
    }

    @Test
    void anOffsetWithSecondsIsRefusedForTheServerHasNone() {
        assertThatExceptionOfType(PgUsageException.class)
                .isThrownBy(() -> TimeZoneName.of(ZoneId.of("+01:02:03")))
                .withMessageContaining("+01:02:03");
    }
}
