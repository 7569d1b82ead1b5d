package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The rows that statements return, be they plans or not. */
@Timeout(60)
class QueryIT extends ConnectionFixture {

    // ---- results

    @Test
    void rowsOfOneStatementArriveInOrder() {
        assertThat(list(connection
                        .query("select n from generate_series(1, 1000) n")
                        .map(row -> row.getInt(0))))
                .isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
    }

    @Test
    void rowsOfSeveralStatementsFollowEachOther() {
        Flux<Integer> values = connection
                .query(
                        "select 1; create temp table t (n int); insert into t values (2), (3); select n from t; select 4")
                .map(row -> row.getInt(0));

        StepVerifier.create(values).expectNext(1, 2, 3, 4).expectComplete().verify(TIMEOUT);
    }

    @Test
    void resultsOfSeveralStatementsHaveTheirOwnColumns() {
        List<PgRow> rows = list(connection
                .query("select 1 as a; select 'x' as b, 2 as c; select from (values (1)) v; select true as d")
                .rows());

        assertThat(rows)
                .extracting(row -> row.columns().stream().map(PgColumn::name).toList())
                .containsExactly(List.of("a"), List.of("b", "c"), List.of(), List.of("d"));
        assertThat(rows.get(1).getString("b")).isEqualTo("x");
        assertThat(rows.get(3).getBoolean("d")).isTrue();
    }

    @Test
    void errorOfTheThirdStatementComesAfterTheRowsOfTheFirstTwo() {
        StepVerifier.create(connection
                        .query("select 1; select 2; select 1 / 0; select 4")
                        .map(row -> row.getInt(0)))
                .expectNext(1, 2)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                PgServerException.class,
                                server -> assertThat(server.sqlState()).isEqualTo("22012")))
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    @Test
    void severalStatementsAreOneTransaction() {
        run(connection, "create temp table t (n int)");

        failure(
                PgServerException.class,
                connection.query("insert into t values (1); select 1 / 0").rowsUpdated());

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("0");
    }

    @Test
    void nothingIsSentBeforeASubscriptionAndEachSubscriptionExecutes() {
        run(connection, "create temp table t (n int)");
        Flux<Integer> inserting =
                connection.query("insert into t values (1) returning n").map(row -> row.getInt(0));
        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("0");

        assertThat(list(inserting.repeat(2))).containsExactly(1, 1, 1);

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", ";;", " ; \n ; ", "-- comment", "/* a /* nested */ comment */", "-- x\n;"})
    void sqlWithoutAStatementCompletesWithoutRows(String sql) {
        StepVerifier.create(connection.query(sql).rows()).expectComplete().verify(TIMEOUT);
        StepVerifier.create(connection.query(sql).rowsUpdated())
                .expectNext(0L)
                .expectComplete()
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"select from generate_series(1, 3)", "select from generate_series(1, 3); select from t"})
    void rowsWithoutColumnsAreRows(String sql) {
        run(connection, "create temp table t ()");

        for (int execution = 0; execution < 4; execution++) {
            List<PgRow> rows = list(connection.query(sql).rows());
            assertThat(rows)
                    .hasSize(3)
                    .allSatisfy(row -> assertThat(row.columns()).isEmpty());
        }
        assertThat(connection.query(sql).rowsUpdated().block(TIMEOUT)).isZero();
    }

    @Test
    void aRowHasUpTo1600Columns() {
        String columns = IntStream.range(0, 1600).mapToObj(n -> n + " as c" + n).collect(Collectors.joining(", "));
        String sql = "select " + columns;

        for (int execution = 0; execution < 4; execution++) {
            List<PgRow> rows = list(connection.query(sql).rows());
            assertThat(rows).hasSize(1);
            assertThat(IntStream.range(0, 1600).map(rows.get(0)::getInt))
                    .isEqualTo(IntStream.range(0, 1600).boxed().toList());
            assertThat(rows.get(0).getInt("C1599")).isEqualTo(1599);
        }
    }

    @Test
    void valuesLongerThanAnyReadArriveUnchanged() throws NoSuchAlgorithmException {
        String sql = "select repeat(md5(n::text), 1 + n * n * n * 20) as value from generate_series(0, 10) n";
        List<String> expected = texts(connection.query("select md5(value) from (" + sql + ") v"));

        List<String> values = texts(connection.query(sql));

        assertThat(values.get(10)).hasSizeGreaterThan(500_000);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        assertThat(values)
                .extracting(value ->
                        "%032x".formatted(new BigInteger(1, md5.digest(value.getBytes(StandardCharsets.US_ASCII)))))
                .isEqualTo(expected);
    }

    // ---- statements that are not plans

    @Test
    void fetchReadsTheColumnsOfTheCursorOfTheMoment() {
        run(connection, "begin");
        for (int execution = 0; execution < 3; execution++) {
            run(connection, "declare c cursor for select 1 as a, 'x' as b");
            assertThat(list(connection.query("fetch all from c").map(row -> row.getInt("a") + row.getString("b"))))
                    .containsExactly("1x");
            run(connection, "close c");
            run(connection, "declare c cursor for select true as other from generate_series(1, 2)");
            assertThat(list(connection.query("fetch all from c").map(row -> row.getBoolean("other"))))
                    .containsExactly(true, true);
            run(connection, "close c");
        }
        run(connection, "rollback");
    }

    @Test
    void executeReadsTheColumnsOfThePreparedStatementOfTheMoment() {
        for (int execution = 0; execution < 3; execution++) {
            run(connection, "prepare p as select 1 as a");
            assertThat(list(connection.query("execute p").map(row -> row.getInt("a"))))
                    .containsExactly(1);
            run(connection, "deallocate p");
            run(connection, "prepare p as select 'x' as b, 2::int8 as c");
            assertThat(list(connection.query("execute p").map(row -> row.getString("b") + row.getLong("c"))))
                    .containsExactly("x2");
            run(connection, "deallocate p");
        }
    }

    @Test
    void showAndExplainReturnRows() {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(texts(connection.query("show client_encoding"))).containsExactly("UTF8");
            assertThat(texts(connection.query("explain select 1")))
                    .first()
                    .asString()
                    .startsWith("Result");
        }
    }

    @Test
    void callReturnsItsOutputParameters() {
        run(
                connection,
                "create procedure twice(inout n int) language plpgsql as $$ begin n := n * 2; end; $$;"
                        + " create procedure nothing() language sql as $$ select 1 $$");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(connection.query("call twice($1)").bind(21).map(row -> row.getInt("n"))))
                    .containsExactly(42);
            assertThat(list(connection.query("call nothing()").rows())).isEmpty();
        }
    }

    @Test
    void doCompletesWithoutRows() {
        run(connection, "create temp table t (n int)");

        assertThat(list(connection
                        .query("do $$ begin insert into t values (1); end $$")
                        .rows()))
                .isEmpty();
        assertThat(list(connection.query("do 'begin end'").rows())).isEmpty();

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("1");
    }
}
