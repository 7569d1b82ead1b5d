package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.StalePlanChanges.Change;
import io.fluxgres.codec.PgType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What changes between two executions of a statement that the connection keeps prepared: the next one is right, by itself
 * or by one repetition that nobody sees; or it fails where a repetition might do something twice, or in another place.
 */
@Timeout(60)
class StalePlanIT extends StalePlanFixture {

    // ---- changes of what a statement means

    @ParameterizedTest
    @MethodSource({"io.fluxgres.StalePlanChanges#all", "io.fluxgres.StalePlanChanges#hiding"})
    void theNextExecutionIsRight(Change change) {
        change.before().forEach(sql -> run(connection, sql));
        prepare(change.sql());

        change.change().forEach(sql -> run(connection, sql));
        List<Outcome> outcomes = new ArrayList<>();
        for (int execution = 0; execution < 4; execution++) {
            outcomes.add(Outcome.of(query(change.sql())));
        }

        assertThat(outcomes).hasSize(4).containsOnly(truth(change.sql()));
        assertThat(prepared()).containsExactly(change.sql());
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.StalePlanChanges#all")
    void theNextExecutionIsRightBehindAChangeInTheSameWrite(Change change) {
        change.before().forEach(sql -> run(connection, sql));
        prepare(change.sql());
        Outcome before = truth(change.sql());
        List<PgQuery> queries = new ArrayList<>();
        queries.add(query(change.sql()));
        change.change().forEach(sql -> queries.add(query(sql)));
        int changed = queries.size();
        queries.add(query(change.sql()));
        if (change.sql().startsWith("select")) {
            queries.add(query(change.sql()));
            queries.add(query(change.sql()));
        }

        List<Outcome> outcomes = inOneWrite(queries);

        assertThat(outcomes.get(0)).isEqualTo(before);
        assertThat(outcomes.subList(1, changed)).noneMatch(Outcome::isFailure);
        assertThat(outcomes.subList(changed, outcomes.size())).containsOnly(truth(change.sql()));
        assertThat(Outcome.of(query(change.sql()))).isEqualTo(truth(change.sql()));
    }

    /** In a transaction a failed statement cannot be repeated; it is never wrong. */
    @ParameterizedTest
    @MethodSource({"io.fluxgres.StalePlanChanges#all", "io.fluxgres.StalePlanChanges#hiding"})
    void inATransactionTheNextExecutionIsRightOrFails(Change change) {
        change.before().forEach(sql -> run(connection, sql));
        prepare(change.sql());
        run(connection, "begin");

        boolean changed =
                change.change().stream().map(sql -> Outcome.of(query(sql))).noneMatch(Outcome::isFailure);
        if (changed) {
            Outcome expected = truth(change.sql());
            assertThat(Outcome.of(query(change.sql())))
                    .isIn(expected, Outcome.failure("0A000"), Outcome.failure("26000"));
        }

        run(connection, "rollback");
        for (int execution = 0; execution < 3; execution++) {
            assertThat(Outcome.of(query(change.sql()))).isEqualTo(truth(change.sql()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.StalePlanChanges#followedBack")
    void whatWasPreparedInATransactionIsRightBehindItsRollback(Change change) {
        change.before().forEach(sql -> run(connection, sql));
        run(connection, "begin");
        change.change().forEach(sql -> Outcome.of(query(sql)));
        for (int execution = 0; execution < 3; execution++) {
            Outcome.of(query(change.sql()));
        }
        run(connection, "rollback");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(Outcome.of(query(change.sql()))).isEqualTo(truth(change.sql()));
        }
    }

    // ---- changes of what a parameter means

    static List<String> changesOfAColumn() {
        return List.of(
                "alter table t alter column a type text",
                "alter table t alter column a type uuid using gen_random_uuid()",
                "alter table t alter column a type text[] using array[a::text]",
                "drop table t cascade; create table t (a text, b text)");
    }

    /** The type that the server inferred at Parse is the prepared statement's for good. */
    @ParameterizedTest
    @MethodSource("changesOfAColumn")
    void aStringFollowsTheTypeOfItsColumn(String change) {
        prepare("insert into t (a) values ($1)", "1");
        run(connection, change);

        assertInsertsAfter(change);
    }

    /** This connection hears of the change by nothing but a refusal. */
    @ParameterizedTest
    @MethodSource("changesOfAColumn")
    void aStringFollowsTheTypeOfAColumnThatAnotherConnectionChanges(String change) {
        prepare("insert into t (a) values ($1)", "1");
        postgres.execute(change);

        assertInsertsAfter(change);
    }

    private void assertInsertsAfter(String change) {
        String value = change.contains("uuid") ? "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" : "{now}";
        assertSucceedsEachTime("insert into t (a) values ($1)", value);
    }

    private void assertSucceedsEachTime(String insert, Object... values) {
        for (int execution = 0; execution < 4; execution++) {
            assertThat(Outcome.of(query(insert, values)))
                    .as("execution %d", execution)
                    .isEqualTo(truth("select where false"));
        }
    }

    /** A value that is wrong in any case is refused twice, and the connection goes on. */
    @Test
    void aStringThatDoesNotFitItsColumnIsRefusedEachTime() {
        prepare("insert into t (a) values ($1)", "1");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(Outcome.of(query("insert into t (a) values ($1)", "one")))
                    .isEqualTo(Outcome.failure("22P02"));
            assertThat(Outcome.of(query("insert into t (a) values ($1)", "1"))).isEqualTo(truth("select where false"));
        }
    }

    @Test
    void aStringFollowsATypeThatWasCreatedAnew() {
        prepare("insert into person values ($1, $2)", 2, "happy");
        run(connection, "drop type mood cascade");
        run(connection, "create type mood as enum ('glad'); alter table person add column feels mood");

        assertSucceedsEachTime("insert into person values ($1, $2)", 3, "glad");
    }

    @Test
    void aTableThatIsMissingForAWhileIsFoundAgain() {
        prepare("select * from t");
        run(connection, "alter table t rename to hidden");

        for (int execution = 0; execution < 3; execution++) {
            assertThat(Outcome.of(query("select * from t"))).isEqualTo(Outcome.failure("42P01"));
        }

        run(connection, "alter table hidden rename to t");
        assertThat(Outcome.of(query("select * from t"))).isEqualTo(truth("select * from t"));
    }

    @Test
    void bindingsThatAlternateInOneWriteDoNotMix() {
        List<PgQuery> queries = new ArrayList<>();
        List<List<List<String>>> expected = new ArrayList<>();
        for (int n = 0; n < 120; n++) {
            Object[] kinds = {n, (long) n << 32, null, "s" + n, (short) n, PgParameter.of(PgType.INT8, n)};
            Object value = kinds[n % kinds.length];
            queries.add(query("select $1 as v, $2::int as n", value, n));
            expected.add(List.of(List.of("v=" + (value instanceof PgParameter ? n : value), "n=" + n)));
        }

        assertThat(inOneWrite(queries)).extracting(Outcome::rows).isEqualTo(expected);
        assertAnswers(connection);
    }

    // ---- what is never kept, since the server does not guard it

    @Test
    void fetchFollowsItsCursor() {
        for (String columns : List.of("1 as a", "'x' as b, true as c", "interval '1 day' as a", "1::int8 as a", "")) {
            run(connection, "declare c cursor with hold for select " + columns + " from generate_series(1, 9)");
            Outcome right = truth("fetch 1 from c");
            for (int execution = 0; execution < 3; execution++) {
                assertThat(Outcome.of(query("fetch 1 from c"))).isEqualTo(right);
            }
            assertThat(inOneWrite(query("fetch 1 from c"), query("fetch 1 from c"), query("close c")))
                    .containsExactly(right, right, Outcome.of(query("select where false")));
        }
    }

    @Test
    void executeFollowsItsStatement() {
        for (String columns : List.of("1 as a", "'x' as b, true as c", "interval '1 day' as a", "1::int8 as a", "")) {
            run(connection, "prepare mine as select " + columns);
            Outcome right = truth("execute mine");
            for (int execution = 0; execution < 3; execution++) {
                assertThat(Outcome.of(query("execute mine"))).isEqualTo(right);
            }
            List<Outcome> outcomes = inOneWrite(
                    query("execute mine"),
                    query("deallocate mine"),
                    query("prepare mine as select date '2024-02-29' as d"),
                    query("execute mine"),
                    query("deallocate mine"));
            assertThat(outcomes.get(0)).isEqualTo(right);
            assertThat(outcomes.get(3).rows()).containsExactly(List.of("d=2024-02-29"));
        }
    }

    // ---- errors in the same write

    @Test
    void badSqlTwiceInOneWriteFailsTwiceAndLeavesNothing() {
        for (int round = 0; round < 3; round++) {
            assertThat(inOneWrite(
                            query("select nothing from t"),
                            query("select nothing from t"),
                            query("select a from t"),
                            query("select nothing from t")))
                    .containsExactly(
                            Outcome.failure("42703"),
                            Outcome.failure("42703"),
                            truth("select a from t"),
                            Outcome.failure("42703"));
        }
        assertThat(prepared()).doesNotContain("select nothing from t");

        run(connection, "alter table t add column nothing int default 3");
        assertThat(inOneWrite(query("select nothing from t"), query("select nothing from t")))
                .containsOnly(truth("select nothing from t"));
    }

    @Test
    void statementsThatAreEvictedBetweenErrorsInOneWriteAreAllClosed() {
        reopen(PgOption.STATEMENT_CACHE_SIZE, 2);
        List<PgQuery> queries = new ArrayList<>();
        List<Outcome> expected = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            int which = n * 7 % 11 % 5;
            queries.add(which == 4 ? query("select missing") : query("select " + which + " as v"));
            expected.add(which == 4 ? Outcome.failure("42703") : new Outcome(List.of(List.of("v=" + which)), "00000"));
        }

        for (int round = 0; round < 3; round++) {
            assertThat(inOneWrite(queries)).isEqualTo(expected);
        }

        run(connection, "show search_path");
        assertThat(prepared()).hasSizeLessThanOrEqualTo(2);
    }

    // ---- another connection

    @ParameterizedTest
    @MethodSource("io.fluxgres.StalePlanChanges#migrations")
    void aMigrationByAnotherConnectionIsFollowed(Change change) {
        prepare(change.sql());

        change.change().forEach(postgres::execute);

        List<PgQuery> executions =
                Stream.generate(() -> query(change.sql())).limit(9).toList();
        assertThat(change.sql().startsWith("select") ? inOneWrite(executions) : List.of(Outcome.of(executions.get(0))))
                .containsOnly(truth(change.sql()));
    }

    /** Repetitions may meet the next migration, which is an error then and never a wrong value. */
    @Test
    void migrationsWhileStatementsRunNeverShiftAValue() {
        postgres.execute("create table moving (v int); insert into moving values (1)");
        List<String> migrations = List.of(
                "begin; drop table moving; create table moving (v text); insert into moving values ('text'); commit",
                "begin; drop table moving; create table moving (v interval, w int8);"
                        + " insert into moving values ('1 day', 8); commit",
                "begin; drop table moving; create table moving (v int); insert into moving values (1); commit");
        CompletableFuture<Void> migrating = CompletableFuture.runAsync(() -> {
            for (int round = 0; round < 20; round++) {
                migrations.forEach(postgres::execute);
            }
        });
        List<Outcome> outcomes = new ArrayList<>();

        do {
            outcomes.addAll(inOneWrite(Stream.generate(() -> query("select * from moving"))
                    .limit(50)
                    .toList()));
        } while (!migrating.isDone());
        migrating.join();

        assertThat(outcomes)
                .isSubsetOf(
                        new Outcome(List.of(List.of("v=1")), "00000"),
                        new Outcome(List.of(List.of("v=text")), "00000"),
                        new Outcome(List.of(List.of("v=1 day", "w=8")), "00000"),
                        Outcome.failure("0A000"),
                        Outcome.failure("42P01"),
                        Outcome.failure("XX000"));
        assertThat(Outcome.of(query("select * from moving"))).isEqualTo(truth("select * from moving"));
    }
}
