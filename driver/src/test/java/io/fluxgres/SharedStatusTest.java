package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** What a client makes of a shared connection that is not as it should be, played by a server. */
@Timeout(30)
class SharedStatusTest {

    private static final int INT4 = 23;

    private static BackendMessages row(BackendMessages messages, int value) {
        return messages.parseComplete()
                .parameterDescription()
                .rowDescription(BackendMessages.column("n", INT4))
                .bindComplete()
                .dataRow(Integer.toString(value))
                .commandComplete("SELECT 1");
    }

    private static PgClient client(FakeServer server) {
        return PgClient.create(server.options().with(PgOption.SHARED_CONNECTIONS, 1));
    }

    @Test
    void aSharedConnectionOnWhichATransactionIsLeftOpenIsClosedAndReplaced() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (FakeServer server = FakeServer.of(peer -> {
            int number = connections.incrementAndGet();
            peer.startSession();
            peer.readStatement();
            peer.send(row(new BackendMessages(), number).readyForQuery(number == 1 ? 'T' : 'I'));
        })) {
            PgClient client = client(server);

            assertThat(list(client.query("select n").map(row -> row.getInt(0)))).containsExactly(1);
            assertThat(list(client.query("select n").map(row -> row.getInt(0)))).doesNotContain(1);

            client.close().block(TIMEOUT);
            server.awaitClosedByClient();
            assertThat(connections).hasValueGreaterThan(1);
        }
    }

    /** It is sent behind it only if the text is known to be fast, which a busy machine may prevent: so it is tried some times. */
    @Test
    void whatWasSentBehindAStatementThatLeavesATransactionOpenHasAnUnknownOutcome() throws Exception {
        Object third = 0;
        for (int attempt = 0; attempt < 20 && third instanceof Integer; attempt++) {
            third = outcomeOfTheThirdStatement();
        }

        assertThat(third).isInstanceOfSatisfying(PgConnectionException.class, failure -> {
            assertThat(failure.safeToRetry()).isFalse();
            assertThat(failure).hasMessageContaining("left a transaction open");
        });
    }

    private static Object outcomeOfTheThirdStatement() throws Exception {
        BackendMessages first = row(new BackendMessages(), 1).readyForQuery('I');
        BackendMessages second = row(new BackendMessages(), 2).readyForQuery('E');
        try (FakeServer server = FakeServer.of(peer -> {
            peer.startSession();
            peer.readStatement();
            peer.send(first);
            peer.readStatement();
            peer.readStatement();
            peer.send(second);
        })) {
            PgClient client = client(server);
            PgQuery query = client.query("select n").timeout(Duration.ofSeconds(2));
            list(query.map(row -> row.getInt(0)));
            query.map(row -> row.getInt(0)).onErrorComplete().subscribe();
            Object third = list(query.map(row -> (Object) row.getInt(0)).onErrorResume(Mono::just))
                    .get(0);
            client.close(Duration.ofMillis(100)).block(TIMEOUT);
            return third instanceof PgTimeoutException ? 0 : third;
        }
    }

    @Test
    void theErrorOfAServerThatRefusesTheDatabaseIsToldToAllWhoWait() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> {
            peer.readStartup();
            peer.send(new BackendMessages().errorResponse("FATAL", "3D000", "no such database"));
            peer.finish();
        })) {
            PgClient client = client(server);
            RecordingSubscriber<PgRow> first = RecordingSubscriber.<PgRow>requesting(1)
                    .subscribedTo(client.query("select 1").rows());
            RecordingSubscriber<PgRow> second = RecordingSubscriber.<PgRow>requesting(1)
                    .subscribedTo(client.query("select 2").rows());

            assertThat(first.awaitError(PgServerException.class).sqlState()).isEqualTo("3D000");
            assertThat(second.awaitError(PgServerException.class).sqlState()).isEqualTo("3D000");
            client.close().block(TIMEOUT);
        }
    }
}
