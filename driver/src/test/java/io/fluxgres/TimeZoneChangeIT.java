package io.fluxgres;

import static io.fluxgres.ColumnReading.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Changes of the session's time zone: each row is read in the zone in which the server made it. */
@Timeout(60)
class TimeZoneChangeIT {

    private static final int COLD_TO_WARM = 3;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final List<PgConnection> connections = new ArrayList<>();

    private PgConnection connect(PgOptions options) {
        PgConnection connected =
                Objects.requireNonNull(PgClient.create(options).connect().block(PATIENCE));
        connections.add(connected);
        return connected;
    }

    @AfterEach
    void close() {
        connections.forEach(open -> open.close().block(PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Tokyo", "<+03>-03", "EST5EDT,M3.2.0,M11.1.0", "UTC"})
    void whatIsWrittenBehindAChangeOfTheZoneIsReadInTheNewOne(String zone) {
        PgConnection utc = connect(utc());
        warm(utc);
        String expected = expected(zone);
        // all three are on the wire before the first is answered
        List<String> texts = Flux.merge(
                        moment(utc),
                        utc.query("set timezone to '" + zone + "'")
                                .rowsUpdated()
                                .thenMany(Flux.<String>empty()),
                        moment(utc),
                        moment(utc))
                .collectList()
                .block(PATIENCE);
        assertThat(texts).containsExactly(expected("UTC"), expected, expected);
        assertThat(moment(utc).collectList().block(PATIENCE)).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Tokyo", "<+03>-03", "UTC"})
    void whatIsBehindAChangeOfTheZoneInOneBatchIsReadInTheNewOne(String zone) {
        PgConnection utc = connect(utc());
        warm(utc);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            List<String> texts = utc.batch(MOMENT, "set timezone to '" + zone + "'", MOMENT, "set timezone to 'UTC'")
                    .execute()
                    .concatMap(result -> result.map(TimeZoneChangeIT::shown))
                    .collectList()
                    .block(PATIENCE);
            assertThat(texts).containsExactly(expected("UTC"), expected(zone));
        }
    }

    @Test
    void aStatementThatChangesTheZoneItselfIsReadInTheNewOne() {
        PgConnection utc = connect(utc());
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow row = rows(
                            utc,
                            "select timestamptz '2024-07-01 12:00:00Z' from set_config('TimeZone', 'Asia/Tokyo', false)")
                    .get(0);
            assertThat(shown(row)).isEqualTo(expected("Asia/Tokyo"));
            utc.query("set timezone to 'UTC'").rowsUpdated().block(PATIENCE);
        }
    }

    @Test
    void aZoneOfATransactionEndsWithIt() {
        PgConnection utc = connect(utc());
        warm(utc);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            List<String> texts = utc.inTransaction(transaction -> transaction
                            .query("set local timezone to 'Asia/Tokyo'")
                            .rowsUpdated()
                            .thenMany(moment(transaction)))
                    .concatWith(moment(utc))
                    .collectList()
                    .block(PATIENCE);
            assertThat(texts).containsExactly(expected("Asia/Tokyo"), expected("UTC"));
        }
    }

    @Test
    void chunksOfRowsAreReadInTheZoneThatTheyWereFetchedIn() {
        PgConnection utc = connect(utc());
        String sql = "select timestamptz '2024-07-01 12:00:00Z' from generate_series(1, 6)";
        for (int i = 0; i < COLD_TO_WARM; i++) {
            List<String> texts = utc.inTransaction(transaction -> transaction
                            .query(sql)
                            .fetchSize(2)
                            .map(TimeZoneChangeIT::shown)
                            .index()
                            .concatMap(
                                    row -> row.getT1() == 0
                                            ? transaction
                                                    .query("set local timezone to 'Asia/Tokyo'")
                                                    .rowsUpdated()
                                                    .thenReturn(row.getT2())
                                            : Mono.just(row.getT2()),
                                    1))
                    .collectList()
                    .block(PATIENCE);
            assertThat(texts).hasSize(6).startsWith(expected("UTC")).endsWith(expected("Asia/Tokyo"));
        }
    }

    @Test
    void aRowThatWasKeptIsReadAsItCame() {
        PgConnection utc = connect(utc());
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow kept = rows(utc, MOMENT).get(0);
            utc.query("set timezone to '<+03>-03'").rowsUpdated().block(PATIENCE);
            assertThat(shown(kept)).isEqualTo(expected("UTC"));
            utc.query("set timezone to 'UTC'").rowsUpdated().block(PATIENCE);
        }
    }

    @Test
    void aChangeOfTheZoneCostsNoPreparedStatement() {
        PgConnection utc = connect(utc());
        warm(utc);
        String prepared = "select count(*)::text from pg_prepared_statements where statement = '"
                + MOMENT.replace("'", "''") + "'";
        for (String zone : List.of("Asia/Tokyo", "UTC", "<+03>-03")) {
            utc.query("set timezone to '" + zone + "'").rowsUpdated().block(PATIENCE);
            assertThat(moment(utc).collectList().block(PATIENCE)).containsExactly(expected(zone));
            assertThat(rows(utc, prepared).get(0).getString(0)).isEqualTo("1");
        }
    }

    // ---- one moment

    private static final String MOMENT = "select timestamptz '2024-07-01 12:00:00Z'";

    private static Flux<String> moment(PgConnection connection) {
        return connection.query(MOMENT).map(TimeZoneChangeIT::shown);
    }

    /** Tells the local time and the offset, each by a class of its own. */
    private static String shown(PgRow row) {
        return row.require(0, LocalDateTime.class) + " " + row.require(0, OffsetDateTime.class) + " "
                + row.getString(0);
    }

    private static String expected(String zone) {
        return switch (zone) {
            case "UTC" -> "2024-07-01T12:00 2024-07-01T12:00Z 2024-07-01 12:00:00+00";
            case "<+03>-03" -> "2024-07-01T15:00 2024-07-01T15:00+03:00 2024-07-01 15:00:00+03";
            case "Asia/Tokyo" -> "2024-07-01T21:00 2024-07-01T21:00+09:00 2024-07-01 21:00:00+09";
            default -> "2024-07-01T08:00 2024-07-01T08:00-04:00 2024-07-01 08:00:00-04";
        };
    }

    private static void warm(PgConnection connection) {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(moment(connection).collectList().block(PATIENCE)).containsExactly(expected("UTC"));
        }
    }

    private static PgOptions utc() {
        return PgOptions.parse(postgres.url()).with(PgOption.TIME_ZONE, ZoneId.of("UTC"));
    }

    private static List<PgRow> rows(PgConnection connection, String sql, @Nullable Object... values) {
        return Objects.requireNonNull(
                connection.query(sql).bind(values).rows().collectList().block(PATIENCE));
    }
}
