package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a pool does with a connection at the end of a use and in front of the next. */
@Timeout(60)
class HandBackIT extends TransactionFixture {

    @Test
    void preReleaseUndoesEverything() {
        await(connection.setLockWaitTimeout(Duration.ofMillis(50)));
        await(connection.setStatementTimeout(Duration.ofMillis(700)));
        await(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
        await(connection.setAutoCommit(false));
        insert(1);
        Result open = await(connection
                .createStatement("select generate_series(1, 10000000)")
                .execute());

        await(((Lifecycle) connection).preRelease());

        assertThat(committed()).isEmpty();
        assertThat(connection.isAutoCommit()).isTrue();
        assertThat(setting("lock_timeout")).isEqualTo("0");
        assertThat(connection.getTransactionIsolationLevel()).isEqualTo(IsolationLevel.READ_COMMITTED);
        run(connection, "select pg_sleep(0.9)");
        assertThatThrownBy(() -> await(Flux.from(open.map((row, metadata) -> 1)).then()))
                .isInstanceOf(R2dbcException.class);
    }

    @Test
    void preReleaseGoesOnWhenItIsCancelled() {
        await(connection.beginTransaction());
        insert(1);

        Disposable release = Mono.from(((Lifecycle) connection).preRelease()).subscribe();
        release.dispose();

        insert(2);
        assertThat(committed()).containsExactly(2);
    }

    /** As r2dbc-pool does it with a connection whose user cancels while it is handed over. */
    @Test
    void whatWasLentAndTakenBackUnannouncedIsCleanedForTheNextUser() {
        await(((Lifecycle) connection).postAllocate());
        Mono.from(connection.beginTransaction()).subscribe();

        await(((Lifecycle) connection).postAllocate());

        assertThat(connection.isAutoCommit()).isTrue();
        await(connection.beginTransaction());
        await(connection.rollbackTransaction());
    }

    /** As r2dbc-pool does it if the cancel comes between the two steps of handing over. */
    @Test
    void whatIsPreparedForAUserWhoHasGoneDoesNotTouchTheTransactionOfTheNextOne() {
        Publisher<Void> late = ((Lifecycle) connection).postAllocate();
        await(((Lifecycle) connection).postAllocate());
        await(connection.beginTransaction());
        insert(1);

        await(late);

        insert(2);
        assertThat(committed()).isEmpty();
        await(connection.commitTransaction());
        assertThat(committed()).containsExactly(1, 2);
    }

    @Test
    void preReleaseRefusesAConnectionThatIsClosed() {
        Factories.close(connection);

        assertThatThrownBy(() -> await(((Lifecycle) connection).preRelease())).isInstanceOf(R2dbcException.class);
    }
}
