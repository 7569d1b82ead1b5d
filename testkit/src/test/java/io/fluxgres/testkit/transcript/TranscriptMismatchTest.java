package io.fluxgres.testkit.transcript;

import static io.fluxgres.testkit.transcript.ClientSocket.STARTUP;
import static io.fluxgres.testkit.transcript.ClientSocket.TERMINATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client does otherwise than the transcript says is told, and what is expected of it passes. */
@Timeout(60)
class TranscriptMismatchTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void theFirstDifferenceIsToldWithItsLineAndEndsTheConnection() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\n\nF Query \"select 1\"\nB ReadyForQuery I");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).query("select 2");
            client.receiveAll();
            assertThatThrownBy(backend::await)
                    .isInstanceOf(TranscriptMismatch.class)
                    .hasMessage("line 3%n  expected: Query \"select 1\"%n  received: Query \"select 2\"".formatted());
        }
    }

    @Test
    void closeTellsADifferenceThatNobodyAwaited() throws IOException {
        ScriptedBackend backend = ScriptedBackend.play("startup\nF Sync");
        try (ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).query("select 2");
            client.receiveAll();
        }
        assertThatThrownBy(backend::close).isInstanceOf(TranscriptMismatch.class);
        assertThatCode(backend::close).doesNotThrowAnyException();
    }

    @Test
    void closeAloneDoesNotAskForTheEndOfTheTranscript() {
        assertThatCode(() -> ScriptedBackend.play("startup").close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        F Query "a"       | nothing within
        expect close      | nothing within
        await never       | nothing within
        """)
    void whatDoesNotHappenInTimeIsADifference(String step, String reason) throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\n" + step, SHORT);
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            assertThatThrownBy(backend::await).hasMessageContaining("line 2").hasMessageContaining(reason);
        }
    }

    @Test
    void aConnectionThatIsNeverOpenedIsADifference() {
        try (ScriptedBackend backend = ScriptedBackend.play("connection late\nstartup", SHORT)) {
            assertThatThrownBy(backend::await).hasMessageContaining("connection late played to its end");
        }
    }

    @Test
    void aConnectionMoreThanTheTranscriptHasIsADifference() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nF Sync");
                ClientSocket first = new ClientSocket(backend);
                ClientSocket second = new ClientSocket(backend)) {
            assertThat(second.receiveAll()).isEmpty();
            assertThatThrownBy(backend::await).hasMessageContaining("no further connection");
            assertThat(first.socket.isConnected()).isTrue();
        }
    }

    @Test
    void theEndOfTheStreamInTheWrongPlaceIsADifference() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nF Sync");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).socket.shutdownOutput();
            assertThatThrownBy(backend::await).hasMessageContaining("Sync").hasMessageContaining("end of the stream");
        }
    }

    @Test
    void aMessageThatIsCutOffIsADifference() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nF Query *");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send("51 00000010 61").socket.shutdownOutput();
            assertThatThrownBy(backend::await).hasMessageContaining("a broken stream");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"51 00000003", "51 ffffffff", "51 7fffffff"})
    void aLengthOutOfBoundsIsADifference(String header) throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nF Query *");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send(header);
            assertThatThrownBy(backend::await).hasMessageContaining("a message with length");
        }
    }

    @Test
    void aMessageBehindTheLastLineIsADifference() throws IOException {
        ScriptedBackend backend = ScriptedBackend.play("startup");
        try (ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            backend.await();
            client.query("surplus");
            client.receiveAll();
        }
        assertThatThrownBy(backend::close).hasMessageContaining("Query \"surplus\"");
    }

    @Test
    void expectCloseAcceptsTerminate() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nexpect close");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send(TERMINATE).socket.shutdownOutput();
            backend.await();
        }
    }

    @Test
    void expectCloseWantsTheStreamEndedBehindTerminate() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nF Terminate\nexpect close", SHORT);
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send(TERMINATE);
            assertThatThrownBy(backend::await).hasMessageContaining("the connection closed");
        }
    }

    @Test
    void expectCloseAcceptsAReset() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nexpect close");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).receive(1);
            client.socket.setSoLinger(true, 0);
            client.socket.close();
            backend.await();
        }
    }

    @Test
    void expectCloseAcceptsNothingElse() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nexpect close");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).query("a");
            assertThatThrownBy(backend::await).hasMessageContaining("Query \"a\"");
        }
    }

    @Test
    void silenceIsExpectedForItsTime() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nexpect silence 20\nF Sync");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            assertThatThrownBy(() -> {
                        client.query("too early");
                        backend.await();
                    })
                    .hasMessageContaining("silence");
        }
    }
}
