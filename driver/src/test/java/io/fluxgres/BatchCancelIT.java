package io.fluxgres;

import static io.fluxgres.ItemTable.INSERT;
import static io.fluxgres.ItemTable.failure;
import static io.fluxgres.ItemTable.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Atomic batches that nobody waits for any more, or whose rows nobody requests. */
@Timeout(60)
class BatchCancelIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final ItemTable items = new ItemTable(POSTGRES);

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 20_000, 100_000})
    void aCancelledBatchTakesEffectAsAWholeOrNotAtAll(int rows) {
        for (int seen : new int[] {0, 1, 50, 30_000}) {
            POSTGRES.execute("truncate item");
            Flux<Integer> returned = items.connection()
                    .query(INSERT + " returning n")
                    .bindAll(rows(rows))
                    .map(row -> row.getInt(0));

            StepVerifier.create(returned, Math.max(1, seen))
                    .expectNextCount(Math.min(seen, rows))
                    .thenCancel()
                    .verify(DEADLINE);

            assertThat(items.count().block(DEADLINE)).isIn(0L, (long) rows);
        }
    }

    @Test
    void aCancelledBatchIsNotPartlyLeftInATransaction() {
        items.connection().query("begin").rowsUpdated().block(DEADLINE);
        StepVerifier.create(items.connection()
                        .query(INSERT + " returning n")
                        .bindAll(rows(100_000))
                        .map(row -> row.getInt(0)))
                .expectNextCount(10)
                .thenCancel()
                .verify(DEADLINE);

        assertThatExceptionOfType(PgServerException.class)
                .isThrownBy(() -> items.count().block(DEADLINE))
                .matches(failure -> failure.sqlState().equals("25P02"));
        items.connection().query("rollback").rowsUpdated().block(DEADLINE);
        assertThat(items.stored()).isZero();
    }

    @Test
    void aMappingFunctionThatThrowsLeavesAWholeOrNothing() {
        IllegalStateException thrown = new IllegalStateException("mapping");
        Flux<Integer> returned = items.connection()
                .query(INSERT + " returning n")
                .bindAll(rows(50_000))
                .map(row -> {
                    if (row.getInt(0) == 100) {
                        throw thrown;
                    }
                    return row.getInt(0);
                });

        StepVerifier.create(returned)
                .expectNextCount(100)
                .expectErrorMatches(thrown::equals)
                .verify(DEADLINE);
        assertThat(items.stored()).isIn(0, 50_000);
    }

    @Test
    void aBatchWhoseRowsNobodyRequestsLetsOthersPass() {
        Flux<Integer> returned = items.connection()
                .query(INSERT + " returning n")
                .bindAll(rows(20_000))
                .map(row -> row.getInt(0));

        StepVerifier.create(returned, 1)
                .expectNextCount(1)
                .then(() -> assertThat(items.count().block(DEADLINE)).isEqualTo(20_000L))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(19_999)
                .expectComplete()
                .verify(DEADLINE);
    }

    @Test
    void theCallersCancelFailsTheWholeBatch() {
        Mono<Long> slow = items.connection()
                .query("insert into item select $1, pg_sleep(0.02)::text")
                .bindAll(IntStream.range(0, 10_000)
                        .mapToObj(n -> new Object[] {n})
                        .toList())
                .rowsUpdated();

        StepVerifier.create(slow)
                .then(() -> {
                    while (!"active"
                            .equals(POSTGRES.queryForString("select state from pg_stat_activity where pid = "
                                    + items.connection().processId()))) {
                        Thread.onSpinWait();
                    }
                    items.connection().cancel().block(DEADLINE);
                })
                .expectErrorSatisfies(failure ->
                        assertThat(((PgException) failure).sqlState()).isEqualTo("57014"))
                .verify(DEADLINE);
        assertThat(items.stored()).isZero();
    }

    @Test
    void theEndOfTheConnectionLeavesTheOutcomeUnknown() {
        PgConnection doomed = PgClient.create(POSTGRES.url()).connect().block(DEADLINE);
        Mono<Long> batch = doomed.batch(
                        "insert into item values (1, 'a')",
                        "select pg_terminate_backend(" + doomed.processId() + "), pg_sleep(10)")
                .rowsUpdated();

        assertThatExceptionOfType(PgConnectionException.class)
                .isThrownBy(() -> batch.block(DEADLINE))
                .matches(failure -> !failure.safeToRetry());
        assertThat(items.stored()).isZero();
    }
}
