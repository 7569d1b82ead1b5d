package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PlacementTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "SELECT 1",
                "  select 1;  ",
                "(select 1) union (select 2)",
                "/* a /* nested */ comment */ -- and another\n select 1",
                "insert into book values ($1)",
                "update book set price = 1",
                "delete from book",
                "merge into book using page on true when matched then delete",
                "values (1)",
                "table book",
                "with old as (select 1) select * from old",
                "show server_version",
                "explain select 1"
            })
    void whatReadsAndWritesRowsIsShared(String sql) {
        assertThat(Placement.of(sql)).isEqualTo(Placement.SHARED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "start transaction",
                "commit",
                "end",
                "rollback",
                "abort",
                "savepoint a",
                "release a",
                "set search_path = a",
                "Set Local a.b = 'c'",
                "reset all",
                "discard all",
                "listen orders",
                "unlisten *",
                "declare c cursor for select 1",
                "fetch all in c",
                "move c",
                "close c",
                "prepare p as select 1",
                "execute p",
                "deallocate p",
                "lock book",
                "load 'library'",
                "-- comment\nbegin; select 1; commit"
            })
    void whatNeedsItsSessionIsRefused(String sql) {
        assertThat(Placement.of(sql)).isEqualTo(Placement.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "create table book (id int)",
                "drop table book",
                "call audit()",
                "do 'begin end'",
                "vacuum",
                "copy book from stdin",
                "notify orders",
                "selection",
                "42",
                "select 1; begin",
                "select ';'",
                "analyze"
            })
    void allElseAndSeveralStatementsHaveAConnectionOfTheirOwn(String sql) {
        assertThat(Placement.of(sql)).isEqualTo(Placement.EXCLUSIVE);
    }
}
