package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.run;
import static io.r2dbc.spi.IsolationLevel.READ_COMMITTED;
import static io.r2dbc.spi.IsolationLevel.REPEATABLE_READ;
import static io.r2dbc.spi.IsolationLevel.SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.DelayProxy;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the getter of the isolation level tells is what the server executes under. */
@Timeout(60)
class IsolationIT extends TransactionFixture {

    private Connection session;

    private void open(String queryMode) {
        session = open("queryMode", queryMode);
    }

    /** As a role does whose default that is. */
    private void openWithServerDefault(String queryMode, IsolationLevel level) {
        postgres.execute("alter role current_user set default_transaction_isolation = '" + name(level) + "'");
        open(queryMode);
    }

    @AfterEach
    void resetRole() {
        postgres.execute("alter role current_user reset default_transaction_isolation");
    }

    private static String name(IsolationLevel level) {
        return level.asSql().toLowerCase(java.util.Locale.ROOT);
    }

    private void assertLevel(IsolationLevel expected) {
        assertThat(session.getTransactionIsolationLevel()).isEqualTo(expected);
        assertThat(shown()).isEqualTo(name(expected));
    }

    private String shown() {
        return Factories.rows(
                        session, "select current_setting('transaction_isolation')", row -> row.get(0, String.class))
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void insideATransactionItIsTheLevelOfItsDefinition(String queryMode) {
        open(queryMode);
        await(session.beginTransaction(SERIALIZABLE));
        assertLevel(SERIALIZABLE);
        assertThatThrownBy(() -> run(session, "select 1/0")).isInstanceOf(R2dbcException.class);
        assertThat(session.getTransactionIsolationLevel()).isEqualTo(SERIALIZABLE);
        await(session.rollbackTransaction());

        assertLevel(READ_COMMITTED);
        await(session.beginTransaction());
        assertLevel(READ_COMMITTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void theServersDefaultIsToldByTheFirstBegin(String queryMode) {
        openWithServerDefault(queryMode, SERIALIZABLE);
        assertThat(session.getTransactionIsolationLevel()).isEqualTo(READ_COMMITTED);

        await(session.beginTransaction());
        assertLevel(SERIALIZABLE);
        await(session.commitTransaction());
        assertLevel(SERIALIZABLE);

        run(session, "set default_transaction_isolation = 'repeatable read'");
        await(session.beginTransaction());
        assertLevel(REPEATABLE_READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void withoutAutoCommitTheStatementThatBeginsTellsIt(String queryMode) {
        openWithServerDefault(queryMode, REPEATABLE_READ);
        await(session.setAutoCommit(false));
        run(session, "insert into item values (1)");
        assertLevel(REPEATABLE_READ);
        await(session.rollbackTransaction());

        run(session, "insert into item values (1); insert into item values (2)");
        assertLevel(REPEATABLE_READ);
        await(session.rollbackTransaction());

        await(session.createSavepoint("a"));
        assertLevel(REPEATABLE_READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void outsideATransactionItIsSetForSingleStatementsAndTransactionsToCome(String queryMode) {
        open(queryMode);
        await(session.setTransactionIsolationLevel(SERIALIZABLE));
        assertLevel(SERIALIZABLE);
        await(session.beginTransaction());
        assertLevel(SERIALIZABLE);
        await(session.rollbackTransaction());
        assertLevel(SERIALIZABLE);

        await(session.beginTransaction(REPEATABLE_READ));
        assertLevel(REPEATABLE_READ);
        await(session.commitTransaction());
        assertLevel(SERIALIZABLE);

        await(session.setAutoCommit(false));
        assertLevel(SERIALIZABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void insideATransactionItIsSetUntilItsEnd(String queryMode) {
        open(queryMode);
        await(session.setTransactionIsolationLevel(REPEATABLE_READ));
        await(session.beginTransaction());
        await(session.setTransactionIsolationLevel(SERIALIZABLE));
        assertLevel(SERIALIZABLE);
        await(session.commitTransaction());

        assertLevel(REPEATABLE_READ);
        await(session.beginTransaction());
        assertLevel(REPEATABLE_READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void whatTheServerRefusesIsNotTold(String queryMode) {
        open(queryMode);
        await(session.beginTransaction());
        run(session, "select 1");

        assertThatThrownBy(() -> await(session.setTransactionIsolationLevel(SERIALIZABLE)))
                .isInstanceOf(R2dbcException.class);
        assertThat(session.getTransactionIsolationLevel()).isEqualTo(READ_COMMITTED);
        assertThatThrownBy(() -> await(session.setTransactionIsolationLevel(SERIALIZABLE)))
                .isInstanceOf(R2dbcException.class);
        await(session.rollbackTransaction());
        assertLevel(READ_COMMITTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void theHandBackUndoesIt(String queryMode) {
        openWithServerDefault(queryMode, REPEATABLE_READ);
        await(session.setTransactionIsolationLevel(SERIALIZABLE));
        await(((Lifecycle) session).preRelease());
        assertThat(shown()).isEqualTo("repeatable read");

        await(((Lifecycle) session).postAllocate());
        await(session.setTransactionIsolationLevel(SERIALIZABLE));
        await(((Lifecycle) session).postAllocate());
        assertThat(shown()).isEqualTo("repeatable read");

        await(session.beginTransaction());
        assertLevel(REPEATABLE_READ);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theQuestionTakesNoRoundTrip(boolean autoCommit) {
        Duration delay = Duration.ofMillis(100);
        postgres.execute("alter role current_user set default_transaction_isolation = 'serializable'");
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), delay)) {
            session = open("port", proxy.port());
            await(session.setAutoCommit(autoCommit));
            Consumer<Connection> begin =
                    autoCommit ? c -> await(c.beginTransaction()) : c -> run(c, "insert into item values (1)");
            Duration fastest = IntStream.range(0, 3)
                    .mapToObj(i -> {
                        long started = System.nanoTime();
                        begin.accept(session);
                        Duration taken = Duration.ofNanos(System.nanoTime() - started);
                        assertLevel(SERIALIZABLE);
                        await(session.rollbackTransaction());
                        return taken;
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            Factories.close(session);

            assertThat(fastest).isBetween(delay.multipliedBy(2), delay.multipliedBy(4));
        }
    }
}
