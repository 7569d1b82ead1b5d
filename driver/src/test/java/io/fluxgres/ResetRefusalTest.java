package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import io.fluxgres.testkit.DelayProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Servers that refuse to reset a session, or whose reset brings it somewhere else than it began, played by a server that
 * knows the simple protocol only and tells on which connection each statement came.
 */
@Timeout(30)
class ResetRefusalTest {

    private enum Answer {
        /** As PostgreSQL does. */
        RESETS,
        /** As a server that knows no such statement. */
        REFUSES,
        /** As a pooler whose server has another time zone. */
        MOVES
    }

    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());
    private volatile Answer answer = Answer.RESETS;
    /** The server has read what comes behind a reset before it answers that. */
    private volatile boolean answersLate;

    private final FakeServer server = FakeServer.of(this::serve);

    @AfterEach
    void closeServer() throws IOException {
        server.close();
    }

    private void serve(FakeServer.Peer peer) throws IOException {
        int number = connections.incrementAndGet();
        peer.readStartup();
        peer.send(new BackendMessages()
                .authenticationOk()
                .parameterStatus("client_encoding", "UTF8")
                .parameterStatus("TimeZone", "Asia/Tokyo")
                .parameterStatus("application_name", "fluxgres")
                .readyForQuery('I'));
        char status = 'I';
        while (true) {
            byte[] body = peer.readMessage();
            if (body.length == 0) {
                return; // Terminate
            }
            String sql = sql(body);
            String next = answersLate && isReset(sql) ? sql(peer.readMessage()) : null;
            status = sql.equals("begin") ? 'T' : sql.equals("commit") ? 'I' : status;
            peer.send(answerTo(sql, number).readyForQuery(status));
            if (next != null) {
                peer.send(answerTo(next, number).readyForQuery(status));
            }
        }
    }

    private String sql(byte[] body) {
        String sql = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
        statements.add(sql);
        return sql;
    }

    private static boolean isReset(String sql) {
        return sql.startsWith("reset all") || sql.equals("discard all");
    }

    private BackendMessages answerTo(String sql, int number) {
        BackendMessages messages = new BackendMessages();
        if (isReset(sql)) {
            switch (answer) {
                case REFUSES -> messages.errorResponse("ERROR", "0A000", "not supported");
                case MOVES -> messages.commandComplete("RESET").parameterStatus("TimeZone", "UTC");
                case RESETS -> messages.commandComplete("RESET").parameterStatus("TimeZone", "Asia/Tokyo");
            }
            return messages;
        }
        if (sql.equals("set timezone = 'UTC'")) {
            return messages.commandComplete("SET").parameterStatus("TimeZone", "UTC");
        }
        if (sql.equals("select zone('UTC')")) {
            messages.parameterStatus("TimeZone", "UTC");
        }
        if (sql.equals("begin") || sql.equals("commit")) {
            return messages.commandComplete(sql.toUpperCase(Locale.ROOT));
        }
        return messages.rowDescription(BackendMessages.column("n", 23))
                .dataRow(Integer.toString(number))
                .commandComplete("SELECT 1");
    }

    private PgClient client(PgSessionReset reset) {
        return client(server.options(), reset);
    }

    private static PgClient client(PgOptions options, PgSessionReset reset) {
        return PgClient.create(options.with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE)
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.POOL_SIZE, 1)
                .with(PgOption.SESSION_RESET, reset));
    }

    private static Mono<Integer> exclusive(PgClient client, String sql) {
        return client.query(sql).exclusive().map(row -> row.getInt(0)).single();
    }

    private long resets() {
        return statements.stream().filter(ResetRefusalTest::isReset).count();
    }

    @Test
    void aResetThatTheServerHasShownGoesInFrontOfTheNextUse() throws Exception {
        PgClient client = client(PgSessionReset.MARKED);

        for (int i = 0; i < 4; i++) {
            assertThat(exclusive(client, "select f()").block(TIMEOUT)).isEqualTo(1);
        }

        client.close().block(TIMEOUT);
        server.awaitClosedByClient();
        // the first is tried at once, the others only if somebody comes behind
        assertThat(resets()).isEqualTo(3);
        assertThat(connections).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Answer.class,
            names = {"REFUSES", "MOVES"})
    void aResetThatIsRefusedOrMovesTheSessionCostsNobodyARequest(Answer given) {
        answer = given;
        PgClient client = client(PgSessionReset.MARKED);

        List<Integer> seenOn = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            seenOn.add(exclusive(client, "select f()").block(TIMEOUT));
        }
        List<Integer> together = list(Flux.range(0, 5).flatMap(i -> exclusive(client, "select f()")));

        // each has a session that was nobody's before, and it is not tried each time
        assertThat(seenOn).doesNotHaveDuplicates();
        assertThat(together).hasSize(5).doesNotHaveDuplicates().doesNotContainAnyElementsOf(seenOn);
        assertThat(resets()).isEqualTo(1);
        client.close().block(TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Answer.class,
            names = {"REFUSES", "MOVES"})
    void aServerThatResetsNoLongerIsNotBelievedBeforeItsValuesAreRead(Answer given) {
        PgClient client = client(PgSessionReset.MARKED);
        for (int i = 0; i < 3; i++) {
            exclusive(client, "select f()").block(TIMEOUT);
        }
        answer = given;
        answersLate = true;

        PgConnectionException unread = failure(PgConnectionException.class, exclusive(client, "select f()"));

        assertThat(unread)
                .hasMessageContaining("could not be reset")
                .hasMessageContaining(given == Answer.MOVES ? "TimeZone" : "not supported");
        assertThat(unread.safeToRetry()).isFalse();
        assertThat(exclusive(client, "select f()").block(TIMEOUT)).isEqualTo(2);
        assertThat(exclusive(client, "select f()").block(TIMEOUT)).isEqualTo(3);
        client.close().block(TIMEOUT);
    }

    @Test
    void norIsOneThatIsFarAway() {
        PgOptions options = server.options();
        try (DelayProxy far = DelayProxy.start(
                options.require(PgOption.HOST), options.require(PgOption.PORT), Duration.ofMillis(30))) {
            PgClient client = client(options.with(PgOption.PORT, far.port()), PgSessionReset.MARKED);
            for (int i = 0; i < 3; i++) {
                assertThat(exclusive(client, "select f()").block(TIMEOUT)).isEqualTo(1);
            }
            answer = Answer.MOVES;
            answersLate = true;

            PgConnectionException unread = failure(PgConnectionException.class, exclusive(client, "select f()"));

            assertThat(unread).hasMessageContaining("TimeZone");
            assertThat(list(Flux.range(0, 3).concatMap(i -> exclusive(client, "select f()"))))
                    .containsExactly(2, 3, 4);
            assertThat(resets()).isEqualTo(3);
            client.close().block(TIMEOUT);
        }
    }

    @Test
    void whatTheUserHasChangedIsHisUntilTheHandBack() {
        PgClient client = client(PgSessionReset.MARKED);

        for (int i = 0; i < 3; i++) {
            assertThat(list(client.inTransaction(transaction -> transaction
                            .query("set timezone = 'UTC'")
                            .rowsUpdated()
                            .thenMany(transaction.query("select n").map(row -> row.getInt(0))))))
                    .containsExactly(1);
        }
        client.close().block(TIMEOUT);
    }

    @Test
    void aSessionThatIsNeverResetIsReplacedWhereItsUserHasMovedIt() {
        PgClient client = client(PgSessionReset.NEVER);
        assertThat(exclusive(client, "select set_config('a', 'b', false)").block(TIMEOUT))
                .isEqualTo(1);
        assertThat(exclusive(client, "select zone('UTC')").block(TIMEOUT)).isEqualTo(1);

        assertThat(exclusive(client, "select n").block(TIMEOUT)).isEqualTo(2);

        assertThat(resets()).isZero();
        client.close().block(TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(PgSessionReset.class)
    void aSharedConnectionThatAStatementMovesEndsBeforeOthersReadTheirValues(PgSessionReset reset) {
        PgClient client = client(reset);
        list(client.query("select n").map(row -> row.getInt(0)));

        PgConnectionException moved = failure(
                PgConnectionException.class, client.query("select zone('UTC')").rowsUpdated());

        assertThat(moved)
                .hasMessageContaining("TimeZone")
                .hasMessageContaining("others share")
                .hasMessageContaining("exclusive()");
        assertThat(list(client.query("select n").map(row -> row.getInt(0)))).containsExactly(2);
        client.close().block(TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Answer.class,
            names = {"REFUSES", "MOVES"})
    void onASharedConnectionARefusedResetCostsNobodyARequestEither(Answer given) {
        answer = given;
        PgClient client = client(PgSessionReset.MARKED);

        List<Integer> answers = list(Flux.range(0, 100)
                .flatMap(
                        n -> client.query(n % 20 == 0 ? "select set_config('a', 'b', false)" : "select n")
                                .map(row -> row.getInt(0)),
                        8));

        assertThat(answers).hasSize(100);
        assertThat(resets()).isEqualTo(1);
        client.close().block(TIMEOUT);
    }
}
