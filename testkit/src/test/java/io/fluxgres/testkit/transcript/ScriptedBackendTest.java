package io.fluxgres.testkit.transcript;

import static io.fluxgres.testkit.transcript.ClientSocket.STARTUP;
import static io.fluxgres.testkit.transcript.ClientSocket.TERMINATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend does with a transcript that its client keeps to. */
@Timeout(60)
class ScriptedBackendTest {

    private static final String SASL_INITIAL_RESPONSE =
            "70 0000001f" + hex("SCRAM-SHA-256") + "00 00000009" + hex("n,,n=,r=x");

    @Test
    void aTranscriptIsPlayedToItsEnd() throws IOException {
        String transcript = """
            startup
            F Query "select 1"
            B RowDescription "?column?":int4
            B DataRow "1"
            B CommandComplete "SELECT 1"
            B ReadyForQuery I
            """;
        byte[] start = new BackendMessages().authenticationOk().toBytes();
        try (ScriptedBackend backend = ScriptedBackend.play(transcript);
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            assertThat(client.receive(start.length)).isEqualTo(HexFormat.of().formatHex(start));
            client.query("select 1");
            backend.await();
            client.send(TERMINATE);
            assertThat(client.receiveAll())
                    .endsWith(hex(new BackendMessages()
                            .readyForQuery('I')
                            .rowDescription(new BackendMessages.Column("?column?", 0, 0, 23, 4, -1, 0))
                            .dataRow("1")
                            .commandComplete("SELECT 1")
                            .readyForQuery('I')));
        }
    }

