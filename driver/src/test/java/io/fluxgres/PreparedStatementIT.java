package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements a connection keeps prepared, and that nobody notices but by the speed. */
@Timeout(60)
class PreparedStatementIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    /** Executed by simple query, so that the look itself leaves nothing prepared. */
    private static final String LOOK = "; select statement from pg_prepared_statements order by prepare_time, name";

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    private List<String> prepared() {
        return texts(connection.query(LOOK));
    }

    private void open(PgOption<Integer> option, int value) {
        Connections.close(connection);
        connection = Connections.open(postgres, option, value);
    }

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
        open(PgOption.PREPARE_THRESHOLD, threshold);

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
        open(PgOption.STATEMENT_CACHE_SIZE, 0);

        for (int execution = 0; execution < 4; execution++) {
            assertThat(list(connection.query("select $1::int").bind(execution).map(row -> row.getInt(0))))
                    .containsExactly(execution);
        }

        assertThat(prepared()).isEmpty();
    }

    @Test
    void theStatementUsedLeastRecentlyIsClosedOnTheServer() {
        open(PgOption.STATEMENT_CACHE_SIZE, 2);
        for (String sql : List.of("select 1", "select 1", "select 2", "select 2", "select 1", "select 3", "select 3")) {
            list(connection.query(sql).rows());
        }

        assertThat(prepared()).containsExactly("select 1", "select 3");
        assertThat(texts(connection.query("select 2"))).containsExactly("2");
        assertThat(prepared()).containsExactly("select 3");
    }

    @Test
    void theServerNeverHoldsMoreThanTheCache() {
        open(PgOption.STATEMENT_CACHE_SIZE, 10);
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
        open(PgOption.STATEMENT_CACHE_SIZE, 1);
        list(connection.query("select 1").rows());
        list(connection.query("select 1").rows());

        failure(PgUsageException.class, connection.query("select '\0'").rows());
        failure(PgServerException.class, connection.query("select missing").rows());

        assertThat(prepared()).isEmpty();
    }

    // ---- what changes under a kept statement

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table changing add column b text default 'b'",
                "alter table changing add column b interval default '1 day'",
                "alter table changing alter column a type int8",
                "alter table changing alter column a type interval using a * interval '1 second'",
                "drop table changing; create table changing (a text); insert into changing values ('1')"
            })
    void aChangedTableFailsAtMostOneExecution(String change) {
        for (int executions = 1; executions < 4; executions++) {
            open(PgOption.PREPARE_THRESHOLD, 2);
            run(
                    connection,
                    "drop table if exists changing; create table changing (a int); insert into changing values (1)");
            list(connection.query("select * from changing").rows());
            for (int execution = 1; execution < executions; execution++) {
                list(connection.query("select * from changing").rows());
            }
            run(connection, change);
            String expected =
                    texts(connection.query("; select r::text from changing r")).get(0);

            try {
                list(connection.query("select * from changing").rows());
            } catch (PgServerException stale) {
                assertThat(stale.sqlState()).isEqualTo("0A000");
            }

            for (int execution = 0; execution < 3; execution++) {
                assertThat(list(connection
                                .query("select * from changing")
                                .map(row -> row.columns().stream()
                                        .map(column -> String.valueOf(row.getString(column.name())))
                                        .toList())))
                        .as("execution %d after the change", execution)
                        .containsExactly(
                                List.of(expected.replaceAll("[()\"]", "").split(",")));
            }
        }
    }

    @Test
    void aTableThatTheTransactionChangesIsRightInItAndAfterItsRollback() {
        run(connection, "create table changing3 (a int); insert into changing3 values (1)");
        PgQuery columns = connection.query("select * from changing3");
        for (int execution = 0; execution < 3; execution++) {
            list(columns.rows());
        }
        run(connection, "begin");
        run(connection, "alter table changing3 add column b int default 2");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(columns.map(row -> row.columns().size()))).containsExactly(2);
        }

        run(connection, "rollback");
        assertThat(list(columns.map(row -> row.columns().size()))).containsExactly(1);
    }

    @Test
    void aTableThatTheTransactionChangesUnseenFailsItAndIsRightAfterwards() {
        run(connection, "create table changing2 (a int); insert into changing2 values (1)");
        run(
                connection,
                "create function change() returns void language sql"
                        + " as 'alter table changing2 add column b int default 2'");
        for (int execution = 0; execution < 3; execution++) {
            list(connection.query("select * from changing2").rows());
        }
        run(connection, "begin");
        run(connection, "select change()");

        assertThat(failure(
                                PgServerException.class,
                                connection.query("select * from changing2").rows())
                        .sqlState())
                .isEqualTo("0A000");

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        run(connection, "rollback");
        assertThat(list(connection
                        .query("select * from changing2")
                        .map(row -> row.columns().size())))
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deallocate all",
                "discard all",
                "select 1; deallocate all; select 2",
                "DEALLOCATE PREPARE ALL",
                "/* x */ discard all"
            })
    void statementsThatTheUserDroppedArePreparedAnew(String drop) {
        PgQuery query = connection.query("select $1::int");
        for (int round = 0; round < 3; round++) {
            for (int execution = 0; execution < 3; execution++) {
                assertThat(list(query.bind(execution).map(row -> row.getInt(0))))
                        .containsExactly(execution);
            }
            assertThat(prepared()).hasSize(1);
            run(connection, drop);
            assertThat(prepared()).isEmpty();
        }
        assertAnswers(connection);
    }

    @Test
    void statementsThatWereDroppedUnseenArePreparedAnew() {
        PgQuery query = connection.query("select $1::int");
        for (int execution = 0; execution < 3; execution++) {
            list(query.bind(execution).rows());
        }
        run(connection, "do $$ begin execute 'deallocate all'; end $$");

        assertThat(list(query.bind(5).map(row -> row.getInt(0)))).containsExactly(5);
        assertThat(prepared()).containsExactly("select $1::int");
    }

    @Test
    void statementsThatWereDroppedUnseenFailTheTransactionOnce() {
        PgQuery query = connection.query("select $1::int");
        for (int execution = 0; execution < 3; execution++) {
            list(query.bind(execution).rows());
        }
        run(connection, "begin; do $$ begin execute 'deallocate all'; end $$");

        assertThat(failure(PgServerException.class, query.bind(1).rows()).sqlState())
                .isEqualTo("26000");

        run(connection, "rollback");
        assertThat(list(query.bind(5).map(row -> row.getInt(0)))).containsExactly(5);
        assertThat(prepared()).containsExactly("select $1::int");
    }

    @Test
    void aPreparedStatementOfTheUserIsLeftAlone() {
        run(connection, "prepare mine as select 1");
        for (int execution = 0; execution < 3; execution++) {
            list(connection.query("select 'x'").rows());
        }

        assertThat(prepared()).containsExactly("prepare mine as select 1", "select 'x'");
        assertThat(texts(connection.query("execute mine"))).containsExactly("1");
    }

    @Test
    void anotherSearchPathLeadsToAnotherTable() {
        run(
                connection,
                "create schema one; create table one.place (v int); insert into one.place values (1);"
                        + " create schema two; create table two.place (v text); insert into two.place values ('two')");
        for (int round = 0; round < 3; round++) {
            run(connection, "set search_path to one");
            readOnceStale("select v from place");
            assertThat(texts(connection.query("select v from place"))).containsExactly("1");
            run(connection, "set search_path to two");
            readOnceStale("select v from place");
            assertThat(texts(connection.query("select v from place"))).containsExactly("two");
        }
    }

    /** Executes a statement that may be stale, which is one error at most. */
    private void readOnceStale(String sql) {
        try {
            list(connection.query(sql).rows());
        } catch (PgServerException stale) {
            assertThat(stale.sqlState()).isEqualTo("0A000");
        }
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

    @Test
    void textDatesFollowTheStyleOfTheSessionOrAreRefused() {
        PgQuery query = connection.query("select date '2024-05-06', interval '1 day'");
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(query.map(row -> row.get(0, LocalDate.class)))).containsExactly(LocalDate.of(2024, 5, 6));
        }
        for (String style : List.of("SQL, DMY", "SQL, MDY", "German", "Postgres, DMY")) {
            run(connection, "set datestyle to '" + style + "'");
            failure(PgConversionException.class, query.map(row -> row.get(0, LocalDate.class)));
        }
        run(connection, "set datestyle to 'ISO, DMY'");
        assertThat(list(query.map(row -> row.get(0, LocalDate.class)))).containsExactly(LocalDate.of(2024, 5, 6));
    }
}
