package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.rows;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgUsageException;
import io.fluxgres.testkit.DelayProxy;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Autocommit, transactions, savepoints and timeouts. */
@Timeout(60)
class TransactionModesIT extends TransactionFixture {

    // ---- autocommit

    @Test
    void withoutAutoCommitEachStatementIsInATransaction() {
        await(connection.setAutoCommit(false));
        insert(1);
        assertThat(connection.isAutoCommit()).isFalse();
        assertThat(committed()).isEmpty();

        await(connection.commitTransaction());
        assertThat(committed()).containsExactly(1);

        insert(2);
        await(connection.rollbackTransaction());
        insert(3);
        await(connection.setAutoCommit(true));

        assertThat(committed()).containsExactly(1, 3);
        insert(4);
        assertThat(committed()).containsExactly(1, 3, 4);
    }

    @Test
    void statementsThatAreSubscribedToTogetherShareTheTransaction() {
        await(connection.setAutoCommit(false));
        Flux.range(1, 50)
                .flatMap(
                        i -> Flux.from(connection
                                        .createStatement("insert into item values ($1)")
                                        .bind(0, i)
                                        .execute())
                                .flatMap(Result::getRowsUpdated),
                        50)
                .blockLast(TIMEOUT);
        assertThat(committed()).isEmpty();

        await(connection.commitTransaction());

        assertThat(committed()).hasSize(50);
    }

