package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SqlTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "SELECT 1",
                "sElEcT 1",
                "insert into t values (1)",
                "update t set v = 1",
                "delete from t",
                "merge into t using s on true when matched then delete",
                "values (1)",
                "table t",
                "with x as (select 1) table x",
                "select",
                "select*from t",
                "select'a'",
                "select\n1",
                " \t\r\n\f select 1",
                "(select 1)",
                "( ( select 1) union select 2)",
                "-- comment\nselect 1",
                "-- comment\rselect 1",
                "--\n--\nselect 1",
                "/* comment */ select 1",
                "/**/select 1",
                "/***/select 1",
                "/*/**/*/select 1",
                "/* a /* b /* c */ */ -- d\n */ select 1",
                "/* a */ /* b */ ( /* c */ -- d\n select 1)",
                "/* -- */ select 1",
                "-- /*\nselect 1"
            })
    void aStatementWhoseColumnsTheServerGuardsIsCacheable(String sql) {
        assertThat(SqlText.of(sql).cacheable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ";",
                "(",
                "fetch 1 from c",
                "execute s",
                "explain select 1",
                "show all",
                "begin",
                "set a = 1",
                "call p()",
                "create table t as select 1",
                "copy t to stdout",
                "declare c cursor for select 1",
                "selection",
                "'select'",
                "\"select\"",
                "1select",
                "-- select 1",
                "-- comment without end select 1",
                "/* select 1",
                "/* /* */ select 1",
                "/",
                "-",
                "/*",
                "--",
                "- - select 1"
            })
    void anyOtherTextIsNot(String sql) {
        assertThat(SqlText.of(sql).cacheable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1; select 2",
                "select 1;select 2;",
                ";select 1",
                ";;",
                "select 1; ;",
                "select 1;\n-- comment",
                "select 1; /* comment */",
                "select ';'",
                "select 1 /* ; */",
                "begin; insert into t values (1); commit"
            })
    void aSemicolonInFrontOfTheLastCharacterMayMeanSeveralStatements(String sql) {
        assertThat(SqlText.of(sql).multiple()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "select 1", ";", " ; ", "select 1;", "select 1 ; \n\t ", "select $1;"})
    void aSemicolonAtTheEndDoesNot(String sql) {
        assertThat(SqlText.of(sql).multiple()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy t from stdin",
                "COPY t FROM STDIN",
                "Copy t to Stdout",
                "copy(select 1)to stdout",
                "/* c */ copy t from stdin",
                "select 1; copy t from stdin",
                "select 'copy to stdout'"
            })
    void textWithTheWordsOfCopyMayEnterCopy(String sql) {
        assertThat(SqlText.of(sql).mayEnterCopy()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "cop", "select 1", "copy t from '/tmp/f'", "select stdin", "stdi copy stdou", "copy program"
            })
    void anyOtherTextCannotEnterCopy(String sql) {
        assertThat(SqlText.of(sql).mayEnterCopy()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy t from stdin", " ;; /* a */ COPY (select 1) to stdout", "-- a\n;copy t to '/f'"})
    void copyIsKnownByItsFirstKeywordBehindEmptyStatements(String sql) {
        assertThat(SqlText.isCopy(sql)).isTrue();
        assertThat(SqlText.isCopy("select 'x';" + sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1", "values (1)", "table t", "show all", "/* c */ (select 1);"})
    void aStatementThatReadsIsKnownByItsFirstKeyword(String sql) {
        assertThat(SqlText.of(sql).reads()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with x as (delete from t returning v) table x",
                "insert into t values (1)",
                "call p()",
                "select 1; delete from t",
                "",
                "set a = 1"
            })
    void anyOtherTextMayChangeSomething(String sql) {
        assertThat(SqlText.of(sql).reads()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "START TRANSACTION",
                "commit",
                "end",
                "rollback to s",
                "abort",
                "savepoint s",
                "release s",
                "prepare transaction 'x'",
                "call p()",
                "do $$ begin end $$",
                "select 1; commit",
                "set search_path to s",
                "reset all",
                "create temp table t ()",
                "select Set_Config('search_path', 's', false)",
                "unknown"
            })
    void aTextThatMayBeginATransactionOrChangeWhatNamesMeanChangesTheSession(String sql) {
        assertThat(SqlText.of(sql).changesSession()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1", "insert into t values (1)", "with x as (select 1) table x", "show all;"})
    void aTextThatReadsOrChangesRowsLeavesTheSessionAsItIs(String sql) {
        assertThat(SqlText.of(sql).changesSession()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "create temp table t as select 1, true",
        "Alter table t add a int, true",
        "drop table t, true",
        "select 1; drop table t, true",
        "select 1; select 2, false",
        "select created from t, false",
        "set a = 1, false"
    })
    void aTextThatMayCreateAlterOrDropSomethingDefinesObjects(String sql, boolean defines) {
        assertThat(SqlText.of(sql).definesObjects()).isEqualTo(defines);
    }

    @ParameterizedTest
    @CsvSource({
        "commit, false",
        "rollback to a, false",
        "/* x */ begin, false",
        "prepare transaction 'a', false",
        "select 1, true",
        "call p(), true",
        "do 'x', true",
        "select 1; commit, true",
        "update t set a = 1, true"
    })
    void onlyWhatIsNotJustATransactionCommandMayBeCancelled(String sql, boolean cancellable) {
        assertThat(SqlText.of(sql).cancellable()).isEqualTo(cancellable);
    }

    @Test
    void aTextOfManyCommentsIsReadInOnePass() {
        String comments = "/*/**/*/--\n(".repeat(200_000);
        assertThat(SqlText.of(comments + "select 1").cacheable()).isTrue();
        assertThat(SqlText.of("/*".repeat(1_000_000) + "select 1").cacheable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select set_config('a.b', 'c', true) | STATE",
                "SELECT Pg_Try_Advisory_Lock(1)      | STATE",
                "call p()                            | STATE",
                "/* c */ do 'begin end'              | STATE",
                "update pg_settings set setting = 1  | STATE",
                "set role none                       | NAMES",
                "set session authorization x         | NAMES",
                "SET SCHEMA 'x'                      | NAMES",
                "reset role                          | NAMES",
                "select set_config('search_path', 'a', false) | NAMES",
                "set work_mem = 1                    | NONE",
                "select role from member             | NONE",
                "insert into t values (1)            | NONE",
                "listen c                            | NONE"
            })
    void theWordsTellWhatNoCommandTagDoes(String sql, Residue residue) {
        assertThat(SqlText.of(sql).leaves()).isEqualTo(residue);
    }
}
