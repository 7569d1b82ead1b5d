package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Batches of which each item has a Sync of its own. */
@Timeout(60)
class SyncEachBatchIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void connect() {
        POSTGRES.execute("drop table if exists item; create table item (n int primary key)");
        connection = PgClient.create(POSTGRES.url()).connect().block(DEADLINE);
    }

    @AfterEach
    void theConnectionAnswers() {
        assertThat(connection
                        .query("select $1 + 1")
                        .bind(41)
                        .map(row -> row.getInt(0))
                        .blockLast(DEADLINE))
                .isEqualTo(42);
        connection.close().block(DEADLINE);
    }

    private PgBatch inserts(Integer... numbers) {
        return connection
                .query("insert into item values ($1) returning n")
                .bindAll(List.of(numbers).stream().map(n -> new Object[] {n}).toList())
                .syncEach();
    }

    @Test
    void eachItemIsATransactionOfItsOwn() {
        Long inserted = connection
                .query("insert into item values ($1)")
                .bindAll(IntStream.range(0, 3000).mapToObj(n -> row(n)).toList())
                .syncEach()
                .rowsUpdated()
                .block(DEADLINE);

        assertThat(inserted).isEqualTo(3000L);
        assertThat(POSTGRES.queryForString("select count(distinct xmin::text) from item"))
                .isEqualTo("3000");
    }

    @Test
    void aHundredThousandLongItemsWithLongAnswersDoNotDeadlock() {
        String kilobyte = "x".repeat(1000);

        Long returned = connection
                .query("select $1, $2")
                .bindAll(Flux.range(0, 100_000).map(n -> new Object[] {n, kilobyte}))
                .syncEach()
                .map(row -> row.getInt(0))
                .count()
                .block(DEADLINE);

        assertThat(returned).isEqualTo(100_000L);
    }

    @Test
    void anItemThatFailsNeitherUndoesNorStopsOthers() {
        List<PgBatchOutcome> outcomes =
                inserts(1, 2, 1, 3, 2).outcomes().collectList().block(DEADLINE);

        assertThat(outcomes)
                .extracting(PgBatchOutcome::status)
                .containsExactly(Status.DONE, Status.DONE, Status.FAILED, Status.DONE, Status.FAILED);
        assertThat(outcomes).extracting(PgBatchOutcome::rowsUpdated).containsExactly(1L, 1L, 0L, 1L, 0L);
        assertThat(outcomes.get(4).failure()).isInstanceOfSatisfying(PgBatchException.class, failure -> {
            assertThat(failure.index()).isEqualTo(4);
            assertThat(failure.sqlState()).isEqualTo("23505");
        });
        assertThat(stored()).isEqualTo(3);
    }

    @Test
    void theFirstFailureIsSignalledWhenAllItemsWereExecuted() {
        StepVerifier.create(inserts(1, 2, 1, 3, 2, 4).counts())
                .expectNext(1L, 1L)
                .expectErrorSatisfies(failure -> {
                    assertThat(((PgBatchException) failure).index()).isEqualTo(2);
                    assertThat(stored()).isEqualTo(4);
                })
                .verify(DEADLINE);
        PgBatchException failure = catchThrowableOfType(
                PgBatchException.class, () -> inserts(9, 1).rowsUpdated().block(DEADLINE));
        assertThat(failure.index()).isEqualTo(1);
        assertThat(stored()).isEqualTo(5);
    }

    @Test
    void rowsOfItemsThatFailAreMissingAndOthersComeInOrder() {
        StepVerifier.create(inserts(1, 2, 1, 3, 2, 4).map(row -> row.getInt(0)))
                .expectNext(1, 2, 3, 4)
                .expectErrorMatches(failure -> ((PgBatchException) failure).index() == 2)
                .verify(DEADLINE);
    }

    @Test
    void anItemThatCannotBeBoundFailsByItself() {
        List<PgBatchOutcome> outcomes = connection
                .query("insert into item values ($1)")
                .bindAll(List.of(row(1), row(new Object()), row(2)))
                .syncEach()
                .outcomes()
                .collectList()
                .block(DEADLINE);

        assertThat(outcomes)
                .extracting(PgBatchOutcome::status)
                .containsExactly(Status.DONE, Status.FAILED, Status.DONE);
        assertThat(outcomes.get(1).failure()).hasCauseInstanceOf(PgUsageException.class);
    }

    @Test
    void statementsThatNeedNoTransactionMayBeAmongThem() {
        PgBatch batch = connection.batch("insert into item values (1)", "vacuum item", "insert into item values (2)");

        PgBatchException atomic = catchThrowableOfType(
                PgBatchException.class, () -> batch.rowsUpdated().block(DEADLINE));
        assertThat(atomic.index()).isEqualTo(1);
        assertThat(atomic.sqlState()).isEqualTo("25001");
        assertThat(stored()).isZero();

        assertThat(batch.syncEach().counts().collectList().block(DEADLINE)).containsExactly(1L, 0L, 1L);
    }

    @Test
    void publishedRowsAreCommittedAsTheyCome() {
        Flux<Object[]> rows = Flux.range(0, 1000)
                .map(SyncEachBatchIT::row)
                .concatWith(Flux.error(() -> new IllegalStateException("the publisher failed")));

        StepVerifier.create(connection
                        .query("insert into item values ($1)")
                        .bindAll(rows)
                        .syncEach()
                        .rowsUpdated())
                .expectErrorMessage("the publisher failed")
                .verify(DEADLINE);
        assertThat(connection.query("select 1").rowsUpdated().block(DEADLINE)).isZero();
        assertThat(stored()).isPositive();
    }

    @Test
    void withTheSimpleProtocolAloneOnlyThisKindIsPossible() {
        PgConnection simple =
                PgClient.create(POSTGRES.url() + "?queryMode=simple").connect().block(DEADLINE);
        PgBatch batch = simple.query("insert into item values ($1)").bindAll(List.of(row(1), row(2)));

        assertThat(catchThrowableOfType(
                        PgUsageException.class, () -> batch.rowsUpdated().block(DEADLINE)))
                .isNotNull();
        assertThat(batch.syncEach().rowsUpdated().block(DEADLINE)).isEqualTo(2L);
        simple.close().block(DEADLINE);
    }

    private static Object[] row(Object value) {
        return new Object[] {value};
    }

    private static int stored() {
        return Integer.parseInt(Objects.requireNonNull(POSTGRES.queryForString("select count(*) from item")));
    }
}
