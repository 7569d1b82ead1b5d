package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements a connection keeps prepared, and that nobody notices but by the speed. */
@Timeout(60)
class PreparedStatementIT extends PreparedStatementFixture {

    // ---- what is kept

    @Test
    void aStatementIsKeptFromItsSecondExecutionOn() {
        PgQuery query = connection.query("select $1::int + 1");
        List<Integer> numbers = new ArrayList<>();
        List<List<String>> seen = new ArrayList<>();

        for (int execution = 0; execution < 4; execution++) {
            numbers.addAll(list(query.bind(execution).map(row -> row.getInt(0))));
            seen.add(prepared());
        }

        assertThat(numbers).containsExactly(1, 2, 3, 4);
        List<String> kept = List.of("select $1::int + 1");
        assertThat(seen).containsExactly(List.of(), kept, kept, kept);
    }

    @Test
    void aKeptStatementIsParsedOnce() {
        for (int execution = 0; execution < 5; execution++) {
            list(connection.query("select 1").rows());
        }

        assertThat(texts(connection.query("; select (generic_plans + custom_plans)::text from pg_prepared_statements")))
                .containsExactly("4");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theThresholdSaysFromWhichExecutionOn(int threshold) {
        reopen(PgOption.PREPARE_THRESHOLD, threshold);

        for (int execution = 1; execution <= 4; execution++) {
            assertThat(texts(connection.query("select 'x'"))).containsExactly("x");
            assertThat(prepared()).hasSize(execution < threshold ? 0 : 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select n from t",
                "insert into t values (1)",
                "update t set n = 1",
                "delete from t",
                "merge into t using t o on t.n = o.n when matched then delete",
                "values (1)",
                "table t",
                "with x as (select 1) select * from x",
                "/* hint */ select 1",
                "-- hint\nselect 1",
                "(select 1)"
            })
    void statementsWithAPlanAreKept(String sql) {
        run(connection, "create temp table t (n int)");
        for (int execution = 0; execution < 3; execution++) {
            list(connection.query(sql).rows());
        }

        assertThat(prepared()).containsExactly(sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "show search_path",
                "explain select 1",
                "set search_path to public",
                "do 'begin end'",
                "lock table t",
                "call nothing()",
                "select 1; select 2"
            })
    void allOthersAreNot(String sql) {
        run(
                connection,
                "create temp table t (n int);"
                        + " create or replace procedure nothing() language plpgsql as 'begin end'; begin");
        for (int execution = 0; execution < 4; execution++) {
            list(connection.query(sql).rows());
        }

        assertThat(prepared()).isEmpty();
    }

    @Test
    void eachListOfDeclaredTypesIsKeptUpToFour() {
        PgQuery query = connection.query("select $1");
        for (int round = 0; round < 3; round++) {
            for (Object value : new Object[] {"x", 1, 2L, true, 1.5, LocalDate.EPOCH}) {
                assertThat((Object) list(query.bind(value).map(row -> row.get(0, value.getClass())))
                                .get(0))
                        .isEqualTo(value);
            }
        }

        assertThat(prepared()).hasSize(4).containsOnly("select $1");
    }

    // ---- how many are kept

    @Test
    void aCacheOfSizeZeroKeepsNothing() {
        reopen(PgOption.STATEMENT_CACHE_SIZE, 0);

        for (int execution = 0; execution < 4; execution++) {
            assertThat(list(connection.query("select $1::int").bind(execution).map(row -> row.getInt(0))))
                    .containsExactly(execution);
        }

        assertThat(prepared()).isEmpty();
    }

    @Test
    void theStatementUsedLeastRecentlyIsClosedOnTheServer() {
        reopen(PgOption.STATEMENT_CACHE_SIZE, 2);
        for (String sql : List.of("select 1", "select 1", "select 2", "select 2", "select 1", "select 3", "select 3")) {
            list(connection.query(sql).rows());
        }

        assertThat(prepared()).containsExactly("select 1", "select 3");
        assertThat(texts(connection.query("select 2"))).containsExactly("2");
        assertThat(prepared()).containsExactly("select 3");
    }

    @Test
    void theServerNeverHoldsMoreThanTheCache() {
        reopen(PgOption.STATEMENT_CACHE_SIZE, 10);
        for (int n = 0; n < 200; n++) {
            PgQuery query = connection.query("select " + n % 37);
            for (int execution = 0; execution < 3; execution++) {
                assertThat(texts(query)).containsExactly(Integer.toString(n % 37));
            }
            assertThat(prepared()).hasSizeLessThanOrEqualTo(10);
        }
    }

    @Test
    void anEvictedStatementIsClosedInFrontOfARefusedFlightToo() {
        reopen(PgOption.STATEMENT_CACHE_SIZE, 1);
        list(connection.query("select 1").rows());
        list(connection.query("select 1").rows());

        failure(PgUsageException.class, connection.query("select '\0'").rows());
        failure(PgServerException.class, connection.query("select missing").rows());

        assertThat(prepared()).isEmpty();
    }

    // ---- errors

    @Test
    void badSqlIsRefusedAgainAndAgainAndLeavesNothingPrepared() {
        for (int execution = 0; execution < 6; execution++) {
            assertThat(failure(
                                    PgServerException.class,
                                    connection.query("select * from nowhere").rows())
                            .sqlState())
                    .isEqualTo("42P01");
        }
        assertThat(prepared()).isEmpty();

        run(connection, "create temp table nowhere as select 'found' as v");
        for (int execution = 0; execution < 3; execution++) {
            assertThat(texts(connection.query("select * from nowhere"))).containsExactly("found");
        }
    }

    @Test
    void aStatementThatFailsWhileItIsPreparedIsKeptAllTheSame() {
        PgQuery query = connection.query("select 6 / $1::int");
        list(query.bind(1).rows());

        assertThat(failure(PgServerException.class, query.bind(0).rows()).sqlState())
                .isEqualTo("22012");

        for (int execution = 1; execution < 4; execution++) {
            assertThat(list(query.bind(execution).map(row -> row.getInt(0)))).containsExactly(6 / execution);
        }
        assertThat(prepared()).containsExactly("select 6 / $1::int");
        assertThat(failure(PgServerException.class, query.bind(0).rows()).sqlState())
                .isEqualTo("22012");
        assertAnswers(connection);
    }

    @Test
    void aStatementThatIsPreparedInATransactionOutlivesItsRollback() {
        run(connection, "begin");
        for (int execution = 0; execution < 2; execution++) {
            list(connection.query("select 'x'").rows());
        }
        run(connection, "rollback");

        assertThat(texts(connection.query("select 'x'"))).containsExactly("x");
        assertThat(prepared()).containsExactly("select 'x'");
    }

    @Test
    void aStatementThatIsCancelledWhileItIsPreparedIsKept() {
        for (int execution = 0; execution < 4; execution++) {
            assertThat(connection
                            .query("select n from generate_series(1, 1000) n")
                            .map(row -> row.getInt(0))
                            .take(1)
                            .blockLast(TIMEOUT))
                    .isEqualTo(1);
        }

        assertThat(prepared()).hasSize(1);
        assertAnswers(connection);
    }
}
