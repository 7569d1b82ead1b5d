package io.fluxgres;

import static io.fluxgres.Books.assertIdle;
import static io.fluxgres.Books.complete;
import static io.fluxgres.Books.insert;
import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.testkit.DelayProxy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Batches of each kind within {@code inTransaction}. */
@Timeout(60)
class BatchInTransactionIT extends BooksFixture {

    private static final String INSERT = "insert into book values ($1) returning id";

    @BeforeAll
    static void createTables() {
        postgres.execute("create sequence attempt;"
                + "create function flaky() returns int language plpgsql as $$ begin"
                + " if nextval('attempt') < 3 then raise sqlstate '40001'; end if; return 1; end $$");
    }

    @AfterEach
    void theConnectionIsIdleAndAnswers() {
        assertIdle(connection);
    }

    private static PgBatch inserts(PgConnection transaction, int from, int count) {
        return transaction.query(INSERT).bindAll(rows(from, count));
    }

    private static List<Object[]> rows(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> new Object[] {n})
                .toList();
    }

    private static PgBatch published(PgConnection transaction, Flux<Integer> numbers) {
        return transaction.query(INSERT).bindAll(numbers.map(n -> new Object[] {n}));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 50_000})
    void aBatchThatBringsBeginAlongIsCommittedWithTheRest(int rows) {
        complete(connection.inTransaction(
                transaction -> inserts(transaction, 0, rows).rowsUpdated().then(insert(transaction, -1))));

        assertThat(stored()).isEqualTo(rows + 1);
        assertOneTransaction();
    }

    @Test
    void aBatchBehindAnotherStatementIsCommittedWithIt() {
        List<Integer> returned = Connections.list(connection.inTransaction(transaction ->
                insert(transaction, -1).thenMany(inserts(transaction, 0, 2000).map(row -> row.getInt(0)))));

        assertThat(returned).isEqualTo(IntStream.range(0, 2000).boxed().toList());
        assertThat(stored()).isEqualTo(2001);
        assertOneTransaction();
    }

    @Test
    void severalStatementsBringBeginAlongToo() {
        List<Long> counts = Connections.list(connection.inTransaction(transaction -> transaction
                .batch("insert into book values (1), (2)", "delete from book where id = 1", "select 1")
                .counts()));

        assertThat(counts).containsExactly(2L, 1L, 0L);
        assertThat(BOOKS.committed()).isEqualTo("2");
    }

    @Test
    void beginAndTheBatchTakeOneRoundTrip() {
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), Duration.ofMillis(100))) {
            PgConnection distant = Connections.open(
                    PgOptions.parse(postgres.url().replace(":" + postgres.port() + "/", ":" + proxy.port() + "/")));
            // the machine may be busy with something else once, not five times
            Duration fastest = IntStream.range(0, 5)
                    .mapToObj(i -> {
                        long started = System.nanoTime();
                        complete(distant.inTransaction(transaction ->
                                inserts(transaction, i * 1000, 1000).rowsUpdated()));
                        return Duration.ofNanos(System.nanoTime() - started);
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            Connections.close(distant);

            // COMMIT takes the second
            assertThat(fastest).isBetween(Duration.ofMillis(400), Duration.ofMillis(590));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500, 30_000})
    void anItemThatFailsIsNamedAndTheTransactionRolledBack(int failing) {
        postgres.execute("insert into book values (" + failing + ")");

        PgBatchException failure = failure(
                PgBatchException.class,
                connection.inTransaction(transaction -> insert(transaction, -1)
                        .then(inserts(transaction, 0, 40_000).rowsUpdated())));
        PgBatchException first = failure(
                PgBatchException.class,
                connection.inTransaction(
                        transaction -> inserts(transaction, 0, 40_000).rowsUpdated()));

        assertThat(failure.index()).isEqualTo(failing);
        assertThat(first.index()).isEqualTo(failing);
        assertThat(first.sqlState()).isEqualTo("23505");
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void anItemThatCannotBeEncodedInTheMiddleRollsTheTransactionBack() {
        List<Object[]> rows = IntStream.range(0, 50_000)
                .mapToObj(n -> new Object[] {n < 40_000 ? n : new Object()})
                .toList();

        PgBatchException failure = failure(
                PgBatchException.class,
                connection.inTransaction(
                        transaction -> transaction.query(INSERT).bindAll(rows).rowsUpdated()));

        assertThat(failure.index()).isEqualTo(40_000);
        assertThat(stored()).isZero();
    }

    @Test
    void whoPassesOverTheFailureOfABatchFailsAtTheCommit() {
        failure(
                PgRollbackException.class,
                connection.inTransaction(transaction -> insert(transaction, 5)
                        .then(inserts(transaction, 0, 10).rowsUpdated())
                        .onErrorComplete()));

        assertThat(stored()).isZero();
    }

    @Test
    void behindASavepointOnlyTheBatchIsUndone() {
        complete(connection.inTransaction(transaction -> insert(transaction, 5)
                .then(transaction.savepoint("before"))
                .then(inserts(transaction, 0, 10).rowsUpdated())
                .onErrorResume(
                        PgBatchException.class,
                        failure -> transaction.rollbackToSavepoint("before").thenReturn(0L))
                .then(inserts(transaction, 10, 2).rowsUpdated())));

        assertThat(BOOKS.committed()).isEqualTo("5 10 11");
    }

    @Test
    void aBatchThatFailsToSerializeIsRepeatedWithItsTransaction() {
        List<Long> inserted = Connections.list(connection.inTransaction(
                PgTransactionOptions.defaults().withRetry(5, Duration.ofMillis(1)),
                transaction -> transaction
                        .batch("insert into book values (1)", "insert into book select flaky() + 1")
                        .rowsUpdated()));

        assertThat(inserted).containsExactly(2L);
        assertThat(BOOKS.committed()).isEqualTo("1 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stringsTakeTheTypeOfTheColumn(boolean first) {
        postgres.execute("drop table if exists ids; create table ids (id uuid)");
        Iterator<Object[]> once = Stream.generate(
                        () -> new Object[] {UUID.randomUUID().toString()})
                .limit(40_000)
                .iterator();
        String sql = "insert into ids values ($1) -- " + first;

        complete(connection.inTransaction(transaction -> (first ? Mono.empty() : insert(transaction, 1))
                .then(transaction.query(sql).bindAll(() -> once).rowsUpdated())));

        assertThat(postgres.queryForString("select count(*) from ids")).isEqualTo("40000");
        assertThat(BOOKS.committed()).isEqualTo(first ? "" : "1");
    }

    @Test
    void aStringThatNoTypeMakesRightIsAFailureOfTheItem() {
        PgBatchException failure = failure(
                PgBatchException.class,
                connection.inTransaction(transaction -> transaction
                        .query("insert into book values ($1)")
                        .bindAll(List.<Object[]>of(new Object[] {"no number"}))
                        .rowsUpdated()));

        assertThat(failure.index()).isZero();
        assertThat(failure.sqlState()).isEqualTo("22P02");
        assertThat(stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 20_000})
    void aCancelRollsBack(int seen) {
        StepVerifier.create(
                        connection.inTransaction(
                                transaction -> inserts(transaction, 0, 100_000).map(row -> row.getInt(0))),
                        seen)
                .expectNextCount(seen)
                .thenCancel()
                .verify(TIMEOUT);

        Connections.await("the rollback", () -> connection.transactionStatus() == PgTransactionStatus.IDLE);
        assertThat(stored()).isZero();
    }

    @Test
    void itemsWithASyncEachAreCommittedTogetherToo() {
        List<PgBatchOutcome> outcomes = Connections.list(connection.inTransaction(
                transaction -> inserts(transaction, 0, 3000).syncEach().outcomes()));

        assertThat(outcomes).hasSize(3000).extracting(PgBatchOutcome::status).containsOnly(Status.DONE);
        assertThat(stored()).isEqualTo(3000);
        assertOneTransaction();
    }

    @Test
    void publishedRowsAreCommittedWithTheRest() {
        complete(connection.inTransaction(transaction ->
                published(transaction, Flux.range(0, 3000)).rowsUpdated().then(insert(transaction, -1))));

        assertThat(stored()).isEqualTo(3001);
        assertOneTransaction();
    }

    @Test
    void thePublisherMayQueryTheTransactionItself() {
        complete(connection.inTransaction(transaction -> published(
                        transaction,
                        Flux.range(0, 3000)
                                .concatMap(n -> transaction
                                        .query("select $1 + count(*)::int * 0 from book")
                                        .bind(n)
                                        .map(row -> row.getInt(0))))
                .rowsUpdated()));
        complete(connection.inTransaction(transaction -> published(
                        transaction,
                        transaction
                                .query("select n from generate_series(3000, 5999) n")
                                .map(row -> row.getInt(0)))
                .rowsUpdated()));

        assertThat(stored()).isEqualTo(6000);
    }

    @Test
    void whatPublishedRowsDidIsRolledBackWithTheFunctionsFailure() {
        IllegalStateException thrown = new IllegalStateException("no");

        assertThat(failure(
                        IllegalStateException.class,
                        connection.inTransaction(transaction -> published(transaction, Flux.range(0, 3000))
                                .rowsUpdated()
                                .then(Mono.error(thrown)))))
                .isSameAs(thrown);
        assertThat(stored()).isZero();
    }

    private static void assertOneTransaction() {
        assertThat(postgres.queryForString("select count(distinct xmin::text) from book"))
                .isEqualTo("1");
    }

    private static int stored() {
        return Integer.parseInt(Objects.requireNonNull(postgres.queryForString("select count(*) from book")));
    }
}
