package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What {@link PgQuery#execute} gives, and the ways to consume it. */
@Timeout(60)
class ResultIT extends ResultFixture {

    // ---- results and what they tell

    @Test
    void severalStatementsGiveSeveralResultsInTheirOrder() {
        List<String> seen = list(connection
                .query("insert into item values (1), (2); select id from item; update item set pair = id; select 7"
                        + " where false")
                .execute()
                .concatMap(result -> result.columns().isEmpty()
                        ? result.rowsUpdated().map(count -> result.command() + " " + count)
                        : numbers(result).collectList().map(Object::toString)));

        assertThat(seen).containsExactly("INSERT 2", "[1, 2]", "UPDATE 2", "[]");
    }

    @Test
    void aResultTellsColumnsCommandCountAndNotices() {
        run(
                connection,
                "create or replace function warn() returns int language plpgsql as"
                        + " 'begin raise notice ''careful''; return 1; end'");

        PgResult result = result("insert into item select warn() returning id as new_id");

        assertThat(result.columns()).extracting(PgColumn::name).containsExactly("new_id");
        assertThat(result.command()).isNull();
        assertThat(list(numbers(result))).containsExactly(1);
        assertThat(result.command()).isEqualTo("INSERT");
        assertThat(result.updateCount()).isEqualTo(1);
        assertThat(result.notices())
                .extracting(notice -> notice.fields().message())
                .containsExactly("careful");
    }

    @Test
    void aResultThatIsDroppedDoesNotHoldUpTheOnesBehindIt() {
        assertThat(list(connection
                        .query("select 1; select 2; select 3; insert into item values (4)")
                        .execute()
                        .index()
                        .filter(result -> result.getT1() != 1)
                        .concatMap(result -> result.getT1() == 3
                                ? result.getT2().rowsUpdated().map(Long::intValue)
                                : numbers(result.getT2()))))
                .containsExactly(1, 3, 1);
        assertAnswers(connection);
    }

    @Test
    void aQueryHasNoUpdateCount() {
        PgResult result = result("select 1");

        assertThat(one(result.rowsUpdated())).isZero();
        assertThat(result.updateCount()).isEqualTo(-1);
    }

    @Test
    void aResultCanBeConsumedOnce() {
        PgResult result = result("select 1");

        assertThat(list(numbers(result))).containsExactly(1);
        failure(IllegalStateException.class, numbers(result));
        failure(IllegalStateException.class, result.rowsUpdated());
    }

    @Test
    void outParametersOfACallAreARow() {
        run(connection, "create or replace procedure twice(i int, out result int) language sql as 'select i * 2'");

        assertThat(list(connection
                        .query("call twice($1, null)")
                        .bind(21)
                        .execute()
                        .concatMap(ResultFixture::numbers)))
                .containsExactly(42);
    }

    // ---- common ways to consume them

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 30_000})
    void theFirstResultKeepsItsRowsWhenTheOuterSubscriberCancels(int rows) {
        String sql = MANY.replace("30000", Integer.toString(rows));

        Flux<Integer> numbers = connection.query(sql).execute().next().flatMapMany(ResultFixture::numbers);

        assertThat(numbers.count().block(TIMEOUT)).isEqualTo(rows);
        assertAnswers(connection);
    }

    @Test
    void aResultMayBeConsumedOnAnotherThread() {
        Flux<Integer> numbers = connection
                .query(MANY)
                .execute()
                .publishOn(Schedulers.parallel(), 1)
                .concatMap(ResultFixture::numbers, 1)
                .publishOn(Schedulers.boundedElastic(), 7);

        assertThat(numbers.count().block(TIMEOUT)).isEqualTo(30_000);
        assertAnswers(connection);
    }

    @Test
    void droppedResultsLetTheirOwnQueryEnd() {
        connection
                .query("select * from generate_series(1, 1000)")
                .execute()
                .then()
                .block(TIMEOUT);
        connection.query("select 1; select 2; select 3").execute().then().block(TIMEOUT);

        assertAnswers(connection);
    }

    @Test
    void aDroppedResultTooLargeToBeKeptLetsItsOwnQueryEnd() {
        try (Closing small = small()) {
            PgResult dropped =
                    one(small.connection().query(MANY).execute().collectList().map(results -> results.get(0)));

            failure(PgBackpressureException.class, numbers(dropped));
            assertAnswers(small.connection());
        }
    }

    @Test
    void aDroppedResultDoesNotBlockOtherQueries() {
        try (Closing small = small()) {
            PgResult dropped = one(small.connection().query(MANY).execute().next());

            assertAnswers(small.connection());
            failure(PgBackpressureException.class, numbers(dropped));
        }
    }

    @Test
    void droppedResultsDoNotUseUpTheMemoryOfTheConnection() {
        try (Closing small = small()) {
            for (int i = 0; i < 50; i++) {
                one(small.connection()
                        .query("select repeat('x', 5000) from generate_series(1, 10)")
                        .execute()
                        .next());
            }
            assertThat(one(small.connection()
                            .query(MANY)
                            .map(row -> row.getInt(0))
                            .count()))
                    .isEqualTo(30_000L);
        }
    }

    @Test
    void aResultThatWasKeptIsThereLater() {
        PgResult kept = result("select * from generate_series(1, 100)");
        assertAnswers(connection);

        assertThat(list(numbers(kept))).hasSize(100);
        assertAnswers(connection);
    }

    @Test
    void rowsOfALaterLargeResultStreamWhenTheEarlierOneWaitsForNothingElse() {
        try (Closing small = small()) {
            assertThat(list(small.connection()
                            .query(MANY + "; " + MANY)
                            .execute()
                            .concatMap(result -> numbers(result).count())))
                    .containsExactly(30_000L, 30_000L);
            assertThat(list(small.connection()
                            .query("set application_name = 'x'; " + MANY)
                            .execute()
                            .flatMap(result -> numbers(result).count())))
                    .containsExactlyInAnyOrder(0L, 30_000L);
        }
    }

    @Test
    void takingAFewRowsOfAResultEndsTheQuery() {
        assertThat(list(connection
                        .query("select * from generate_series(1, 10000000)")
                        .execute()
                        .concatMap(result -> numbers(result).take(3))))
                .containsExactly(1, 2, 3);
        assertAnswers(connection);
    }

    @Test
    void rowsComeAsTheyAreRequested() {
        List<Integer> mapped = new ArrayList<>();
        StepVerifier.create(
                        connection
                                .query(MANY)
                                .execute()
                                .next()
                                .flatMapMany(result -> result.map(row -> {
                                    mapped.add(row.getInt(0));
                                    return row.getInt(0);
                                }))
                                .limitRate(1),
                        0)
                .thenRequest(2)
                .expectNext(1, 2)
                .expectNoEvent(Duration.ofMillis(50))
                .then(() -> assertThat(mapped).hasSizeLessThan(5))
                .thenCancel()
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    @Test
    void aMappingFunctionThatThrowsFailsItsResultOnly() {
        IllegalArgumentException thrown = new IllegalArgumentException("no");

        assertThat(failure(
                        IllegalArgumentException.class,
                        connection
                                .query(MANY)
                                .execute()
                                .concatMap(result -> result.map(row -> {
                                    throw thrown;
                                }))))
                .isSameAs(thrown);
        assertAnswers(connection);
    }

    /** A connection that keeps little. */
    private Closing small() {
        return new Closing(Connections.open(postgres, PgOption.SPOOL_BYTES, 100_000));
    }

    private record Closing(PgConnection connection) implements AutoCloseable {

        @Override
        public void close() {
            Connections.close(connection);
        }
    }
}
