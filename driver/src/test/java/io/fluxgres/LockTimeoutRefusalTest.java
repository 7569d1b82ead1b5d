package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that refuses lock_timeout in StartupMessage, as PgBouncer does with each parameter that it does not know. */
@Timeout(30)
class LockTimeoutRefusalTest {

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean refusesSet;
    private final FakeServer server = FakeServer.of(this::serve);

    @AfterEach
    void closeServer() throws IOException {
        server.close();
    }

    private void serve(FakeServer.Peer peer) throws IOException {
        String startup = new String(peer.readStartup(), StandardCharsets.UTF_8);
        if (startup.contains("lock_timeout")) {
            heard.add("refused");
            peer.send(new BackendMessages()
                    .errorResponse("FATAL", "08P01", "unsupported startup parameter: lock_timeout"));
            return;
        }
        heard.add("started");
        peer.send(new BackendMessages()
                .authenticationOk()
                .parameterStatus("client_encoding", "UTF8")
                .readyForQuery('I'));
        while (true) {
            byte[] body = peer.readMessage();
            if (body.length == 0) {
                return; // Terminate
            }
            String sql = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
            heard.add(sql.startsWith("reset all") ? "reset" : sql);
            peer.send(answerTo(sql).readyForQuery('I'));
        }
    }

    private BackendMessages answerTo(String sql) {
        if (!sql.startsWith("set lock_timeout")) {
            return new BackendMessages()
                    .rowDescription(BackendMessages.column("n", 23))
                    .dataRow("7")
                    .commandComplete("SELECT 1");
        }
        return refusesSet
                ? new BackendMessages().errorResponse("ERROR", "42704", "unrecognized parameter \"lock_timeout\"")
                : new BackendMessages().commandComplete("SET");
    }

    private PgClient client() {
        return PgClient.create(server.options()
                .with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE)
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.POOL_SIZE, 1)
                .with(PgOption.LOCK_TIMEOUT, Duration.ofMillis(150)));
    }

    private static PgQuery select(PgClient client) {
        return client.query("select 7");
    }

    private static int seven(PgQuery query) {
        return query.map(row -> row.getInt(0)).single().block(TIMEOUT);
    }

    @Test
    void aLockTimeoutThatIsRefusedAtStartupIsSetInFrontOfTheFirstStatementAndTheRefusalIsRemembered() {
        PgClient client = client();

        for (int i = 0; i < 2; i++) {
            assertThat(client.connect()
                            .flatMap(connection -> connection
                                    .query("select 7")
                                    .map(row -> row.getInt(0))
                                    .single()
                                    .flatMap(seven -> connection.close().thenReturn(seven)))
                            .block(TIMEOUT))
                    .isEqualTo(7);
        }
        client.close().block(TIMEOUT);

        String set = "set lock_timeout = 150";
        assertThat(heard).containsExactly("refused", "started", set, "select 7", "started", set, "select 7");
    }

    @Test
    void aResetThatTakesTheLockTimeoutAwayIsFollowedByAnotherSet() {
        PgClient client = client();

        for (int i = 0; i < 3; i++) {
            assertThat(seven(select(client).exclusive())).isEqualTo(7);
        }
        client.close().block(TIMEOUT);

        String set = "set lock_timeout = 150";
        assertThat(heard).startsWith("refused", "started", set, "select 7", "reset", set, "select 7", "reset", set);
    }

    @Test
    void aServerThatRefusesTheSetTooIsNamedInTheErrorRatherThanUsedWithoutALockTimeout() {
        refusesSet = true;
        PgClient client = client();

        assertThat(failure(PgConnectionException.class, select(client).rowsUpdated()))
                .hasMessageContaining("the session could not be set up as its options say")
                .hasMessageContaining("lock_timeout");
        assertThat(heard).doesNotContain("select 7");
        client.close().block(TIMEOUT);
    }
}
