package io.fluxgres;

import static io.fluxgres.testkit.BackendMessages.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an observer is told, counted against a server that knows every byte. */
@Timeout(30)
class ObserverTest {

    private static final byte[] ANSWER = new BackendMessages()
            .parseComplete()
            .parameterDescription()
            .rowDescription(column("n", 23))
            .bindComplete()
            .dataRow("1")
            .dataRow("2")
            .dataRow("3")
            .noticeResponse("NOTICE", "00000", "unasked")
            .commandComplete("SELECT 3")
            .readyForQuery('I')
            .toBytes();
    private static final int UNASKED =
            new BackendMessages().noticeResponse("NOTICE", "00000", "unasked").toBytes().length;
    private static final int FAREWELL = 5;

    private final RecordingObserver observer = new RecordingObserver();
    private final FakeServer server = FakeServer.of(client -> {
        client.startSession();
        client.readUpTo('S');
        client.send(ANSWER);
    });

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void bytesAreThoseOfTheQuerysOwnMessages() throws Exception {
        PgConnection connection = Connections.open(server.options(), observer);

        RecordingSubscriber.<Integer>requesting(10)
                .subscribedTo(connection.query("select n").map(row -> row.getInt(0)))
                .awaitComplete()
                .awaitCount(3);

        PgExecution execution = observer.ended("select n");
        assertThat(execution.rows()).isEqualTo(3);
        assertThat(execution.bytesRead()).isEqualTo(ANSWER.length - UNASKED);
        Connections.close(connection);
        server.awaitClosedByClient();
        assertThat(execution.bytesWritten()).isEqualTo(received() - FAREWELL);
    }

    /** Returns the length of what came behind StartupMessage. */
    private int received() {
        byte[] received = server.received().getBytes(StandardCharsets.ISO_8859_1);
        return received.length - ByteBuffer.wrap(received).getInt();
    }

    @Test
    void aRowThatWaitsForDemandIsReadOnce() {
        PgConnection connection = Connections.open(server.options(), observer);
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(connection.query("select n").map(row -> row.getInt(0)));
        for (int n = 1; n < 3; n++) {
            slow.awaitCount(n);
            assertThat(connection.isHealthy()).isTrue();
            slow.request(1);
        }
        slow.awaitComplete();

        assertThat(observer.ended("select n").bytesRead()).isEqualTo(ANSWER.length - UNASKED);
        Connections.close(connection);
    }

    @Test
    void behindACancelNothingIsCounted() {
        PgConnection connection = Connections.open(server.options(), observer);

        RecordingSubscriber.<Integer>requesting(10)
                .inOnNext(RecordingSubscriber::cancel)
                .subscribedTo(connection.query("select n").map(row -> row.getInt(0)))
                .awaitCount(1);
        Connections.await("the end of the query", () -> observer.hasEnded("select n"));

        PgExecution execution = observer.ended("select n");
        assertThat(execution.isCancelled()).isTrue();
        assertThat(execution.error()).isNull();
        assertThat(execution.rows()).isEqualTo(1);
        assertThat(execution.bytesRead()).isLessThan(ANSWER.length - UNASKED).isPositive();
        Connections.close(connection);
    }

    @Test
    void aConnectThatFailsIsToldWithItsReason() throws IOException {
        server.close();

        PgConnectionException failure = Connections.failure(
                PgConnectionException.class,
                PgClient.create(server.options().with(PgOption.OBSERVER, observer))
                        .connect());

        assertThat(observer.connects()).containsExactly("process 0: " + failure);
        assertThat(observer.disconnects()).isEmpty();
    }
}
