package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of Reactive Streams on what a publisher may hold and when it must fail. */
@Timeout(60)
class SubscriberRulesIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theCountsOfAFailingBatchFailWithoutDemand(boolean syncEach) {
        PgBatch batch = connection.query("select 1 / $1::int").bindAll(List.of(new Object[] {0}, new Object[] {1}));
        RecordingSubscriber<Long> subscriber = RecordingSubscriber.requesting(0);

        (syncEach ? batch.syncEach() : batch).counts().subscribe(subscriber);

        assertThat(subscriber.awaitError(PgBatchException.class).index()).isZero();
        assertThat(subscriber.values()).isEmpty();
        assertAnswers(connection);
    }

    @Test
    void aResultForgetsTheSubscriberThatHasCancelled() {
        PgResult result = Objects.requireNonNull(
                connection.query("select generate_series(1, 100)").execute().blockFirst(TIMEOUT));

        WeakReference<?> forgotten = cancelled(result);

        await("the subscriber is collected", () -> {
            System.gc();
            return forgotten.get() == null;
        });
        assertThat(result.columns()).hasSize(1);
        assertAnswers(connection);
    }

    private static WeakReference<?> cancelled(PgResult result) {
        RecordingSubscriber<PgRow> subscriber = RecordingSubscriber.requesting(0);
        result.rows().subscribe(subscriber);
        subscriber.cancel();
        return new WeakReference<>(subscriber);
    }
}
