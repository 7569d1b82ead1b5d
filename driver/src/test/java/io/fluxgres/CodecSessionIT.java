package io.fluxgres;

import static io.fluxgres.ColumnReading.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.ColumnReading.Outcome;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.row.RowFormats;
import io.fluxgres.testkit.PostgresExtension;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What settings of the session, and columns that change, do to values: nothing, or an error that says so. */
@Timeout(60)
class CodecSessionIT {

    private static final int COLD_TO_WARM = 3;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final List<PgConnection> connections = new ArrayList<>();
    private PgConnection connection;

    @BeforeEach
    void connect() {
        connection = connect(PgOptions.parse(postgres.url()));
    }

    private PgConnection connect(PgOptions options) {
        return connect(PgClient.create(options));
    }

    private PgConnection connect(PgClient client) {
        PgConnection connected = Objects.requireNonNull(client.connect().block(PATIENCE));
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
                "Europe/Berlin",
                "America/St_Johns",
                "Asia/Kolkata",
                "Europe/Dublin",
                "Africa/Monrovia",
                "Pacific/Apia",
                "Pacific/Kiritimati",
                "Etc/GMT+12",
                "GMT+3",
                "Z",
                "+18:00",
                "-18:00",
                "+05:45"
            })
    void anInstantDoesNotDependOnTheZoneOfTheSession(String zone) {
        PgConnection zoned = connect(PgOptions.parse(postgres.url()).with(PgOption.TIME_ZONE, ZoneId.of(zone)));
        SoftAssertions differences = new SoftAssertions();
        for (String expression : CodecSamples.timestamptz().expressions()) {
            Instant expected = ColumnReading.value(connection, expression, Instant.class);
            for (int i = 0; i < COLD_TO_WARM; i++) {
                Outcome instant = ColumnReading.outcome(zoned, expression, Instant.class);
                differences.assertThat(instant).as(expression).isEqualTo(new Outcome(expected, null));
            }
        }
        differences.assertAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/St_Johns", "+18:00", "-18:00", "+05:45", "Z", "GMT+3"})
    void theServerCountsLocalTimeAsTheZoneOfTheOptionDoes(String zone) {
        ZoneId id = ZoneId.of(zone);
        PgConnection zoned = connect(PgOptions.parse(postgres.url()).with(PgOption.TIME_ZONE, id));
        Instant noon = ColumnReading.value(
                zoned, "timestamp '2024-07-01 12:00:00' at time zone current_setting('TimeZone')", Instant.class);
        assertThat(noon)
                .isEqualTo(LocalDateTime.of(2024, 7, 1, 12, 0).atZone(id).toInstant());
    }

    @Test
    void byteaIsReadInBothFormsOfItsText() {
        byte[] expected = HexFormat.of().parseHex("00010a275c7f80ff41");
        for (String output : List.of("escape", "hex")) {
            set("bytea_output", output);
            for (int i = 0; i < COLD_TO_WARM; i++) {
                // another SQL text for each setting, so that each is cold once
                assertThat(ColumnReading.value(
                                connection, "'\\x00010a275c7f80ff41'::bytea /* " + output + " */", byte[].class))
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"German", "SQL, DMY", "SQL, MDY", "Postgres, DMY", "Postgres, MDY"})
    void aDateInAnotherDateStyleIsRightOrRefused(String dateStyle) {
        for (String expression : List.of(
                "'2001-02-03'::date", "'2001-02-03 04:05:06'::timestamp", "'2001-02-03 04:05:06+00'::timestamptz")) {
            Object expected = ColumnReading.value(connection, expression, Object.class);
            PgConnection styled = connect(PgOptions.parse(postgres.url()));
            styled.query("set datestyle = '" + dateStyle + "'").rowsUpdated().block(PATIENCE);
            for (int i = 0; i < COLD_TO_WARM; i++) {
                Outcome object = ColumnReading.outcome(styled, expression, Object.class);
                if (object.failure() == null) {
                    assertThat(object.value()).isEqualTo(expected);
                } else {
                    assertThat(object.failure()).contains("DateStyle");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'2001-02-03'::date", "'2001-02-03 04:05:06'::timestamp"})
    void theStringOfADateInAnotherDateStyleIsTheServersTextOrRefused(String expression) {
        set("datestyle", "German");
        String text = ColumnReading.serversText(connection, expression);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            Outcome string = ColumnReading.outcome(connection, expression, String.class);
            if (string.failure() == null) {
                assertThat(string.value()).isEqualTo(text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iso_8601", "postgres_verbose", "sql_standard"})
    void theStringOfAnIntervalIsTheServersTextInEachIntervalStyle(String intervalStyle) {
        set("intervalstyle", intervalStyle);
        String text = ColumnReading.serversText(connection, "'1 day 02:03:04'::interval");
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(ColumnReading.value(connection, "'1 day 02:03:04'::interval", String.class))
                    .isEqualTo(text);
        }
    }

    @Test
    void oneColumnWithoutABinaryCodecKeepsTheWholeResultInText() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow row = only("select 7::int4, '1 day'::interval, 1.50::numeric");
            assertThat(RowFormats.of(row)).containsOnly(Format.TEXT);
            assertThat(row.getInt(0)).isEqualTo(7);
            assertThat(row.getString(1)).isEqualTo("1 day");
            assertThat(row.get(2)).isEqualTo(new BigDecimal("1.50"));
        }
    }

    @Test
    void aColumnThatHasNoBinaryCodecInAnotherVariantOfTheStatementIsReadAsText() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(only("select $1 as v", 7).getInt(0)).isEqualTo(7);
        }
        PgParameter day = PgParameter.of(PgType.unknown(1186), "1 day");
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(only("select $1 as v", day).getString(0)).isEqualTo("1 day");
        }
    }

    @Test
    void aColumnWhoseTypeChangesBetweenTwoExecutionsIsReadAsWhatItIs() {
        connection
                .query("create temp table changing as select 1 as v")
                .rowsUpdated()
                .block(PATIENCE);
        assertThat(only("select v from changing").get(0)).isEqualTo(1);
        connection
                .query("alter table changing alter v type int4[] using array[v]")
                .rowsUpdated()
                .block(PATIENCE);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(only("select v from changing").getString(0)).isEqualTo("{1}");
        }
    }

    @Test
    void aColumnThatAnotherConnectionOfTheClientSawInBinaryIsReadAsWhatItIs() {
        postgres.execute("create schema numbers; create table numbers.thing as select 1 as v;"
                + " create schema spans; create table spans.thing as select interval '1 day' as v");
        PgClient client = PgClient.create(postgres.url());
        for (String schema : List.of("numbers", "spans")) {
            PgConnection each = connect(client);
            each.query("set search_path = " + schema).rowsUpdated().block(PATIENCE);
            for (int i = 0; i < COLD_TO_WARM; i++) {
                Object value = each.query("select v from thing")
                        .map(row -> row.get(0))
                        .single()
                        .block(PATIENCE);
                assertThat(value).isEqualTo(schema.equals("numbers") ? 1 : "1 day");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void resultsAreBinaryOnceThisConnectionHasPreparedTheStatement(int threshold) {
        PgConnection counting = connect(PgOptions.parse(postgres.url()).with(PgOption.PREPARE_THRESHOLD, threshold));
        for (int execution = 1; execution < threshold + 5; execution++) {
            assertThat(ColumnReading.of(counting, "1").format())
                    .as("execution %d", execution)
                    .isEqualTo(execution <= threshold ? Format.TEXT : Format.BINARY);
        }
    }

    @Test
    void withoutACacheNothingIsPreparedAndValuesAreTheSame() {
        PgConnection uncached = connect(PgOptions.parse(postgres.url()).with(PgOption.STATEMENT_CACHE_SIZE, 0));
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(ColumnReading.value(uncached, "1.50::numeric", Object.class))
                    .isEqualTo(new BigDecimal("1.50"));
            assertThat(ColumnReading.value(uncached, "(select count(*) from pg_prepared_statements)", Long.class))
                    .isZero();
        }
    }

    private void set(String parameter, String value) {
        connection
                .query("set " + parameter + " = '" + value + "'")
                .rowsUpdated()
                .block(PATIENCE);
    }

    private PgRow only(String sql, @Nullable Object... values) {
        return Objects.requireNonNull(
                connection.query(sql).bind(values).rows().single().block(PATIENCE));
    }
}
