package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;
import static io.r2dbc.spi.IsolationLevel.READ_COMMITTED;
import static io.r2dbc.spi.IsolationLevel.REPEATABLE_READ;
import static io.r2dbc.spi.IsolationLevel.SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.DelayProxy;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** The modes of a connection hold where an answer comes 60 ms later too. */
@Timeout(60)
class SlowNetworkIT extends AdapterFixture {

    private DelayProxy line;
    private Connection far;

    @BeforeEach
    void connect() {
        line = DelayProxy.start(postgres.host(), postgres.port(), Duration.ofMillis(30));
        far = Factories.open(Factories.factory(postgres, "host", "127.0.0.1", "port", line.port()));
    }

    @AfterEach
    void disconnect() {
        Factories.close(far);
        line.close();
    }

    private void assertLevel(IsolationLevel expected) {
        assertThat(far.getTransactionIsolationLevel()).isEqualTo(expected);
        assertThat(shown("transaction_isolation")).isEqualTo(expected.asSql().toLowerCase(Locale.ROOT));
    }

    private String shown(String parameter) {
        return Factories.rows(far, "show " + parameter, row -> row.get(0, String.class))
                .get(0);
    }

    @Test
    void theIsolationThatIsToldIsThatOfTheServer() {
        await(far.beginTransaction(SERIALIZABLE));
        assertLevel(SERIALIZABLE);
        await(far.rollbackTransaction());
        assertLevel(READ_COMMITTED);

        await(far.setTransactionIsolationLevel(REPEATABLE_READ));
        assertLevel(REPEATABLE_READ);
        await(far.beginTransaction());
        assertLevel(REPEATABLE_READ);
        await(far.setTransactionIsolationLevel(SERIALIZABLE));
        assertLevel(SERIALIZABLE);
        await(far.commitTransaction());
        assertLevel(REPEATABLE_READ);
    }

    @Test
    void theHandBackUndoesWhatWasSetBeforeTheNextUserIsAnswered() {
        Mono.from(far.setTransactionIsolationLevel(SERIALIZABLE))
                .then(Mono.from(far.setLockWaitTimeout(Duration.ofSeconds(7))))
                .then(Mono.from(((Lifecycle) far).preRelease()))
                .then(Mono.from(((Lifecycle) far).postAllocate()))
                .block(Factories.TIMEOUT);

        assertLevel(READ_COMMITTED);
        assertThat(shown("lock_timeout")).isEqualTo("0");
    }
}
