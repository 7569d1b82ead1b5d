package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Batches whose rows come from a publisher, into one transaction. */
@Timeout(60)
class PublishedBatchIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void connect() {
        POSTGRES.execute("drop table if exists item cascade; create table item (n int primary key)");
        connection = PgClient.create(POSTGRES.url()).connect().block(DEADLINE);
    }

    @AfterEach
    void theConnectionAnswersAndIsIdle() {
        assertThat(connection
                        .query("select $1 + 1")
                        .bind(41)
                        .map(row -> row.getInt(0))
                        .blockLast(DEADLINE))
                .isEqualTo(42);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        connection.close().block(DEADLINE);
    }

    private PgBatch inserts(Flux<Integer> numbers) {
        return connection.query("insert into item values ($1) returning n").bindAll(numbers.map(n -> new Object[] {n}));
    }

    @Test
    void allRowsAreOneTransaction() {
        assertThat(inserts(Flux.range(0, 10_500)).rowsUpdated().block(DEADLINE)).isEqualTo(10_500L);

        assertThat(stored()).isEqualTo(10_500);
        assertThat(POSTGRES.queryForString("select count(distinct xmin::text) from item"))
                .isEqualTo("1");
    }

    @Test
    void countsOutcomesAndRowsComeInTheOrderOfTheRows() {
        assertThat(inserts(Flux.range(0, 2500))
                        .map(row -> row.getInt(0))
                        .collectList()
                        .block(DEADLINE))
                .isEqualTo(IntStream.range(0, 2500).boxed().toList());
        assertThat(inserts(Flux.range(3000, 1500)).counts().collectList().block(DEADLINE))
                .hasSize(1500)
                .containsOnly(1L);
        assertThat(inserts(Flux.range(5000, 1500)).outcomes().last().block(DEADLINE))
                .isEqualTo(new PgBatchOutcome(1499, PgBatchOutcome.Status.DONE, 1, null));
        assertThat(inserts(Flux.empty()).rowsUpdated().block(DEADLINE)).isZero();
    }

    @Test
    void thePublisherMayQueryTheSameConnection() {
        Flux<Integer> numbers = Flux.range(0, 3000)
                .concatMap(n -> connection
                        .query("select $1 + count(*)::int * 0 from item")
                        .bind(n)
                        .map(row -> row.getInt(0)));

        assertThat(inserts(numbers).rowsUpdated().block(DEADLINE)).isEqualTo(3000L);
        assertThat(stored()).isEqualTo(3000);
    }

    @Test
    void thePublisherMayBeAQueryOfTheSameConnection() {
        Flux<Integer> numbers =
                connection.query("select n from generate_series(1, 20000) n").map(row -> row.getInt(0));

        assertThat(inserts(numbers).rowsUpdated().block(DEADLINE)).isEqualTo(20_000L);
    }

    @Test
    void withinATransactionThePublisherMayQueryTooAndNothingIsCommitted() {
        run("begin");
        Flux<Integer> numbers = Flux.range(0, 3000)
                .concatMap(n -> connection.query("select $1").bind(n).map(row -> row.getInt(0)));

        assertThat(inserts(numbers).rowsUpdated().block(DEADLINE)).isEqualTo(3000L);

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertThat(stored()).isZero();
        run("commit");
        assertThat(stored()).isEqualTo(3000);
    }

    @Test
    void theTransactionThatWasBegunJustBeforeIsFound() {
        Mono<Long> begin = connection.query("begin").rowsUpdated();

        Flux.merge(begin, inserts(Flux.range(0, 10)).rowsUpdated()).blockLast(DEADLINE);

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        run("rollback");
        assertThat(stored()).isZero();
    }

    @Test
    void aRowThatFailsUndoesAllChunksAndIsNamed() {
        PgBatchException failure = failure(inserts(Flux.concat(Flux.range(0, 4200), Flux.just(7))));

        assertThat(failure.index()).isEqualTo(4200);
        assertThat(failure.sqlState()).isEqualTo("23505");
        assertThat(stored()).isZero();
    }

    @Test
    void aPublisherThatFailsUndoesAllChunks() {
        Flux<Integer> numbers = Flux.range(0, 4200).concatWith(Flux.error(() -> new IllegalStateException("mine")));

        StepVerifier.create(inserts(numbers).rowsUpdated())
                .expectErrorMessage("mine")
                .verify(DEADLINE);
        assertThat(stored()).isZero();
    }

    @Test
    void aStatementOfThePublisherThatFailsUnseenFailsTheCommit() {
        Flux<Integer> numbers = Flux.range(0, 10)
                .concatWith(connection
                        .query("select 1 / 0")
                        .map(row -> row.getInt(0))
                        .onErrorComplete());

        // the rows are sent when the publisher has completed, behind the statement that failed
        assertThat(failure(inserts(numbers)).sqlState()).isEqualTo("25P02");
        assertThat(stored()).isZero();

        Flux<Integer> full = Flux.range(0, 1000)
                .concatWith(Mono.delay(Duration.ofMillis(1))
                        .thenMany(connection.query("select 1 / 0").map(row -> row.getInt(0)))
                        .onErrorComplete());
        PgBatchException failure = failure(inserts(full));
        assertThat(failure.index()).isEqualTo(PgBatchException.COMMIT);
        assertThat(failure).hasCauseInstanceOf(PgRollbackException.class);
        assertThat(stored()).isZero();
    }

    @Test
    void aConstraintThatFailsAtTheCommitIsReported() {
        POSTGRES.execute("drop table if exists child; create table child (n int references item"
                + " deferrable initially deferred)");
        PgBatchException failure = failure(connection
                .query("insert into child values ($1)")
                .bindAll(Flux.range(0, 10).map(n -> new Object[] {n})));

        assertThat(failure.index()).isEqualTo(PgBatchException.COMMIT);
        assertThat(failure.sqlState()).isEqualTo("23503");
        POSTGRES.execute("drop table child");
    }

    @Test
    void cancelRollsBack() {
        for (int seen : new int[] {0, 1, 999, 1000, 2500}) {
            TestPublisher<Integer> more = TestPublisher.create();
            StepVerifier.create(inserts(Flux.concat(Flux.range(0, 3000), more.flux()))
                            .map(row -> row.getInt(0)))
                    .expectNextCount(seen)
                    .thenCancel()
                    .verify(DEADLINE);

            assertThat(connection
                            .query("select count(*) from item")
                            .map(row -> row.getInt(0))
                            .blockLast(DEADLINE))
                    .isZero();
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        }
    }

    @Test
    void nothingIsHeldOpenWhileThePublisherIsWaitedFor() {
        Sinks.Many<Integer> numbers = Sinks.many().unicast().onBackpressureBuffer();
        IntStream.range(0, 1500).forEach(numbers::tryEmitNext);
        Mono<Integer> firstChunk = connection
                .query("select count(*) from item")
                .map(row -> row.getInt(0))
                .repeat()
                .filter(count -> count == 1000)
                .next();

        StepVerifier.create(inserts(numbers.asFlux()).rowsUpdated())
                .then(() -> assertThat(firstChunk.block(DEADLINE)).isEqualTo(1000))
                .then(numbers::tryEmitComplete)
                .expectNext(1500L)
                .expectComplete()
                .verify(DEADLINE);
    }

    private void run(String sql) {
        connection.query(sql).rowsUpdated().block(DEADLINE);
    }

    private static PgBatchException failure(PgBatch batch) {
        return catchThrowableOfType(
                PgBatchException.class, () -> batch.rowsUpdated().block(DEADLINE));
    }

    private static int stored() {
        return Integer.parseInt(Objects.requireNonNull(POSTGRES.queryForString("select count(*) from item")));
    }
}
