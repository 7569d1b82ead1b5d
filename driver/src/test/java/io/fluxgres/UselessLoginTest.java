package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;

/** A client of a server that ends sessions before, or soon after, they were of any use. */
@Timeout(60)
class UselessLoginTest {

    private static final int INT4 = 23;

    private final AtomicInteger logins = new AtomicInteger();
    private final RecordingObserver observer = new RecordingObserver();

    private PgClient client(FakeServer server) {
        return PgClient.create(
                server.options().with(PgOption.SHARED_CONNECTIONS, 1).with(PgOption.OBSERVER, observer));
    }

    private static void answer(FakeServer.Peer peer) throws IOException {
        peer.readStatement();
        peer.send(new BackendMessages()
                .parseComplete()
                .parameterDescription()
                .rowDescription(BackendMessages.column("n", INT4))
                .bindComplete()
                .dataRow("1")
                .commandComplete("SELECT 1")
                .readyForQuery('I'));
    }

    @Test
    void aSharedConnectionThatEndsUnusedIsMadeAgainForStatementsOnlyAndLaterEachTime() throws Exception {
        assertMadeAgainLaterEachTime(client -> client.query("select 1").rowsUpdated());
    }

    @Test
    void aConnectionOfThePoolThatEndsUnusedIsMadeAgainLaterEachTime() throws Exception {
        assertMadeAgainLaterEachTime(client -> client.inTransaction(
                transaction -> transaction.query("select 1").rowsUpdated()));
    }

    private void assertMadeAgainLaterEachTime(Function<PgClient, Publisher<Long>> use) throws Exception {
        List<Long> begun = new CopyOnWriteArrayList<>();
        try (FakeServer server = FakeServer.of(peer -> {
            begun.add(System.nanoTime());
            peer.startSession();
            peer.finish();
        })) {
            PgClient client = client(server);

            for (int i = 1; i <= 7; i++) {
                failure(PgConnectionException.class, use.apply(client));
                assertThat(begun).hasSize(i);
            }

            // the sixth pause is half of 1.6 s at least, and what stalls the machine only makes it longer
            assertThat(Duration.ofNanos(begun.get(6) - begun.get(5))).isGreaterThanOrEqualTo(Duration.ofMillis(800));
            client.close().block(TIMEOUT);
        }
    }

    @Test
    void aSharedConnectionThatWasUsedIsMadeAgainOnceWithoutBeingAskedFor() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> {
            int number = logins.incrementAndGet();
            peer.startSession();
            if (number == 1 || number == 3) {
                answer(peer);
            }
            peer.finish();
        })) {
            PgClient client = client(server);

            assertThat(list(client.query("select 1").map(row -> row.getInt(0)))).containsExactly(1);
            await("the end of the next one", () -> observer.disconnects().size() == 2);

            // comes only now, and lets the one behind it come
            assertThat(logins).hasValue(2);
            assertThat(list(client.query("select 1").map(row -> row.getInt(0)))).containsExactly(1);
            await("the end of the last one", () -> observer.disconnects().size() == 4);
            assertThat(logins).hasValue(4);
            client.close().block(TIMEOUT);
        }
    }

    @Test
    void whoWaitsTooLongLearnsWhyTheServerRefusesConnections() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> {
            if (logins.incrementAndGet() == 1) {
                peer.startSession();
                answer(peer);
                return;
            }
            peer.readStartup();
            peer.send(new BackendMessages().errorResponse("FATAL", "53300", "sorry, too many clients already"));
            peer.finish();
        })) {
            PgClient client = PgClient.create(server.options()
                    .with(PgOption.SHARED_CONNECTIONS, 1)
                    .with(PgOption.ACQUIRE_TIMEOUT, Duration.ofSeconds(2)));
            list(client.query("select 1").map(row -> row.getInt(0)));

            List<RecordingSubscriber<Long>> waiting = List.of(
                    RecordingSubscriber.<Long>requesting(1)
                            .subscribedTo(client.query("select 1").exclusive().rowsUpdated()),
                    RecordingSubscriber.<Long>requesting(1)
                            .subscribedTo(client.inTransaction(
                                    connection -> connection.query("select 1").rowsUpdated())));

            assertThat(waiting).allSatisfy(subscriber -> {
                PgConnectionException failure = subscriber.awaitError(PgConnectionException.class);
                assertThat(failure)
                        .hasMessageContaining("acquireTimeout")
                        .hasMessageContaining("too many clients")
                        .hasMessageContaining("of 10 connections of the pool are in use");
                assertThat(failure.safeToRetry()).isTrue();
                assertThat(failure.getCause())
                        .isInstanceOfSatisfying(
                                PgException.class,
                                cause -> assertThat(cause.sqlState()).isEqualTo("53300"));
            });
            client.close().block(TIMEOUT);
        }
    }
}
