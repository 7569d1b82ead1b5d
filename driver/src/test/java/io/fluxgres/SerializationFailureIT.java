package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Named.named;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Transactions that the server gives up at their commit, behind statements that it has reported as complete.
 *
 * <p>What is tested reads {@code seen} and writes {@code written}; another transaction has read {@code written} and written
 * {@code seen} before. Each must come before the other then. A deferred trigger holds the commit up until the other has
 * committed, so that it is always the one under test that fails, and always at its commit.
 */
@Timeout(60)
class SerializationFailureIT {

    private static final String INSERT = "insert into written select count(*) + $1 from seen";
    private static final List<Object[]> TWO = List.of(new Object[] {1}, new Object[] {2});

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;
    private PgConnection other;
    private PgConnection gate;

    @BeforeAll
    static void createTables() {
        postgres.execute("create table seen (n int); create table written (n int);"
                + "create function wait_at_gate() returns trigger language plpgsql as"
                + " $$ begin perform pg_advisory_xact_lock(1); return null; end $$;"
                + "create constraint trigger gate after insert on written deferrable initially deferred"
                + " for each row execute function wait_at_gate()");
    }

    @BeforeEach
    void open() {
        postgres.execute("truncate seen, written");
        connection = Connections.open(postgres);
        run(connection, "set default_transaction_isolation to serializable");
        other = Connections.open(postgres);
        gate = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
        Connections.close(other);
        Connections.close(gate);
    }

    /** Subscribes, and lets the other transaction commit while the commit of what is executed has begun. */
    private <T> CompletableFuture<List<T>> executeInConflict(Publisher<T> execution) {
        run(gate, "select pg_advisory_lock(1)");
        run(other, "begin isolation level serializable");
        list(other.query("select n from written").rows());
        run(other, "insert into seen values (1)");
        CompletableFuture<List<T>> values = Flux.from(execution).collectList().toFuture();
        await(
                "the commit",
                () -> "1"
                        .equals(postgres.queryForString("select count(*) from pg_stat_activity"
                                + " where datname = current_database() and wait_event = 'advisory'")));
        assertThat(values).isNotDone();
        run(other, "commit");
        run(gate, "select pg_advisory_unlock(1)");
        return values;
    }

    private PgException failureInConflict(Publisher<?> execution) {
        CompletableFuture<?> values = executeInConflict(execution);
        Throwable failure = catchThrowable(() -> Mono.fromFuture(values).block(TIMEOUT));
        assertThat(failure).isInstanceOf(PgException.class);
        return (PgException) failure;
    }

    private void assertUndone() {
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertAnswers(connection);
        assertThat(text(connection, "select count(*)::text from written")).isEqualTo("0");
    }

    static Stream<Named<Function<PgConnection, Publisher<?>>>> statements() {
        return Stream.of(
                named("rowsUpdated", connection -> insert(connection).rowsUpdated()),
                named(
                        "rowsUpdated, by Mono.from",
                        connection -> Mono.from(insert(connection).rowsUpdated())),
                named(
                        "rowsUpdated, by next",
                        connection ->
                                Flux.from(insert(connection).rowsUpdated()).next()),
                named("execute", connection -> insert(connection).execute()),
                named(
                        "execute, by Mono.from",
                        connection -> Mono.from(insert(connection).execute())),
                named(
                        "execute, by next",
                        connection -> insert(connection).execute().next()),
                named(
                        "the count of a result",
                        connection -> insert(connection).execute().flatMap(PgResult::rowsUpdated)),
                named("rows of none", connection -> insert(connection).rows()),
                named(
                        "the simple query protocol",
                        connection -> connection
                                .query("select 1; insert into written select count(*) from seen")
                                .rowsUpdated()),
                named(
                        "a transaction",
                        connection -> connection
                                .begin(PgTransactionOptions.defaults())
                                .then(insert(connection).rowsUpdated())
                                .then(connection.commit())),
                named(
                        "inTransaction",
                        connection -> connection.inTransaction(
                                transaction -> insert(transaction).rowsUpdated())));
    }

    private static PgQuery insert(PgConnection connection) {
        return connection.query(INSERT).bind(0);
    }

    @ParameterizedTest
    @MethodSource("statements")
    void aStatementFails(Function<PgConnection, Publisher<?>> execution) {
        PgException failure = failureInConflict(execution.apply(connection));

        assertThat(failure).isInstanceOf(PgServerException.class);
        assertThat(failure.sqlState()).isEqualTo("40001");
        assertUndone();
    }

    /** The statement is known by then, so that its values and Execute leave without a look at its columns. */
    @Test
    void aPreparedStatementFails() {
        for (int execution = 0; execution < 3; execution++) {
            run(connection, "truncate written");
            assertThat(insert(connection).rowsUpdated().block(TIMEOUT)).isEqualTo(1);
        }
        run(connection, "truncate written");

        assertThat(failureInConflict(insert(connection).rowsUpdated()).sqlState())
                .isEqualTo("40001");
        assertUndone();
    }

