package io.fluxgres;

import static io.fluxgres.Books.assertIdle;
import static io.fluxgres.Books.complete;
import static io.fluxgres.Books.insert;
import static io.fluxgres.Books.text;
import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@Timeout(60)
class TransactionIT extends BooksFixture {

    private static final PgTransactionOptions SERIALIZABLE =
            PgTransactionOptions.defaults().withIsolation(PgIsolation.SERIALIZABLE);

    // ---- begin, commit, rollback

    @Test
    void whatIsCommittedStays() {
        complete(connection.begin().then(insert(connection, 1)).then(connection.commit()));

        assertThat(BOOKS.committed()).isEqualTo("1");
        assertIdle(connection);
    }

    @Test
    void whatIsRolledBackIsGone() {
        complete(connection.begin().then(insert(connection, 1)));
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        complete(connection.rollback());

        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void beginIsRefusedInATransactionAndLeavesItAlone() {
        complete(connection.begin().then(insert(connection, 1)));

        assertThatThrownBy(() -> complete(connection.begin())).isInstanceOf(PgUsageException.class);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        complete(connection.commit());
        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    @Test
    void beginIsRefusedBehindABeginThatIsNotAnsweredYet() {
        Flux<Object> both = Flux.mergeDelayError(2, connection.query("begin").rowsUpdated(), connection.begin())
                .map(value -> value);

        assertThatThrownBy(() -> complete(both)).isInstanceOf(PgUsageException.class);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
    }

    @Test
    void commitIsRefusedAndRollbackHasNoEffectOutsideATransaction() {
        assertThatThrownBy(() -> complete(connection.commit())).isInstanceOf(PgUsageException.class);
        complete(connection.rollback());
        assertIdle(connection);
    }

    @Test
    void commitOfAFailedTransactionIsAnError() {
        complete(connection.begin().then(insert(connection, 1)));
        assertThatThrownBy(() -> complete(connection.query("select 1 / 0").rows()))
                .isInstanceOf(PgServerException.class);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);

        PgRollbackException failure =
                catchThrowableOfType(PgRollbackException.class, () -> complete(connection.commit()));

        assertThat(failure.fault()).isEqualTo(PgException.Fault.CALLER);
        assertThat(failure.safeToRetry()).isTrue();
        assertThat(BOOKS.committed()).isEmpty();
        assertIdle(connection);
    }

    @Test
    void aFailedTransactionCanBeRolledBack() {
        complete(connection.begin());
        assertThatThrownBy(() -> complete(connection.query("select 1 / 0").rows()))
                .isInstanceOf(PgServerException.class);
        complete(connection.rollback());
        assertIdle(connection);
    }

    @Test
    void aDeferredConstraintFailsTheCommit() {
        complete(connection
                .begin()
                .then(connection.query("insert into page values (7)").rowsUpdated()));

        assertThatThrownBy(() -> complete(connection.commit()))
                .isInstanceOfSatisfying(
                        PgServerException.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("23503"));
        assertIdle(connection);
    }

    @Test
    void rollbackDoesNotWaitForAResultThatNobodyRequests() {
        complete(connection.begin());
        Unrequested paused = new Unrequested();
        connection
                .query("select repeat('x', 100) from generate_series(1, 500000)")
                .rows()
                .subscribe(paused);
        paused.awaitRow();

        complete(connection.rollback());

        assertThat(paused.failure()).isInstanceOf(PgBackpressureException.class);
        assertIdle(connection);
    }

    @Test
    void rollbackDoesNotWaitForACancelledStatement() {
        complete(connection.begin());
        Disposable sleep = connection.query("select pg_sleep(50)").rows().subscribe();
        String asleep = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and pid = "
                + connection.processId();
        Connections.await("the statement sleeps", () -> "1".equals(postgres.queryForString(asleep)));
        sleep.dispose();

        long started = System.nanoTime();
        complete(connection.rollback());

        // far less than the five seconds after which a transaction that goes on loses its cancelled statement
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
        assertIdle(connection);
    }

    /** Requests one row. */
    private static final class Unrequested extends BaseSubscriber<Object> {

        private final CompletableFuture<Object> row = new CompletableFuture<>();
        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        protected void hookOnNext(Object value) {
            row.complete(value);
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            failure.complete(thrown);
        }

        void awaitRow() {
            row.orTimeout(20, TimeUnit.SECONDS).join();
        }

        Throwable failure() {
            return failure.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    // ---- transaction modes

    @ParameterizedTest
    @EnumSource(PgIsolation.class)
    void theIsolationLevelIsSet(PgIsolation isolation) {
        PgTransactionOptions options = PgTransactionOptions.defaults().withIsolation(isolation);
        String expected = isolation.name().toLowerCase(Locale.ROOT).replace('_', ' ');

        assertThat(connection
                        .inTransaction(options, transaction -> text(transaction, "show transaction_isolation"))
                        .blockLast(TIMEOUT))
                .isEqualTo(expected);
        assertThat(connection
                        .begin(options)
                        .then(text(connection, "show transaction_isolation"))
                        .block(TIMEOUT))
                .isEqualTo(expected);
        complete(connection.rollback());
    }

    @Test
    void readOnlyAndDeferrableAreSet() {
        PgTransactionOptions options = SERIALIZABLE.withReadOnly(true).withDeferrable(true);

        assertThat(connection
                        .inTransaction(
                                options,
                                transaction -> Flux.concat(
                                        text(transaction, "show transaction_read_only"),
                                        text(transaction, "show transaction_deferrable")))
                        .collectList()
                        .block(TIMEOUT))
                .containsExactly("on", "on");
        assertThatThrownBy(() -> complete(connection.inTransaction(options, transaction -> insert(transaction, 1))))
                .isInstanceOfSatisfying(
                        PgServerException.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("25006"));
        assertIdle(connection);
    }

    @Test
    void readWriteAndNotDeferrableOverrideTheDefaults() {
        complete(connection
                .query("set default_transaction_read_only = on; set default_transaction_deferrable = on")
                .rowsUpdated());
        PgTransactionOptions options =
                PgTransactionOptions.defaults().withReadOnly(false).withDeferrable(false);

        assertThat(connection
                        .inTransaction(
                                options,
                                transaction ->
                                        insert(transaction, 1).then(text(transaction, "show transaction_deferrable")))
                        .blockLast(TIMEOUT))
                .isEqualTo("off");
        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    // ---- the end of the connection

    @Test
    void aFunctionOnAConnectionThatEndedInATransactionFailsWithThatEnd() {
        complete(connection.begin());
        postgres.queryForString("select pg_terminate_backend(" + connection.processId() + ")");
        Connections.await("the end of the connection", () -> !connection.isHealthy());

        PgConnectionException failure =
                failure(PgConnectionException.class, connection.inTransaction(transaction -> insert(transaction, 1)));

        assertThat(failure.safeToRetry()).isTrue();
        assertThat(failure.sqlState()).isEqualTo("57P01");
    }

    @Test
    void aFunctionBehindAnotherThatClosedTheConnectionJustNowFailsWithThatEnd() {
        AtomicReference<@Nullable Boolean> healthy = new AtomicReference<>();

        PgConnectionException failure = failure(
                PgConnectionException.class,
                connection
                        .inTransaction(transaction -> insert(transaction, 1)
                                .flatMap(count -> connection.close().then(insert(transaction, 2))))
                        .onErrorResume(PgConnectionException.class, end -> {
                            healthy.set(connection.isHealthy());
                            return connection.inTransaction(transaction -> insert(transaction, 3));
                        }));

        assertThat(failure.safeToRetry()).isTrue();
        assertThat(failure).hasMessageContaining("closed by the caller");
        assertThat(healthy.get()).isFalse();
        assertThat(BOOKS.committed()).isEmpty();
    }

    // ---- savepoints

    @ParameterizedTest
    @ValueSource(strings = {"a", "Mixed Case", "\"", "a\"\"b", "'; drop table book; --", "größer", "select"})
    void savepointsTakeAnyName(String name) {
        complete(connection
                .begin()
                .then(insert(connection, 1))
                .then(connection.savepoint(name))
                .then(insert(connection, 2))
                .then(connection.rollbackToSavepoint(name))
                .then(insert(connection, 3))
                .then(connection.releaseSavepoint(name))
                .then(connection.commit()));

        assertThat(BOOKS.committed()).isEqualTo("1 3");
    }

    @Test
    void aNulInTheNameOfASavepointIsRefused() {
        assertThatThrownBy(() -> connection.savepoint("a\0b")).isInstanceOf(PgUsageException.class);
    }
}
