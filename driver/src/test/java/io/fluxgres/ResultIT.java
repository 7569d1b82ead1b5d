package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What {@link PgQuery#execute} gives, and who gets which error. */
@Timeout(60)
class ResultIT {

    private static final String MANY = "select i, repeat('x', 1000) from generate_series(1, 30000) i";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
        run(connection, "create table item (id int primary key, pair int unique deferrable initially deferred)");
    }

    @AfterEach
    void close() {
        Connections.close(connection);
        postgres.execute("drop table item");
    }

    private static <T> T one(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(TIMEOUT));
    }

    private PgResult result(String sql) {
        return one(connection.query(sql).execute().next());
    }

    private static Flux<Integer> numbers(PgResult result) {
        return result.map(row -> row.getInt(0));
    }

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
                        .concatMap(ResultIT::numbers)))
                .containsExactly(42);
    }

    // ---- common ways to consume them

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 30_000})
    void theFirstResultKeepsItsRowsWhenTheOuterSubscriberCancels(int rows) {
        String sql = MANY.replace("30000", Integer.toString(rows));

        Flux<Integer> numbers = connection.query(sql).execute().next().flatMapMany(ResultIT::numbers);

        assertThat(numbers.count().block(TIMEOUT)).isEqualTo(rows);
        assertAnswers(connection);
    }

    @Test
    void aResultMayBeConsumedOnAnotherThread() {
        Flux<Integer> numbers = connection
                .query(MANY)
                .execute()
                .publishOn(Schedulers.parallel(), 1)
                .concatMap(ResultIT::numbers, 1)
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

    // ---- errors

    @Test
    void anErrorInFrontOfTheFirstRowIsOneOfTheOuterPublisher() {
        run(connection, "insert into item values (1)");

        assertThat(failure(
                                PgServerException.class,
                                connection
                                        .query("insert into item values (1)")
                                        .execute()
                                        .next())
                        .sqlState())
                .isEqualTo("23505");
        assertThat(failure(
                                PgServerException.class,
                                connection.query("select 1/0").execute())
                        .sqlState())
                .isEqualTo("22012");
        assertAnswers(connection);
    }

    @Test
    void aDeferredConstraintFailsBeforeTheResultIsGiven() {
        run(connection, "insert into item values (1, 1)");
        AtomicBoolean given = new AtomicBoolean();

        Flux<PgResult> results =
                connection.query("insert into item values (2, 1)").execute().doOnNext(result -> given.set(true));

        assertThat(failure(PgServerException.class, results.next()).sqlState()).isEqualTo("23505");
        assertThat(given).isFalse();
    }

    @Test
    void aDeferredConstraintFailsTheResultWhoseRowsHaveCome() {
        run(connection, "insert into item values (1, 1)");

        Flux<Integer> numbers = connection
                .query("insert into item values (2, 1) returning id")
                .execute()
                .next()
                .flatMapMany(ResultIT::numbers);

        StepVerifier.create(numbers)
                .expectNext(2)
                .expectErrorSatisfies(error ->
                        assertThat(((PgServerException) error).sqlState()).isEqualTo("23505"))
                .verify(TIMEOUT);
    }

    @Test
    void aResultThatFailsAndIsNotConsumedFailsTheOuterPublisher() {
        failure(
                PgServerException.class,
                connection
                        .query("select 10 / (3 - i) from generate_series(1, 5) i")
                        .execute()
                        .then());
        assertAnswers(connection);
    }

    @Test
    void anErrorThatAResultHasTakenIsNotSignalledTwice() {
        List<Integer> seen = list(connection
                .query("select 10 / (3 - i) from generate_series(1, 5) i")
                .execute()
                .flatMap(result -> numbers(result).onErrorReturn(-1)));

        assertThat(seen).containsExactly(5, 10, -1);
    }

    @Test
    void aLaterStatementThatFailsTakesTheCountOfTheEarlierOneBack() {
        failure(
                PgServerException.class,
                connection
                        .query("insert into item values (1); select 1/0")
                        .execute()
                        .next());
        assertThat(Connections.text(connection, "select count(*) from item")).isEqualTo("0");
    }

    @Test
    void aResultThatIsOpenFailsWithItsConnection() {
        PgResult open = result(MANY);

        Connections.close(connection);

        failure(PgException.class, numbers(open));
    }

    @Test
    void aRollbackDiscardsAResultThatIsOpen() {
        run(connection, "begin");
        PgResult open = result(MANY);
        PgResult kept = result("select 5");

        connection.rollback().block(TIMEOUT);

        failure(PgBackpressureException.class, numbers(open));
        failure(PgBackpressureException.class, numbers(kept));
        assertAnswers(connection);
    }

    @Test
    void theDeadlineFailsAResultThatIsOpen() {
        PgResult open = one(
                connection.query(MANY).timeout(Duration.ofMillis(300)).execute().next());

        StepVerifier.create(numbers(open), 0)
                .expectError(PgTimeoutException.class)
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    // ---- cancels

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pg_sleep(20)",
                "select * from generate_series(1, 100000000)",
                "select 1; select pg_sleep(20)"
            })
    void aCancelBeforeTheFirstResultEndsTheQuery(String sql) {
        AtomicBoolean begun = new AtomicBoolean();
        connection
                .query(sql)
                .execute()
                .doOnSubscribe(s -> begun.set(true))
                .subscribe()
                .dispose();

        await("subscribed", begun::get);
        assertAnswers(connection);
    }

    @Test
    void requestingNothingPositiveIsAnErrorOfTheResult() {
        PgResult result = result("select 1");
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(0).subscribedTo(numbers(result));

        subscriber.request(0);

        subscriber.awaitError(IllegalArgumentException.class);
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
