package io.fluxgres;

import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** A connection that ends, and what its requests learn of that. */
abstract class EndOfLifeFixture {

    /** Sends one request at a time, so that all others are queued. */
    PgConnection connection;

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    RecordingSubscriber<Integer> subscribe(String sql, long demand) {
        return RecordingSubscriber.<Integer>requesting(demand)
                .subscribedTo(connection.query(sql).map(row -> row.getInt(0)));
    }

    List<RecordingSubscriber<Integer>> subscribeMany() {
        return IntStream.range(0, 50)
                .mapToObj(n -> subscribe("select 1", n % 2))
                .toList();
    }

    static void assertNotSent(PgConnectionException error) {
        assertThat(error.safeToRetry()).isTrue();
        assertThat(error.fault()).isEqualTo(PgException.Fault.NETWORK);
        assertThat(error).hasMessageContaining("the request was not sent");
    }

    static void assertOutcomeUnknown(PgConnectionException error) {
        assertThat(error.safeToRetry()).isFalse();
        assertThat(error.fault()).isEqualTo(PgException.Fault.NETWORK);
        assertThat(error).hasMessageContaining("the outcome of the request is unknown");
    }

    void assertLaterSubscriptionsFailAtOnce() {
        assertNotSent(failure(
                PgConnectionException.class, connection.query("select 1").rows()));
        assertNotSent(failure(
                PgConnectionException.class,
                connection.query("select $1").bind(1).rowsUpdated()));
        assertThat(connection.isHealthy()).isFalse();
    }

    void awaitEnd() {
        await("the end of the connection", () -> !connection.isHealthy());
    }
}
