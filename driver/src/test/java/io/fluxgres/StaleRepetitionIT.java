package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When a stale statement is repeated: once, and not where something may have had an effect, where rows were delivered, or
 * where the repetition would be executed in another place than the statement.
 */
@Timeout(60)
class StaleRepetitionIT extends StalePlanFixture {

    @Test
    void aStaleChangeIsRepeatedOnce() {
        prepare("update counter set n = n + 1 returning *");
        run(connection, "alter table counter add column m int default 5");

        assertThat(Outcome.of(query("update counter set n = n + 1 returning *")).rows())
                .containsExactly(List.of("n=4", "m=5"));

        deallocateUnseen();
        assertThat(query("update counter set n = n + 1 returning *")
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isEqualTo(1);
        assertThat(text(connection, "select n::text from counter")).isEqualTo("5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "select 1",
                "update counter set n = n + 10",
                "do 'begin end'",
                "set search_path to public"
            })
    void aStaleChangeIsNotRepeatedBehindWhatWasWrittenBehindIt(String behind) {
        prepare("update counter set n = n + 1");
        run(connection, "update counter set n = 0");
        deallocateUnseen();

        List<Outcome> outcomes = inOneWrite(query("update counter set n = n + 1"), query(behind));

        assertThat(outcomes).extracting(Outcome::sqlState).containsExactly("26000", "00000");
        assertThat(text(connection, "select n::text from counter")).isEqualTo(behind.contains("10") ? "10" : "0");
        run(connection, "rollback");
        assertThat(text(connection, "select n::text from counter")).isEqualTo(behind.contains("10") ? "10" : "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin", "savepoint s", "do 'begin end'", "; begin; select 1"})
    void aStaleReadIsNotRepeatedInATransactionThatWasWrittenBehindIt(String behind) {
        prepare("select * from t");
        deallocateUnseen();

        List<Outcome> outcomes = inOneWrite(query("select * from t"), query(behind));

        assertThat(outcomes.get(0)).isEqualTo(Outcome.failure("26000"));
        run(connection, "rollback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set search_path to stale_plan_one",
                "set role stale_plan_one",
                "select set_config('search_path', 'stale_plan_one', false)",
                "create temp table place as select 'temp' as v"
            })
    void aStaleReadIsNotRepeatedWhereItMeansSomethingElse(String behind) {
        prepare("select * from place");
        Outcome right = truth("select * from place");
        deallocateUnseen();

        List<Outcome> outcomes = inOneWrite(query("select * from place"), query(behind));

        assertThat(outcomes.get(0)).isIn(right, Outcome.failure("26000"));
    }

    @Test
    void aStaleReadInFrontOfATransactionThatWasNotWrittenIsRepeated() {
        reopen(PgOption.PIPELINE_DEPTH, 1);
        prepare("select * from t");
        Outcome right = truth("select * from t");
        deallocateUnseen();

        List<Outcome> outcomes = inOneWrite(query("select * from t"), query("begin"), query("drop table t cascade"));

        assertThat(outcomes.get(0)).isEqualTo(right);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        run(connection, "rollback");
    }

    /** A statement that runs is not stale, whatever SQLSTATE its functions raise. */
    @ParameterizedTest
    @ValueSource(strings = {"26000", "0A000", "42804", "42883", "42P18"})
    void anErrorOfARunningStatementIsNotTakenForAStalePlan(String state) {
        prepare("select case when $1 = '' then 0 else fail($1) end", "");

        assertThat(Outcome.of(query("select case when $1 = '' then 0 else fail($1) end", state)))
                .isEqualTo(Outcome.failure(state));

        assertThat(text(connection, "select last_value::text from calls"))
                .as("the function was called once")
                .isEqualTo("1");
        assertThat(text(connection, "select is_called::text from calls")).isEqualTo("true");
        assertThat(prepared()).contains("select case when $1 = '' then 0 else fail($1) end");
    }

    /** Without columns nothing but BindComplete tells the error of a stale plan from that of a function. */
    @Test
    void aChangeWhoseFunctionFailsIsNotExecutedAgain() {
        String sql = "update counter set n = case when $1 = '' then 0 else fail($1) end";
        prepare(sql, "");

        assertThat(Outcome.of(query(sql, "26000"))).isEqualTo(Outcome.failure("26000"));

        assertThat(text(connection, "select last_value::text from calls")).isEqualTo("1");
    }

    @Test
    void rowsThatWereDeliveredAreNotDeliveredAgain() {
        String sql = "select case when n > $1 then fail('26000') else n end from generate_series(1, 9) n";
        prepare(sql, 9);
        List<Integer> rows = new ArrayList<>();

        PgServerException error = failure(
                PgServerException.class, query(sql, 3).map(row -> row.getInt(0)).doOnNext(rows::add));

        assertThat(error.sqlState()).isEqualTo("26000");
        assertThat(rows).containsExactly(1, 2, 3);
        assertAnswers(connection);
    }
}
