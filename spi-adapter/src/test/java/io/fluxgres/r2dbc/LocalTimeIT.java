package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Times as Spring Data and jOOQ load and save them, in the zone of this JVM. */
@Tag("zones")
class LocalTimeIT extends AdapterFixture {

    private static final int COLD_TO_WARM = 3;
    private static final LocalDateTime LOCAL = LocalDateTime.of(2024, 7, 1, 23, 45, 30, 123_456_000);
    private static final OffsetDateTime MOMENT =
            LOCAL.atZone(ZoneId.systemDefault()).toOffsetDateTime();

    @Test
    void aTimestamptzIsWhatClocksShowInTheZoneOfTheJvm() {
        for (Connection each : List.of(connection, open("queryMode", "simple"))) {
            for (int i = 0; i < COLD_TO_WARM; i++) {
                assertReadings(each, Object.class, MOMENT);
                assertReadings(each, OffsetDateTime.class, MOMENT);
                assertReadings(each, ZonedDateTime.class, MOMENT.toZonedDateTime());
                assertReadings(each, LocalDateTime.class, LOCAL);
                assertReadings(each, LocalDate.class, LOCAL.toLocalDate());
                assertReadings(each, LocalTime.class, LOCAL.toLocalTime());
                assertReadings(each, Instant.class, MOMENT.toInstant());
                assertReadings(each, Date.class, Date.from(MOMENT.toInstant()));
                assertReadings(each, Timestamp.class, Timestamp.from(MOMENT.toInstant()));
                assertReadings(
                        each,
                        String.class,
                        Factories.rows(each, "select at::text" + FROM, row -> row.get(0, String.class))
                                .get(0));
            }
        }
    }

    private static final String FROM = " from (values (timestamptz '" + MOMENT + "')) as event (at)";

    private static <T> void assertReadings(Connection connection, Class<T> asked, Object expected) {
        assertThat(Factories.rows(connection, "select at" + FROM, row -> row.get(0, asked)))
                .containsExactly(asked.cast(expected));
    }

    @Test
    void whatIsLoadedAndSavedAgainStaysAsItIs() {
        Factories.run(connection, "create table item (at timestamptz, day timestamptz, time time)");
        save(
                connection.createStatement("insert into item values ($1, $2, $3)"),
                LOCAL,
                LOCAL.toLocalDate(),
                LocalTime.MAX);
        for (int i = 0; i < COLD_TO_WARM + 1; i++) {
            List<Object> loaded = Factories.rows(
                            connection,
                            "select at, day, time from item",
                            row -> List.<Object>of(
                                    row.get(0, LocalDateTime.class),
                                    row.get(1, LocalDate.class),
                                    row.get(2, LocalTime.class)))
                    .get(0);
            assertThat(loaded).containsExactly(LOCAL, LOCAL.toLocalDate(), LocalTime.MAX);
            save(connection.createStatement("update item set at = $1, day = $2, time = $3"), loaded.toArray());
        }
        assertThat(Factories.rows(connection, "select at from item", row -> row.get(0)))
                .containsExactly(MOMENT);
    }

    @Test
    void aLocalTimeMayBeDeclaredAsATimestamptz() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            Flux<Object> echoes = Flux.from(connection
                            .createStatement("select $1")
                            .bind(0, Parameters.in(R2dbcType.TIMESTAMP_WITH_TIME_ZONE, LOCAL))
                            .execute())
                    .flatMap(result -> result.map((row, metadata) -> row.get(0)));
            assertThat(echoes.collectList().block(Factories.TIMEOUT)).containsExactly(MOMENT);
        }
    }

    @Test
    void aTimestampIsNoInstantAndTheRefusalNamesWhatItIs() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThatThrownBy(() -> Factories.rows(
                            connection, "select timestamp '2024-07-01 12:00'", row -> row.get(0, Instant.class)))
                    .hasMessageContaining("it has no time zone; read it as a LocalDateTime");
        }
    }

    private static void save(Statement statement, Object... values) {
        for (int i = 0; i < values.length; i++) {
            statement.bind(i, values[i]);
        }
        Flux.from(statement.execute()).flatMap(Result::getRowsUpdated).blockLast(Factories.TIMEOUT);
    }
}
