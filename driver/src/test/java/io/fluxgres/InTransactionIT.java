package io.fluxgres;

import static io.fluxgres.Books.assertIdle;
import static io.fluxgres.Books.complete;
import static io.fluxgres.Books.insert;
import static io.fluxgres.Books.text;
import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.DelayProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
class InTransactionIT extends BooksFixture {

    private static final PgTransactionOptions SERIALIZABLE =
            PgTransactionOptions.defaults().withIsolation(PgIsolation.SERIALIZABLE);

    @Test
    void aSavepointMakesAFailedTransactionUsableAgain() {
        complete(connection.inTransaction(transaction -> transaction
                .savepoint("before")
                .then(insert(transaction, 1))
                .then(transaction.query("select 1 / 0").rows().then())
                .onErrorResume(PgServerException.class, error -> transaction.rollbackToSavepoint("before"))
                .then(insert(transaction, 2))));

        assertThat(BOOKS.committed()).isEqualTo("2");
    }

    @Test
    void aFunctionThatCompletesIsCommitted() {
        List<Long> counts = connection
                .inTransaction(transaction -> insert(transaction, 1).concatWith(insert(transaction, 2)))
                .collectList()
                .block(TIMEOUT);

        assertThat(counts).containsExactly(1L, 1L);
        assertThat(BOOKS.committed()).isEqualTo("1 2");
        assertIdle(connection);
    }

