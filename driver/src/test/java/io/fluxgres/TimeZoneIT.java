package io.fluxgres;

import static io.fluxgres.ColumnReading.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.PostgresExtension;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times in the zone of this JVM, and in others that the session is told, against what the server makes of them. */
@Timeout(60)
class TimeZoneIT {

    private static final int COLD_TO_WARM = 3;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final List<PgConnection> connections = new ArrayList<>();
    private PgConnection connection;

    @BeforeAll
    static void createTable() {
        postgres.execute("create table event (id int primary key, at timestamptz, local timestamp, time time)");
    }

    @BeforeEach
    void connect() {
        connection = connect(PgOptions.parse(postgres.url()));
        execute("delete from event");
    }

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
    @ValueSource(
            strings = {
                "UTC",
                "America/St_Johns",
                "America/New_York",
                "America/Vancouver",
                "Asia/Kathmandu",
                "Africa/Casablanca",
                "Africa/Monrovia",
                "Australia/Lord_Howe",
                "Asia/Manila",
                "Etc/GMT+3",
                "GMT+3",
                "UTC-7",
                "<+03>-03",
                "<-03:30>+03:30",
                "EST5EDT",
                "EST5EDT,M3.2.0,M11.1.0",
                "EST"
            })
    void aTimestamptzIsShownAsTheServerShowsItInAnyZone(String zone) {
        execute("set timezone to '" + zone + "'");
        aTimestamptzIsShownAsTheServerShowsIt();
    }

