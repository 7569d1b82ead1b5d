package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fluxgres.codec.PgType;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters of queries: their values, their types and what is refused. */
@Timeout(60)
class ParameterIT extends ConnectionFixture {

    // ---- values

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("bool", true, "true"),
                arguments("int2", (short) -32768, "-32768"),
                arguments("int4", Integer.MIN_VALUE, "-2147483648"),
                arguments("int8", Long.MAX_VALUE, "9223372036854775807"),
                arguments("float4", 1.5f, "1.5"),
                arguments("float8", -0.1, "-0.1"),
                arguments("numeric", new BigDecimal("-12345678901234567890.0100"), "-12345678901234567890.0100"),
                arguments("text", "fünf \uD83D\uDE00 'quoted' \\ $1", "fünf \uD83D\uDE00 'quoted' \\ $1"),
                arguments("text", "", ""),
                arguments("uuid", new UUID(1, 2), "00000000-0000-0001-0000-000000000002"),
                arguments("bytea", new byte[] {0, 1, -1}, "\\x0001ff"),
                arguments("date", LocalDate.of(-43, 3, 15), "0044-03-15 BC"),
                arguments("time", LocalTime.of(23, 59, 59, 999_999_000), "23:59:59.999999"),
                arguments("timestamp", LocalDateTime.of(2024, 2, 29, 12, 30), "2024-02-29 12:30:00"),
                arguments(
                        "timestamptz",
                        OffsetDateTime.of(2024, 2, 29, 10, 30, 0, 0, ZoneOffset.UTC),
                        "2024-02-29 10:30:00+00"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueReachesTheServerAndComesBackInEveryExecution(String type, Object value, String serversText) {
        run(connection, "set timezone to 'UTC'");
        PgQuery query = connection
                .query("select $1::" + type + ", $1::" + type + "::text")
                .bind(value);

        for (int execution = 0; execution < 4; execution++) {
            PgRow row = list(query.rows()).get(0);
            assertThat(row.getString(1)).isEqualTo(serversText);
            assertThat((Object) row.get(0, value.getClass())).isEqualTo(value);
        }
    }

    private static URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsBoundAsNumberOrTextIsReadAsTheSameClass() {
        PgQuery query = connection
                .query("select $1::int4, $2::int2, $3::int8, $4::text, $5::varchar, $6::text, $7::text, $8::text")
                .bind(
                        Year.of(2024),
                        Month.MARCH,
                        DayOfWeek.SUNDAY,
                        MonthDay.of(2, 29),
                        YearMonth.of(2024, 2),
                        ZoneId.of("Asia/Kathmandu"),
                        URI.create("urn:isbn:0"),
                        url("https://example.org"));

        for (int execution = 0; execution < 3; execution++) {
            PgRow row = list(query.rows()).get(0);
            assertThat(row.get(0, Year.class)).isEqualTo(Year.of(2024));
            assertThat(row.get(1, Month.class)).isEqualTo(Month.MARCH);
            assertThat(row.get(2, DayOfWeek.class)).isEqualTo(DayOfWeek.SUNDAY);
            assertThat(row.get(3, MonthDay.class)).isEqualTo(MonthDay.of(2, 29));
            assertThat(row.get(4, YearMonth.class)).isEqualTo(YearMonth.of(2024, 2));
            assertThat(row.get(5, ZoneId.class)).isEqualTo(ZoneId.of("Asia/Kathmandu"));
            assertThat(row.get(6, URI.class)).isEqualTo(URI.create("urn:isbn:0"));
            assertThat(row.get(7, URL.class)).hasToString("https://example.org");
            assertThatThrownBy(() -> row.get(0, Month.class))
                    .isInstanceOf(PgConversionException.class)
                    .hasMessageContaining("out of range");
            assertThatThrownBy(() -> row.get(6, ZoneId.class)).isInstanceOf(PgConversionException.class);
        }
    }

    @Test
    void aDocumentIsReadAsBytesOfAnyKind() throws IOException {
        byte[] document = "{\"a\": \"\u00fc\"}".getBytes(StandardCharsets.UTF_8);
        PgQuery query = connection
                .query("select $1::json, $2::jsonb, 'x'::char(1)")
                .bind(
                        PgParameter.of(PgType.JSON, ByteBuffer.wrap(document)),
                        PgParameter.of(PgType.JSONB, ByteBuffer.wrap(document)));

        for (int execution = 0; execution < 3; execution++) {
            PgRow row = list(query.rows()).get(0);
            for (int column = 0; column < 2; column++) {
                assertThat(row.get(column, byte[].class)).isEqualTo(document);
                assertThat(row.get(column, ByteBuffer.class)).isEqualTo(ByteBuffer.wrap(document));
                assertThat(row.require(column, InputStream.class).readAllBytes())
                        .isEqualTo(document);
            }
            assertThat(row.get(2, Character.class)).isEqualTo('x');
        }
    }

    static Stream<Arguments> equivalents() {
        return Stream.of(
                arguments(new BigInteger("-5"), "-5"),
                arguments((byte) 5, "5"),
                arguments(Year.of(2024), "2024"),
                arguments(Month.MARCH, "3"),
                arguments(DayOfWeek.SUNDAY, "7"),
                arguments(MonthDay.of(2, 29), "--02-29"),
                arguments(YearMonth.of(2024, 2), "2024-02"),
                arguments(ZoneId.of("Asia/Kathmandu"), "Asia/Kathmandu"),
                arguments(ZoneOffset.ofHours(2), "+02:00"),
                arguments(URI.create("https://example.org/a?b=%20"), "https://example.org/a?b=%20"),
                arguments(url("https://example.org/a?b=%20"), "https://example.org/a?b=%20"),
                arguments('x', "x"),
                arguments(new StringBuilder("built"), "built"),
                arguments(ByteBuffer.wrap(new byte[] {7, 8, 9}, 1, 2), "\\x0809"),
                arguments(Instant.parse("2024-02-29T10:30:00Z"), "2024-02-29 10:30:00+00"));
    }

    @ParameterizedTest
    @MethodSource("equivalents")
    void aValueOfAnotherClassIsSentAlikeInEveryExecution(Object value, String serversText) {
        run(connection, "set timezone to 'UTC'");
        PgQuery query = connection.query("select format('%s', $1)").bind(value);

        for (int execution = 0; execution < 4; execution++) {
            assertThat(texts(query)).containsExactly(serversText);
        }
    }

    @Test
    void aQueryIsImmutable() {
        PgQuery unbound = connection.query("select $1::text || $2");
        PgQuery first = unbound.bind("a", "b");
        PgQuery second = first.bind("c", "d");

        assertThat(texts(first)).containsExactly("ab");
        assertThat(texts(second)).containsExactly("cd");
        assertThat(texts(first)).containsExactly("ab");
        failure(PgUsageException.class, unbound.rows());
    }

    @Test
    void concurrentBindingsDoNotMix() {
        PgQuery query = connection.query("select $1::int");

        List<Integer> answers = list(reactor.core.publisher.Flux.range(0, 500)
                .flatMap(n -> query.bind(n).map(row -> row.getInt(0)), 500));

        assertThat(answers).isEqualTo(IntStream.range(0, 500).boxed().toList());
    }

    // ---- types

    @Test
    void aDeclaredTypeIsWhatTheServerIsTold() {
        PgQuery query = connection.query("select pg_typeof($1)::text, $1::text");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(query.bind(PgParameter.of(PgType.JSONB, "{\"a\":1}"))
                            .map(row -> row.getString(0) + " " + row.getString(1))))
                    .containsExactly("jsonb {\"a\": 1}");
            assertThat(list(query.bind(PgParameter.of(PgType.INT8, 5))
                            .map(row -> row.getString(0) + " " + row.getString(1))))
                    .containsExactly("bigint 5");
            assertThat(list(query.bind(PgParameter.of(PgType.INT8, null))
                            .map(row -> row.getString(0) + " " + row.isNull(1))))
                    .containsExactly("bigint true");
        }
    }

    @Test
    void anUnspecifiedTypeIsInferredByTheServer() {
        run(
                connection,
                "create type mood as enum ('sad', 'happy'); create temp table person (current mood, born date)");
        PgQuery insert = connection.query("insert into person values ($1, $2)");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(insert.bind(
                                    PgParameter.of(PgType.UNSPECIFIED, "happy"),
                                    PgParameter.of(PgType.UNSPECIFIED, "2024-02-29"))
                            .rowsUpdated()
                            .block(TIMEOUT))
                    .isEqualTo(1);
        }
        assertThat(texts(connection.query("select current || ' ' || born from person")))
                .containsOnly("happy 2024-02-29")
                .hasSize(3);
    }

    @Test
    void nullWithoutATypeFitsAnyColumn() {
        run(connection, "create temp table t (a int, b uuid, c jsonb, d text)");
        PgQuery insert = connection.query("insert into t values ($1, $2, $3, $4)");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(insert.bind(null, null, null, null).rowsUpdated().block(TIMEOUT))
                    .isEqualTo(1);
        }
        assertThat(text(connection, "select count(*)::text from t where t is null"))
                .isEqualTo("3");
    }

    @Test
    void oneNullMayBeBoundAsPlainNull() {
        assertThat(list(connection
                        .query("select $1::int is null")
                        .bind((Object) null)
                        .map(row -> row.getBoolean(0))))
                .containsExactly(true);
        assertThat(list(connection
                        .query("select $1::int is null")
                        .bind((Object[]) null)
                        .map(row -> row.getBoolean(0))))
                .containsExactly(true);
    }

    @Test
    void bindingsMayAlternateBetweenClassesAndNull() {
        run(connection, "create temp table t (n int8)");
        PgQuery query = connection.query("select coalesce($1, -1)::int8");
        Object[] values = {1, 2L, null, (short) 3, new BigDecimal(4), PgParameter.of(PgType.INT8, null), 5.0, 6};
        String[] expected = {"1", "2", "-1", "3", "4", "-1", "5", "6"};

        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < values.length; i++) {
                assertThat(texts(query.bind(values[i]))).containsExactly(expected[i]);
            }
        }
    }

    /** One text whose column has the type of its parameter, of which one has no binary codec. */
    @Test
    void bindingsMayAlternateBetweenTypesThatTravelInTextAndInBinary() {
        PgQuery query = connection.query("select $1");
        PgType interval = new PgType(1186, "interval", PgType.Kind.BASE, 0);

        for (int round = 0; round < 4; round++) {
            assertThat(list(query.bind(round).map(row -> row.getInt(0)))).containsExactly(round);
            assertThat(texts(query.bind(PgParameter.of(interval, "25 hours")))).containsExactly("25:00:00");
            assertThat(texts(query.bind("text " + round))).containsExactly("text " + round);
        }
    }

    // ---- numbers of parameters

    @Test
    void aStatementHasUpTo65535Parameters() {
        String sql = IntStream.rangeClosed(1, 65_535)
                .mapToObj(n -> "$" + n)
                .collect(Collectors.joining(", ", "select sum(n)::int8 from unnest(array[", "]::int[]) n"));
        Object[] values = IntStream.rangeClosed(1, 65_535).boxed().toArray();

        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(connection.query(sql).bind(values).map(row -> row.getLong(0))))
                    .containsExactly(65_535L * 65_536 / 2);
        }
    }

    @Test
    void moreParametersThanTheProtocolCarriesAreRefused() {
        PgUsageException error = failure(
                PgUsageException.class,
                connection.query("select $65536").bind(new Object[65_536]).rows());

        assertThat(error).hasMessageContaining("65536").hasMessageContaining("65535");
        assertThat(error.safeToRetry()).isTrue();
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"select $1::int + $2::int", "call add($1, $2)"})
    void tooFewParametersAreTheCallersFaultInEveryExecution(String sql) {
        run(connection, "create or replace procedure add(a int, b int) language sql as 'select a + b'");

        for (int execution = 0; execution < 4; execution++) {
            for (Object[] values : new Object[][] {{}, {1}}) {
                PgUsageException error = failure(
                        PgUsageException.class,
                        connection.query(sql).bind(values).rows());
                assertThat(error)
                        .hasMessageContaining(sql.startsWith("call") ? "requires 2" : "2 parameters")
                        .hasMessageContaining(values.length + " were bound");
                assertAnswers(connection);
            }
            list(connection.query(sql).bind(1, 2).rows());
        }
    }

    /** The server takes each declared type for a parameter, and would ignore the value. */
    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "SIMPLE"})
    void tooManyValuesAreTheCallersFaultInEveryExecution(PgQueryMode queryMode) {
        reopen(PgOption.QUERY_MODE, queryMode);
        run(connection, "create temp table tick (id int); insert into tick values (1)");
        PgQuery query =
                connection.query("delete from tick where id = $1 /* $2 */ and '$2' <> \"$2\" returning $$ $2 $$");
        PgQuery known = connection.query("select id from tick where id = $1");

        for (int execution = 0; execution < 4; execution++) {
            for (PgQuery surplus : List.of(query.bind(1, 2), query.bind(1, null), known.bind(1, "b", null))) {
                PgUsageException error = failure(PgUsageException.class, surplus.rows());
                assertThat(error)
                        .hasMessageStartingWith("the statement has 1 parameter, but ")
                        .hasMessageEndingWith(" were bound");
                assertThat(error.safeToRetry()).isTrue();
                assertAnswers(connection);
            }
            assertThat(list(known.bind(1).map(row -> row.getInt(0)))).containsExactly(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1", "do 'begin end'", "listen tick", "begin"})
    void aStatementWithoutParametersTakesNoValues(String sql) {
        PgUsageException error =
                failure(PgUsageException.class, connection.query(sql).bind(1).rows());

        assertThat(error).hasMessage("the statement has 0 parameters, but 1 were bound");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertAnswers(connection);
    }

    @Test
    void tooManyValuesInATransactionLeaveItOpen() {
        run(connection, "begin");

        failure(
                PgUsageException.class,
                connection.query("select $1::int").bind(1, 2).rows());

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertAnswers(connection);
    }

    /** There the parameters cannot be told without knowing the setting at the server when it parses. */
    @Test
    void whereBackslashesEscapeTheServerCountsTheParameters() {
        run(connection, "set standard_conforming_strings to off; set escape_string_warning to off");

        assertThat(list(connection.query("select '\\', ' || $1").bind("x").map(row -> row.getString(0))))
                .containsExactly("', x");
    }

    @Test
    void aWrongNumberOfParametersInATransactionLeavesTheConnectionUsable() {
        PgQuery query = connection.query("select $1::int + $2::int");
        for (int execution = 0; execution < 3; execution++) {
            list(query.bind(1, 2).rows());
        }
        run(connection, "begin");

        failure(PgUsageException.class, query.bind(1).rows());

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        run(connection, "rollback");
        assertAnswers(connection);
    }

    // ---- what cannot be sent

    @Test
    void aClassWithoutACodecIsRefusedByBind() {
        assertThatThrownBy(() -> connection.query("select $1, $2").bind(1, Locale.ROOT))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("$2")
                .hasMessageContaining("java.util.Locale");
        assertThatThrownBy(() -> connection.query("select $1").bind(PgParameter.of(PgType.INT4, true)))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("$1")
                .hasMessageContaining("int4");
    }

    @Test
    void aValueThatItsDeclaredTypeCannotHoldIsTheCallersFaultAndNotSent() {
        PgConversionException error = failure(
                PgConversionException.class,
                connection
                        .query("select $1, $2")
                        .bind("x", PgParameter.of(PgType.INT4, 9_876_543_210L))
                        .rows());

        assertThat(error)
                .hasMessageContaining("$2")
                .hasMessageContaining("int4")
                .hasMessageNotContaining("9876543210");
        assertThat(error.safeToRetry()).as("nothing was sent").isTrue();
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret\0", "secret\uD83D", "\uDE00secret", "\uD83D\uD83Dsecret"})
    void textThatUtf8CannotCarryIsRefusedBeforeAnythingIsSent(String wrong) {
        for (int execution = 0; execution < 4; execution++) {
            PgException inParameter = failure(
                    PgException.class,
                    connection.query("select $1::text, $2::int").bind(wrong, 1).rows());
            PgException inSql = failure(
                    PgException.class,
                    connection.query("select '" + wrong + "'").rows());
            PgException inSeveral = failure(
                    PgException.class,
                    connection.query("select 1; select '" + wrong + "'").rows());

            assertThat(List.of(inParameter, inSql, inSeveral)).allSatisfy(error -> {
                assertThat(error.fault()).isEqualTo(PgException.Fault.CALLER);
                assertThat(error).hasMessageNotContaining("secret");
                assertThat(error).hasMessageMatching("(?s).*(NUL|unpaired surrogate).*");
                assertThat(error.safeToRetry()).isTrue();
            });
            assertThat(inParameter).hasMessageContaining("$1");
            assertAnswers(connection);
            list(connection.query("select $1::text, $2::int").bind("right", 1).rows());
        }
    }

    @Test
    void aValueThatTheServerRefusesFailsTheQueryAlone() {
        PgServerException error = failure(
                PgServerException.class,
                connection.query("select $1::text::int").bind("x").rows());

        assertThat(error.sqlState()).isEqualTo("22P02");
        assertAnswers(connection);
    }
}
