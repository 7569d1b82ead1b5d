package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes under a statement that the connection keeps prepared: tables, the search path, or that it is there. */
@Timeout(60)
class PreparedStatementChangeIT extends PreparedStatementFixture {

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
            reopen(PgOption.PREPARE_THRESHOLD, 2);
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