    @Test
    void onlyTheStatementThatFailsInAPipelineDoes() {
        CompletableFuture<List<String>> outcomes = executeInConflict(Flux.mergeSequential(
                outcome(connection.query("select 1")),
                outcome(insert(connection)),
                outcome(connection.query("select n from seen"))));

        assertThat(outcomes).succeedsWithin(TIMEOUT).isEqualTo(List.of("00000", "40001", "00000"));
        assertUndone();
    }

    @Test
    void aPipelinedCommitFailsAndNotTheStatementInFrontOfIt() {
        CompletableFuture<List<String>> outcomes = executeInConflict(Flux.mergeSequential(
                outcome(connection.query("begin")),
                outcome(insert(connection)),
                outcome(connection.query("commit")),
                outcome(connection.query("select 1"))));

        assertThat(outcomes).succeedsWithin(TIMEOUT).isEqualTo(List.of("00000", "00000", "40001", "00000"));
        assertUndone();
    }

    private static Mono<String> outcome(PgQuery query) {
        return Outcome.later(query).map(Outcome::sqlState);
    }

    @Test
    void rowsThatWereReturnedComeBeforeTheFailure() {
        AtomicInteger rows = new AtomicInteger();

        PgException failure = failureInConflict(connection
                .query(INSERT + " returning n")
                .bind(5)
                .map(row -> row.getInt(0))
                .doOnNext(rows::set));

        assertThat(rows).hasValue(5);
        assertThat(failure.sqlState()).isEqualTo("40001");
        assertUndone();
    }

    @Test
    void aFunctionThatMayBeRepeatedIsRepeated() {
        AtomicInteger attempts = new AtomicInteger();

        CompletableFuture<List<Long>> counts = executeInConflict(connection.inTransaction(
                PgTransactionOptions.defaults().withRetry(2, Duration.ofMillis(1)),
                transaction -> Mono.defer(() -> {
                    attempts.incrementAndGet();
                    return insert(transaction).rowsUpdated().then(Mono.empty());
                })));

        assertThat(counts).succeedsWithin(TIMEOUT).isEqualTo(List.of());
        assertThat(attempts).hasValue(2);
        assertThat(text(connection, "select n::text from written")).isEqualTo("1");
    }

    // ---- batches

    static Stream<Named<Function<PgConnection, Publisher<?>>>> batches() {
        return Stream.of(
                named("rowsUpdated", connection -> batch(connection).rowsUpdated()),
                named(
                        "rowsUpdated, by next",
                        connection -> Flux.from(batch(connection).rowsUpdated()).next()),
                named("counts", connection -> batch(connection).counts()),
                named(
                        "counts, by Mono.from",
                        connection -> Mono.from(batch(connection).counts())),
                named("execute", connection -> batch(connection).execute()),
                named(
                        "execute, by Mono.from",
                        connection -> Mono.from(batch(connection).execute())),
                named(
                        "execute, by next",
                        connection -> batch(connection).execute().next()),
                named(
                        "published rows",
                        connection -> connection
                                .query(INSERT)
                                .bindAll(Flux.fromIterable(TWO))
                                .rowsUpdated()),
                named(
                        "statements",
                        connection -> connection
                                .batch("select 1", "insert into written select count(*) from seen")
                                .rowsUpdated()));
    }

    private static PgBatch batch(PgConnection connection) {
        return connection.query(INSERT).bindAll(TWO);
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aBatchFailsAtItsCommit(Function<PgConnection, Publisher<?>> execution) {
        PgException failure = failureInConflict(execution.apply(connection));

        assertThat(failure)
                .isInstanceOfSatisfying(
                        PgBatchException.class,
                        batch -> assertThat(batch.index()).isEqualTo(PgBatchException.COMMIT));
        assertThat(failure.sqlState()).isEqualTo("40001");
        assertUndone();
    }

    @Test
    void outcomesTellThatAllItemsAreUndone() {
        assertThat(executeInConflict(batch(connection).outcomes().map(PgBatchOutcome::status)))
                .succeedsWithin(TIMEOUT)
                .isEqualTo(List.of(Status.UNDONE, Status.UNDONE));
        assertUndone();
    }

    @Test
    void withASyncEachOnlyTheItemInTheConflictFails() {
        assertThat(executeInConflict(batch(connection).syncEach().outcomes().map(PgBatchOutcome::status)))
                .succeedsWithin(TIMEOUT)
                .isEqualTo(List.of(Status.FAILED, Status.DONE));
        assertThat(text(connection, "select n::text from written")).isEqualTo("3");
    }
}