    @Test
    void aFunctionThatFailsIsRolledBackAndItsErrorSurfaces() {
        IllegalStateException failure = new IllegalStateException("no");

        assertThatThrownBy(() -> complete(connection.inTransaction(
                        transaction -> insert(transaction, 1).then(Mono.error(failure)))))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).noneMatch(PgException.class::isInstance);
        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void aFunctionThatThrowsOrReturnsNullLeavesTheConnectionIdle() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> {
                    throw new IllegalStateException("no");
                })))
                .hasMessage("no");
        assertThatThrownBy(() -> complete(connection.inTransaction(InTransactionIT::nothing)))
                .isInstanceOf(NullPointerException.class);
        assertIdle(connection);
    }

    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    private static Publisher<Object> nothing(PgConnection transaction) {
        return null;
    }

    @Test
    void aFunctionThatPassesOverAnErrorFailsAtItsCommit() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> insert(transaction, 1)
                        .then(transaction.query("select 1 / 0").rows().then())
                        .onErrorComplete())))
                .isInstanceOf(PgRollbackException.class);
        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void aDeferredConstraintFailsTheFunction() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction ->
                        transaction.query("insert into page values (7)").rowsUpdated())))
                .isInstanceOf(PgServerException.class);
        assertIdle(connection);
    }

    @Test
    void aCancelInTheMiddleRollsBack() {
        Disposable subscription = connection
                .inTransaction(transaction -> insert(transaction, 1)
                        .thenMany(transaction
                                .query("select n from generate_series(1, 10000000) n")
                                .rows()))
                .limitRate(1)
                .delayElements(Duration.ofSeconds(100))
                .subscribe();
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> connection.transactionStatus() == PgTransactionStatus.IN_TRANSACTION)
                .blockFirst(TIMEOUT);
        subscription.dispose();

        complete(connection.query("select 1").rows());
        assertIdle(connection);
        assertThat(BOOKS.committed()).isEmpty();
    }

    @Test
    void aCancelWithinTheFirstStatementRollsBack() {
        String first = connection
                .inTransaction(transaction -> transaction
                        .query("insert into book select n from generate_series(1, 100000) n returning id")
                        .map(row -> "row"))
                .blockFirst(TIMEOUT);

        assertThat(first).isEqualTo("row");
        assertIdle(connection);
        assertThat(BOOKS.committed()).isEmpty();
    }

    @Test
    void anOperatorThatCancelsTheFirstStatementDoesNotAbortTheTransaction() {
        complete(connection.inTransaction(transaction -> transaction
                .query("select repeat('x', 10000), pg_sleep(0.01) from generate_series(1, 20)")
                .rows()
                .next()
                .then(insert(transaction, 1))));

        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    @Test
    void aFunctionWithoutStatementsSendsNothing() {
        String before = text(connection, "select query from pg_stat_activity where pid = pg_backend_pid()")
                .block(TIMEOUT);
        complete(connection.inTransaction(transaction -> Mono.empty()));

        assertThat(postgres.queryForString("select query from pg_stat_activity where pid = " + connection.processId()))
                .isEqualTo(before);
    }

    @Test
    void severalStatementsInOneTextAreInTheTransactionToo() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> transaction
                        .query("insert into book values (1); insert into book values (2)")
                        .rowsUpdated()
                        .then(Mono.error(new IllegalStateException("no"))))))
                .hasMessage("no");
        assertThat(BOOKS.committed()).isEmpty();

        complete(connection.inTransaction(
                SERIALIZABLE,
                transaction -> transaction
                        .query("insert into book values (1); insert into book values (2)")
                        .rowsUpdated()));
        assertThat(BOOKS.committed()).isEqualTo("1 2");
    }

    @Test
    void concurrentStatementsOfOneTransactionAreAllInIt() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> Flux.range(1, 100)
                        .flatMap(n -> insert(transaction, n), 100)
                        .then(Mono.error(new IllegalStateException("no"))))))
                .hasMessage("no");
        assertThat(BOOKS.committed()).isEmpty();
    }

    @Test
    void theSimpleQueryProtocolServesTransactionsToo() {
        PgConnection simple = Connections.open(postgres, PgOption.QUERY_MODE, PgQueryMode.SIMPLE);
        complete(simple.inTransaction(SERIALIZABLE, transaction -> insert(transaction, 1)));
        assertThatThrownBy(() -> complete(simple.inTransaction(
                        transaction -> insert(transaction, 2).then(Mono.error(new IllegalStateException("no"))))))
                .hasMessage("no");
        complete(simple.close());

        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"insert into book values (1)", "insert into book values (1); insert into book values (2)"})
    void aStatementBehindABeginThatFailsIsNotExecuted(String sql) {
        PgTransactionOptions wrong = PgTransactionOptions.defaults().withMode("isolation level impossible");

        assertThatThrownBy(() -> complete(connection.inTransaction(
                        wrong, transaction -> transaction.query(sql).rowsUpdated())))
                .isInstanceOfSatisfying(
                        PgServerException.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("42601"));
        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void noStatementIsExecutedWhenBeginHasFailed() {
        PgTransactionOptions wrong = PgTransactionOptions.defaults().withMode("isolation level impossible");

        assertThatThrownBy(() -> complete(connection.inTransaction(
                        wrong,
                        transaction -> Flux.mergeDelayError(
                                        3,
                                        insert(transaction, 1),
                                        insert(transaction, 2),
                                        transaction
                                                .query("insert into book values (3)")
                                                .rowsUpdated())
                                .onErrorComplete())))
                .isInstanceOf(PgRollbackException.class);
        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void aTransactionInATransactionIsRefused() {
        complete(connection.inTransaction(transaction -> insert(transaction, 1)
                .then(refused(
                        transaction.inTransaction(inner -> insert(inner, 2)).then()))
                .then(refused(
                        connection.inTransaction(inner -> insert(inner, 3)).then()))
                .then(refused(transaction.begin()))
                .then(refused(transaction.commit()))
                .then(refused(transaction.rollback()))));
        assertThat(BOOKS.committed()).isEqualTo("1");

        complete(connection.begin());
        complete(refused(connection.inTransaction(inner -> insert(inner, 4)).then()));
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        complete(connection.rollback());
        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    private static Mono<Void> refused(Mono<Void> request) {
        return request.then(Mono.<Void>error(new AssertionError("not refused")))
                .onErrorComplete(PgUsageException.class);
    }

    @Test
    void aTransactionDoesNotTouchTheOneThatWasBegunJustBefore() {
        Flux<Object> both = Flux.mergeDelayError(
                        2,
                        connection.query("begin").rowsUpdated(),
                        connection.inTransaction(transaction -> insert(transaction, 1)))
                .map(value -> value);

        assertThatThrownBy(() -> complete(both)).isInstanceOf(PgUsageException.class);
        complete(insert(connection, 2));
        complete(connection.commit());
        assertThat(BOOKS.committed()).isEqualTo("2");
    }

    @Test
    void theConnectionOfAFunctionIsRefusedBehindItsEnd() {
        PgConnection ended = connection
                .inTransaction(transaction -> insert(transaction, 1).thenReturn(transaction))
                .blockLast(TIMEOUT);

        assertThatThrownBy(() -> complete(insert(ended, 2))).isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> complete(ended.savepoint("late"))).isInstanceOf(PgUsageException.class);
        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    @Test
    void aFunctionThatEndsTheTransactionItselfFailsAndExecutesNothingBehindIt() {
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> insert(transaction, 1)
                        .then(transaction.query("commit").rowsUpdated())
                        .then(insert(transaction, 2)))))
                .isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> insert(transaction, 3)
                        .then(transaction.query("rollback").rowsUpdated()))))
                .isInstanceOfSatisfying(
                        PgRollbackException.class,
                        failure -> assertThat(failure.safeToRetry()).isFalse());
        assertThat(BOOKS.committed()).isEqualTo("1");
        assertIdle(connection);
    }

    @Test
    void beginTakesNoRoundTripOfItsOwn() {
        Duration delay = Duration.ofMillis(20);
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), delay)) {
            PgConnection distant = Connections.open(postgres, PgOption.PORT, proxy.port());
            Duration fastest = IntStream.range(0, 10)
                    .mapToObj(n -> {
                        long started = System.nanoTime();
                        complete(distant.inTransaction(transaction -> insert(transaction, n)));
                        return Duration.ofNanos(System.nanoTime() - started);
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            complete(distant.close());

            // two round trips: BEGIN with the INSERT, then COMMIT
            assertThat(fastest)
                    .isBetween(delay.multipliedBy(4), delay.multipliedBy(6).minusMillis(1));
        }
    }

    @Test
    void aSerializationFailureIsRepeated() {
        PgConnection other = Connections.open(postgres);
        AtomicInteger attempts = new AtomicInteger();

        Long moved = connection
                .inTransaction(SERIALIZABLE.withRetry(3, Duration.ofMillis(1)), transaction -> {
                    boolean disturbed = attempts.incrementAndGet() == 1;
                    return text(transaction, "select sum(balance)::text from account")
                            .then(disturbed ? withdraw(other, 2) : Mono.just(0L))
                            .then(transaction
                                    .query("update account set balance = balance - 10 where id = 2")
                                    .rowsUpdated());
                })
                .blockLast(TIMEOUT);
        complete(other.close());

        assertThat(moved).isEqualTo(1);
        assertThat(attempts).hasValue(2);
        assertThat(postgres.queryForString("select balance from account where id = 2"))
                .isEqualTo("80");
        assertIdle(connection);
    }

    private static Mono<Long> withdraw(PgConnection connection, int account) {
        return connection
                .query("update account set balance = balance - 10 where id = $1")
                .bind(account)
                .rowsUpdated();
    }

    @Test
    void withoutARetryASerializationFailureSurfaces() {
        PgConnection other = Connections.open(postgres);

        assertThatThrownBy(() -> complete(connection.inTransaction(
                        SERIALIZABLE,
                        transaction -> text(transaction, "select sum(balance)::text from account")
                                .then(withdraw(other, 2))
                                .then(withdraw(transaction, 2)))))
                .isInstanceOfSatisfying(
                        PgServerException.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("40001"));
        complete(other.close());
        assertIdle(connection);
    }

    @Test
    void theCockroachProtocolCommitsOnPostgresToo() {
        complete(connection.inTransaction(
                PgTransactionOptions.defaults().withCockroachRestart(true), transaction -> insert(transaction, 1)));

        assertThat(BOOKS.committed()).isEqualTo("1");
        assertIdle(connection);
    }
}