    @Test
    void withoutAutoCommitToBeginTakesNoRoundTrip() {
        Duration delay = Duration.ofMillis(100);
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), delay)) {
            Connection distant = open("port", proxy.port());
            await(distant.setAutoCommit(false));
            Duration fastest = fastestInATransaction(distant, i -> run(distant, "insert into item values (" + i + ")"));
            Factories.close(distant);

            assertThat(fastest).isBetween(delay.multipliedBy(2), delay.multipliedBy(4));
            assertThat(committed()).isEmpty();
        }
    }

    @Test
    void aSavepointBeginsTheTransactionWithoutARoundTrip() {
        Duration delay = Duration.ofMillis(100);
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), delay)) {
            Connection distant = open("port", proxy.port());
            Duration fastest = fastestInATransaction(distant, i -> await(distant.createSavepoint("a" + i)));
            Factories.close(distant);

            assertThat(fastest).isBetween(delay.multipliedBy(2), delay.multipliedBy(4));
        }
    }

    /** Times something that begins a transaction; the machine may be busy with something else once, not five times. */
    private static Duration fastestInATransaction(Connection connection, IntConsumer timed) {
        return IntStream.range(0, 5)
                .mapToObj(i -> {
                    long started = System.nanoTime();
                    timed.accept(i);
                    Duration taken = Duration.ofNanos(System.nanoTime() - started);
                    assertThat(connection.isAutoCommit()).isFalse();
                    await(connection.rollbackTransaction());
                    return taken;
                })
                .min(Duration::compareTo)
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void aSavepointIsSetInTheTransactionThatIsOpenOrInANewOneOfTheLevel(String queryMode) {
        Connection session = open("queryMode", queryMode);
        await(session.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
        await(session.createSavepoint("first"));
        run(session, "insert into item values (1)");
        await(session.createSavepoint("select \"1\"; --"));
        run(session, "insert into item values (2)");
        await(session.rollbackTransactionToSavepoint("select \"1\"; --"));
        assertThat(rows(session, "show transaction_isolation", row -> row.get(0, String.class)))
                .containsExactly("serializable");
        await(session.commitTransaction());

        assertThat(committed()).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void withoutAutoCommitRowsOfValuesAndBatchesAreInATransactionToo(String queryMode) {
        Connection session = open("queryMode", queryMode);
        await(session.setAutoCommit(false));

        Flux.from(session.createStatement("insert into item values ($1)")
                        .bind(0, 1)
                        .add()
                        .bind(0, 2)
                        .execute())
                .then()
                .block(TIMEOUT);
        assertThat(committed()).isEmpty();
        await(session.commitTransaction());
        assertThat(committed()).containsExactly(1, 2);
        Flux.from(session.createBatch().add("delete from item").add("select 1").execute())
                .then()
                .block(TIMEOUT);
        Flux.from(session.createStatement("delete from item; select 1").execute())
                .then()
                .block(TIMEOUT);
        await(session.rollbackTransaction());
        assertThat(committed()).containsExactly(1, 2);
    }

    @Test
    void toEndATransactionThatWasNotBegunIsHarmless() {
        await(connection.setAutoCommit(false));
        await(connection.commitTransaction());
        await(connection.rollbackTransaction());
        await(connection.setAutoCommit(true));
        await(connection.commitTransaction());

        assertThat(connection.isAutoCommit()).isTrue();
    }

    // ---- transactions

    @Test
    void aTransactionInsideATransactionIsRefused() {
        await(connection.beginTransaction());

        assertThatThrownBy(() -> await(connection.beginTransaction()))
                .isInstanceOf(R2dbcException.class)
                .hasCauseInstanceOf(PgUsageException.class);
        insert(1);
        await(connection.commitTransaction());
        assertThat(committed()).containsExactly(1);
    }

    @Test
    void theDefinitionDecidesHowATransactionBegins() {
        await(connection.beginTransaction(definition(Map.of(
                TransactionDefinition.ISOLATION_LEVEL,
                IsolationLevel.SERIALIZABLE,
                TransactionDefinition.READ_ONLY,
                true,
                Option.valueOf("deferrable"),
                true,
                TransactionDefinition.NAME,
                "report",
                TransactionDefinition.LOCK_WAIT_TIMEOUT,
                Duration.ofMillis(1234)))));

        assertThat(setting("transaction_isolation")).isEqualTo("serializable");
        assertThat(setting("transaction_read_only")).isEqualTo("on");
        assertThat(setting("transaction_deferrable")).isEqualTo("on");
        assertThat(setting("lock_timeout")).isEqualTo("1234ms");
        await(connection.rollbackTransaction());
        assertThat(setting("lock_timeout")).isEqualTo("0");
    }

    @Test
    void theNameOfATransactionIsAcceptedAndNotSent() {
        await(connection.beginTransaction(
                definition(Map.of(TransactionDefinition.NAME, "com.example.Shop.sell(\"1\"); rollback; -- \0"))));
        insert(1);
        assertThat(connection.isAutoCommit()).isFalse();
        assertThat(committed()).isEmpty();

        await(connection.commitTransaction());
        assertThat(committed()).containsExactly(1);
    }

    private static TransactionDefinition definition(Map<Option<?>, Object> attributes) {
        return new TransactionDefinition() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> @Nullable T getAttribute(Option<T> option) {
                return (T) attributes.get(option);
            }
        };
    }

    @Test
    void aSavepointKeepsWhatWasDoneBefore() {
        await(connection.createSavepoint("a \"b\""));
        insert(1);
        await(connection.createSavepoint("second"));
        insert(2);
        assertThatThrownBy(() -> insert(2)).isInstanceOf(R2dbcException.class);
        await(connection.rollbackTransactionToSavepoint("second"));
        await(connection.releaseSavepoint("a \"b\""));
        await(connection.commitTransaction());

        assertThat(committed()).containsExactly(1);
    }

    @Test
    void theCommitOfAFailedTransactionIsAnError() {
        await(connection.beginTransaction());
        assertThatThrownBy(() -> run(connection, "select 1/0")).isInstanceOf(R2dbcException.class);

        assertThatThrownBy(() -> await(connection.commitTransaction())).isInstanceOf(R2dbcRollbackException.class);
    }

    @Test
    void aSerializationFailureIsARollback() {
        insert(1);
        await(connection.beginTransaction(IsolationLevel.SERIALIZABLE));
        await(other.beginTransaction(IsolationLevel.SERIALIZABLE));
        for (Connection each : new Connection[] {connection, other}) {
            integers(each, "select id from item");
        }
        insert(2);
        run(other, "insert into item values (3)");
        await(connection.commitTransaction());

        assertThatThrownBy(() -> await(other.commitTransaction()))
                .isInstanceOf(R2dbcRollbackException.class)
                .satisfies(failure ->
                        assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("40001"));
    }

    @Test
    void aLockIsWaitedForAsLongAsTheTimeoutSays() {
        insert(1);
        await(other.beginTransaction());
        run(other, "delete from item");
        await(connection.setLockWaitTimeout(Duration.ofMillis(50)));

        assertThatThrownBy(() -> run(connection, "delete from item"))
                .isInstanceOf(R2dbcTimeoutException.class)
                .satisfies(failure ->
                        assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("55P03"));
        await(other.rollbackTransaction());
    }

    @Test
    void aFailedTransactionIsAValidConnection() {
        await(connection.beginTransaction());
        assertThatThrownBy(() -> run(connection, "select 1/0")).isInstanceOf(R2dbcException.class);

        assertThat(await(connection.validate(ValidationDepth.REMOTE))).isTrue();
    }
}
