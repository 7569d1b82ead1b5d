package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.testkit.BackendMessages.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a connection by the network, or by a server that speaks nonsense: what requests learn of it. */
@Timeout(60)
class NetworkEndTest extends EndOfLifeFixture {

    private static final byte[] WHOLE = new BackendMessages()
            .parseComplete()
            .parameterDescription()
            .rowDescription(column("n", 23))
            .bindComplete()
            .dataRow("1")
            .dataRow("2")
            .toBytes();

    private void connectTo(CannedServer server) {
        connection = PgClient.create(server.options().with(PgOption.PIPELINE_DEPTH, 1))
                .connect()
                .block(TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 20, 40, 0x7fffffff})
    void aServerThatHangsUpAnywhereInAResultFailsItAndTheQueuedOnes(int bytes) {
        byte[] sent = Arrays.copyOf(WHOLE, Math.min(bytes, WHOLE.length));
        try (CannedServer server = CannedServer.answering(sent, false)) {
            connectTo(server);
            RecordingSubscriber<Integer> running = subscribe("select n", 10);
            List<RecordingSubscriber<Integer>> queued = subscribeMany();

            PgConnectionException error = running.awaitError(PgConnectionException.class);

            assertOutcomeUnknown(error);
            assertThat(error).hasMessageContaining("closed by the server");
            assertThat(running.count()).isEqualTo(sent.length == WHOLE.length ? 2 : 0);
            queued.forEach(subscriber -> assertNotSent(subscriber.awaitError(PgConnectionException.class)));
            assertLaterSubscriptionsFailAtOnce();
        }
    }

    @Test
    void aServerThatHangsUpInTheMiddleOfARowDeliversTheRowsBefore() {
        byte[] sent = Arrays.copyOf(WHOLE, WHOLE.length - 3);
        try (CannedServer server = CannedServer.answering(sent, false)) {
            connectTo(server);

            RecordingSubscriber<Integer> running = subscribe("select n", 10);

            assertOutcomeUnknown(running.awaitError(PgConnectionException.class));
            assertThat(running.values()).containsExactly(1);
        }
    }

    @Test
    void aConnectionThatIsResetFailsTheRunningQuery() {
        try (CannedServer server = CannedServer.answering(new byte[0], true)) {
            connectTo(server);

            PgConnectionException error = subscribe("select n", 10).awaitError(PgConnectionException.class);

            assertOutcomeUnknown(error);
            assertThat(error).hasMessageContaining("lost").hasMessageContaining("reset");
            assertLaterSubscriptionsFailAtOnce();
        }
    }

    @Test
    void aServerThatSpeaksNonsenseIsAtFaultAndTheConnectionIsClosed() {
        byte[] nonsense = new BackendMessages().parseComplete().bindComplete().toBytes();
        try (CannedServer server = CannedServer.answering(nonsense, false)) {
            connectTo(server);
            RecordingSubscriber<Integer> running = subscribe("select n", 10);
            RecordingSubscriber<Integer> queued = subscribe("select n", 10);

            PgProtocolException error = running.awaitError(PgProtocolException.class);

            assertThat(error.fault()).isEqualTo(PgException.Fault.PROTOCOL);
            assertThat(error.safeToRetry()).isFalse();
            assertThat(error).hasMessageContaining("BindComplete").hasMessageContaining("unknown");
            assertNotSent(queued.awaitError(PgConnectionException.class));
            assertLaterSubscriptionsFailAtOnce();
        }
    }

    @Test
    void anErrorOfTheQueryIsNotReplacedByTheEndOfTheSessionBehindIt() {
        byte[] answer = new BackendMessages()
                .errorResponse("ERROR", "57014", "canceling statement due to user request")
                .errorResponse("FATAL", "57P01", "terminating connection due to administrator command")
                .toBytes();
        try (CannedServer server = CannedServer.answering(answer, false)) {
            connectTo(server);

            PgServerException error = subscribe("select n", 10).awaitError(PgServerException.class);

            assertThat(error.sqlState()).isEqualTo("57014");
            awaitEnd();
            assertLaterSubscriptionsFailAtOnce();
        }
    }
}