    @Test
    @Tag("zones")
    void aTimestamptzIsShownAsTheServerShowsIt() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            SoftAssertions differences = new SoftAssertions();
            List<PgRow> rows = rows(
                    connection,
                    "select at, at::text, at::timestamp, extract(timezone from at)::int"
                            + " from unnest($1::timestamptz[]) at",
                    "{\"" + String.join("\",\"", instants()) + "\"}");
            for (PgRow row : rows) {
                LocalDateTime local = row.require(2, LocalDateTime.class);
                OffsetDateTime shown = local.atOffset(ZoneOffset.ofTotalSeconds(row.getInt(3)));
                differences.assertThat(readings(row)).isEqualTo(readings(shown, row.require(1, String.class)));
            }
            differences.assertAll();
            assertThat(rows).hasSize(40);
        }
    }

    private static Map<Class<?>, Object> readings(PgRow row) {
        Map<Class<?>, Object> readings = readings(OffsetDateTime.now(), "");
        readings.replaceAll((asked, any) -> row.require(0, asked));
        return readings;
    }

    private static Map<Class<?>, Object> readings(OffsetDateTime shown, String text) {
        return new HashMap<>(Map.<Class<?>, Object>of(
                Object.class, shown,
                OffsetDateTime.class, shown,
                ZonedDateTime.class, shown.toZonedDateTime(),
                LocalDateTime.class, shown.toLocalDateTime(),
                LocalDate.class, shown.toLocalDate(),
                LocalTime.class, shown.toLocalTime(),
                Instant.class, shown.toInstant(),
                Date.class, Date.from(shown.toInstant()),
                Timestamp.class, Timestamp.from(shown.toInstant()),
                String.class, text));
    }

    private static List<String> instants() {
        Random random = new Random(42);
        return Stream.concat(
                        Stream.of(
                                "2024-03-10 05:29:59.999999Z",
                                "2024-11-03 04:30:00Z",
                                "2026-12-24 18:00:00Z",
                                "1900-01-01 00:00:00.000001Z",
                                "1969-12-31 23:59:59.5Z",
                                "0001-01-01 00:00:00Z",
                                "0044-03-15 12:00:00Z BC",
                                "4714-11-26 00:00:00Z BC",
                                "9999-12-31 23:59:59.1Z",
                                "294276-12-30 23:59:59.999Z"),
                        random.longs(30, -6_000_000_000L, 5_000_000_000L)
                                .mapToObj(second -> Instant.ofEpochSecond(second, random.nextInt(1_000_000) * 1_000L)
                                        .toString()))
                .toList();
    }

    // ---- writing

    @Test
    @Tag("zones")
    void aLocalTimeThatWasSavedIsLoadedAgainHoweverOftenThatIs() {
        LocalDateTime local = LocalDateTime.of(2024, 7, 1, 23, 45, 30, 123_456_000);
        execute("insert into event values ($1, $2, $2)", 1, local);
        for (int i = 0; i < COLD_TO_WARM + 2; i++) {
            PgRow row = rows(connection, "select at, local from event").get(0);
            assertThat(row.get(0, LocalDateTime.class)).isEqualTo(local);
            assertThat(row.get(0, LocalDate.class)).isEqualTo(local.toLocalDate());
            assertThat(row.get(0, LocalTime.class)).isEqualTo(local.toLocalTime());
            assertThat(row.get(1, LocalDateTime.class)).isEqualTo(local);
            execute("update event set at = $1, local = $1", row.get(0, LocalDateTime.class));
            assertThat(rows(connection, "select at from event").get(0).get(0, Instant.class))
                    .isEqualTo(local.atZone(ZoneId.systemDefault()).toInstant());
        }
    }

    @Test
    @Tag("zones")
    void aLocalDateThatWasSavedIsLoadedAgainHoweverOftenThatIs() {
        LocalDate date = LocalDate.of(2024, 3, 10);
        execute("insert into event values ($1, $2, $2)", 1, date);
        for (int i = 0; i < COLD_TO_WARM + 2; i++) {
            PgRow row = rows(connection, "select at, local from event").get(0);
            assertThat(row.get(0, LocalDate.class)).isEqualTo(date);
            assertThat(row.get(1, LocalDate.class)).isEqualTo(date);
            execute("update event set at = $1, local = $1", row.get(0, LocalDate.class));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"America/St_Johns", "America/New_York", "Asia/Kathmandu", "UTC", "<+03>-03"})
    void readingIsTheInverseOfWritingWhicheverWayALocalTimeIsBound(String zone) {
        execute("set timezone to '" + zone + "'");
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            LocalDateTime local = LocalDateTime.of(2024, 1, 1, 12, 0).plusHours(random.nextInt(24 * 366));
            PgRow row = rows(
                            connection,
                            "select $1::timestamptz, $2, $2 = $1::timestamptz",
                            local,
                            PgParameter.of(PgType.TIMESTAMPTZ, local))
                    .get(0);
            assertThat(row.get(0, LocalDateTime.class)).isEqualTo(local);
            assertThat(row.get(1, LocalDateTime.class)).isEqualTo(local);
            assertThat(row.getBoolean(2)).isTrue();
        }
    }

    /** Clocks in St. John's skip the time from two to three, and show that from one to two twice. */
    @Test
    void aLocalTimeThatClocksSkipIsCountedOnAndOfTwoTheLaterIsMeant() {
        execute("set timezone to 'America/St_Johns'");
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow skipped = rows(connection, "select $1::timestamptz", LocalDateTime.of(2024, 3, 10, 2, 30))
                    .get(0);
            assertThat(skipped.get(0)).isEqualTo(OffsetDateTime.parse("2024-03-10T03:30-02:30"));
            PgRow twice = rows(connection, "select $1::timestamptz", LocalDateTime.of(2024, 11, 3, 1, 30))
                    .get(0);
            assertThat(twice.get(0)).isEqualTo(OffsetDateTime.parse("2024-11-03T01:30-03:30"));
        }
    }

    @Test
    @Tag("zones")
    void aDateIsAnInstantInEitherKindOfColumn() {
        Date date = Date.from(Instant.parse("2024-07-01T12:00:00.123Z"));
        Timestamp timestamp = Timestamp.from(Instant.parse("2024-01-01T12:00:00.123456Z"));
        execute("insert into event values ($1, $2, $2), ($3, $4, $4)", 1, date, 2, timestamp);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            List<PgRow> rows = rows(connection, "select at, local from event order by id");
            for (int column = 0; column < 2; column++) {
                assertThat(rows.get(0).get(column, Date.class)).isEqualTo(date);
                assertThat(rows.get(1).get(column, Timestamp.class)).isEqualTo(timestamp);
                assertThat(rows.get(1).get(column, Date.class).getTime()).isEqualTo(timestamp.getTime());
            }
        }
    }

    @Test
    void theLastLocalTimeOfTheDayComesBack() {
        for (LocalTime time : List.of(LocalTime.MAX, LocalTime.MIN, LocalTime.NOON)) {
            for (int i = 0; i < COLD_TO_WARM; i++) {
                PgRow row = rows(connection, "select $1, $1::text", time).get(0);
                assertThat(row.get(0)).isEqualTo(time);
                assertThat(row.getString(0)).isEqualTo(row.getString(1));
            }
        }
    }

    @Test
    @Tag("zones")
    void theSimpleQueryProtocolShowsAndReadsTheSame() {
        PgConnection simple = connect(PgOptions.parse(postgres.url()).with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE));
        LocalDateTime local = LocalDateTime.of(2024, 7, 1, 23, 45, 30);
        for (Object bound : List.of(local, PgParameter.of(PgType.TIMESTAMPTZ, local))) {
            PgRow row = rows(simple, "select $1::timestamptz", bound).get(0);
            assertThat(row.get(0, LocalDateTime.class)).isEqualTo(local);
            assertThat(row.get(0))
                    .isEqualTo(local.atZone(ZoneId.systemDefault()).toOffsetDateTime());
        }
    }

    private void execute(String sql, @Nullable Object... values) {
        connection.query(sql).bind(values).rowsUpdated().block(PATIENCE);
    }

    private static List<PgRow> rows(PgConnection connection, String sql, @Nullable Object... values) {
        return Objects.requireNonNull(
                connection.query(sql).bind(values).rows().collectList().block(PATIENCE));
    }
}