    @Test
    void theSessionReportsWhatTheStartupMessageAskedFor() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.play("F StartupMessage 3.0 TimeZone=*\"UTC\" ...\nsession");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(startup("TimeZone", "Europe/Paris", "DateStyle", "ISO"));
            backend.await();
            client.socket.shutdownOutput();
            assertThat(client.receiveAll())
                    .contains(hex(new BackendMessages().parameterStatus("TimeZone", "Europe/Paris")))
                    .contains(hex(new BackendMessages().parameterStatus("DateStyle", "ISO, MDY")))
                    .endsWith(hex(new BackendMessages()
                            .backendKeyData(4711, new byte[] {1, 2, 3, 4})
                            .readyForQuery('I')));
        }
    }

    @Test
    void startupRefusesEncryptionFirst() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup");
                ClientSocket client = new ClientSocket(backend)) {
            client.send("00000008 04d2162f");
            assertThat(client.receive(1)).isEqualTo("4e");
            client.send("00000008 04d21630");
            assertThat(client.receive(1)).isEqualTo("4e");
            client.send(STARTUP);
            backend.await();
        }
    }

    @Test
    void afterSilenceTheConversationGoesOn() throws IOException {
        try (ScriptedBackend backend =
                        ScriptedBackend.play("startup\nexpect silence 20\nB NoData\nF Sync\nB ReadyForQuery I");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            readUntil(client, hex(new BackendMessages().noData()));
            client.send("53 00000004");
            backend.await();
        }
    }

    @Test
    void closeEndsTheStreamAndIgnoresWhatTheClientStillSends() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nraw 45 000000ff\nclose");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            assertThat(client.receiveAll()).endsWith("45000000ff");
            client.query("late").query("later");
            backend.await();
        }
    }

    @Test
    void resetIsSeenAsAReset() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("F StartupMessage ...\nreset");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            backend.await();
            assertThatThrownBy(client::receiveAll).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void stallLeavesTheConnectionOpenUntilTheBackendIsClosed() throws IOException {
        ScriptedBackend backend = ScriptedBackend.play("F StartupMessage ...\nB AuthenticationOk\nstall");
        try (ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).query("nobody reads this");
            backend.await();
            assertThat(client.receive(9)).isEqualTo("520000000800000000");
            client.query("nor this");
            backend.close();
            assertThatThrownBy(() -> client.receive(1)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void splitChangesNoByte(int size) throws IOException {
        String transcript = "F StartupMessage ...\nsplit %d\nB AuthenticationOk\nB ReadyForQuery I\nsplit 0\nB NoData";
        try (ScriptedBackend backend = ScriptedBackend.play(transcript.formatted(size));
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            assertThat(client.receive(20)).isEqualTo("520000000800000000" + "5a0000000549" + "6e00000004");
        }
    }

    @Test
    void splitReachesTheClientInSmallPieces() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("F StartupMessage ...\nsplit 1\nsession");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP);
            int reads = 0;
            byte[] buffer = new byte[8192];
            int received = 0;
            while (received < 300) {
                received += client.socket.getInputStream().read(buffer);
                reads++;
            }
            assertThat(reads).isGreaterThan(10);
        }
    }

    @Test
    void aSecondConnectionPlaysTheSecondSectionWhileTheFirstWaits() throws IOException {
        String transcript = """
            connection worker
            startup
            F Query "slow"
            mark running
            await canceller
            B ErrorResponse C="57014"
            B ReadyForQuery I

            connection canceller
            await running
            F CancelRequest 4711 0x01020304
            close
            """;
        try (ScriptedBackend backend = ScriptedBackend.play(transcript);
                ClientSocket worker = new ClientSocket(backend)) {
            worker.send(STARTUP).query("slow");
            try (ClientSocket canceller = new ClientSocket(backend)) {
                canceller.send("00000010 04d2162e 00001267 01020304");
                assertThat(canceller.receiveAll()).isEmpty();
            }
            backend.await();
            worker.send(TERMINATE);
            assertThat(worker.receiveAll()).contains(hex("57014")).endsWith("5a0000000549");
        }
    }

    @Test
    void aBareStarCannotBeSent() {
        assertThatThrownBy(() -> ScriptedBackend.play("startup\nB DataRow *"))
                .isInstanceOf(TranscriptException.class)
                .hasMessageStartingWith("line 2: a bare * cannot be sent");
    }

    @Test
    void aRealClientLogsInByScramAndQueries() throws SQLException {
        String transcript = """
            F StartupMessage 3.0 user="ann" ...
            scram "pencil" 4096
            session
            F Query "select 1"
            B RowDescription "n":int4
            B DataRow "1"
            B CommandComplete "SELECT 1"
            B ReadyForQuery I
            expect close
            """;
        try (ScriptedBackend backend = ScriptedBackend.play(transcript)) {
            try (Connection connection = connect(backend, "pencil");
                    ResultSet result = connection.createStatement().executeQuery("select 1")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).isEqualTo(1);
            }
            backend.await();
        }
    }

    @Test
    void aWrongPasswordIsADifference() {
        try (ScriptedBackend backend = ScriptedBackend.play("F StartupMessage ...\nscram \"pencil\" 4096")) {
            assertThatThrownBy(() -> connect(backend, "pen")).isInstanceOf(SQLException.class);
            assertThatThrownBy(backend::await).hasMessageContaining("proof does not come from the password");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign-nonce", "same-nonce", "bad-salt", "wrong-signature", "server-error"})
    void aRealClientRefusesEveryFaultOfScram(String fault) {
        String transcript = "F StartupMessage ...\nscram \"pencil\" 4096 %s\nexpect close".formatted(fault);
        try (ScriptedBackend backend = ScriptedBackend.play(transcript)) {
            assertThatThrownBy(() -> connect(backend, "pencil")).isInstanceOf(SQLException.class);
            backend.await();
        }
    }

    @Test
    void anEarlyOkIsTheAnswerToTheFirstMessage() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.play("F StartupMessage ...\nscram \"pencil\" 4096 early-ok");
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send(SASL_INITIAL_RESPONSE);
            backend.await();
            client.socket.shutdownOutput();
            assertThat(client.receiveAll())
                    .isEqualTo(hex(new BackendMessages()
                            .authenticationSasl("SCRAM-SHA-256")
                            .authenticationOk()));
        }
    }

    @Test
    void anOkWithoutTheFinalMessageFollowsARightProof() throws IOException {
        String transcript = "F StartupMessage ...\nscram \"pencil\" 4096 ok-without-final";
        String first = hex("SCRAM-SHA-256") + "00 00000020" + hex("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        String proof = hex("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        try (ScriptedBackend backend = ScriptedBackend.play(transcript);
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send("70 00000036" + first).send("70 0000006e" + proof);
            backend.await();
            client.socket.shutdownOutput();
            assertThat(client.receiveAll()).endsWith(hex("i=4096") + hex(new BackendMessages().authenticationOk()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE})
    void theClientIsToRefuseTheIterations(int iterations) throws IOException {
        String transcript =
                "F StartupMessage ...\nscram \"pencil\" %d refused-iterations\nexpect close".formatted(iterations);
        try (ScriptedBackend backend = ScriptedBackend.play(transcript);
                ClientSocket client = new ClientSocket(backend)) {
            client.send(STARTUP).send(SASL_INITIAL_RESPONSE);
            readUntil(client, hex(",i=" + iterations));
            client.socket.shutdownOutput();
            backend.await();
        }
    }

    private static Connection connect(ScriptedBackend backend, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "ann");
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("assumeMinServerVersion", "16");
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/shop".formatted(backend.host(), backend.port()), properties);
    }

    private static void readUntil(ClientSocket client, String hex) throws IOException {
        StringBuilder received = new StringBuilder();
        while (!received.toString().endsWith(hex)) {
            received.append(client.receive(1));
        }
    }

    private static String startup(String... namesAndValues) {
        String parameters = hex(String.join("\0", namesAndValues) + "\0\0");
        return "%08x 00030000 %s".formatted(8 + parameters.length() / 2, parameters);
    }

    private static String hex(BackendMessages messages) {
        return HexFormat.of().formatHex(messages.toBytes());
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
