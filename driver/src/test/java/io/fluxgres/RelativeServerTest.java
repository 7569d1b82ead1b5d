package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Relatives of PostgreSQL: without savepoints, without the extended protocol, without portals that are suspended. */
@Timeout(30)
class RelativeServerTest {

    private static final int INT4 = 23;
    private static final int VARCHAR = 1043;

    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());

    // ---- no savepoints

    /** Answers groups of statements, of which it knows all but SAVEPOINT. */
    private void serveWithoutSavepoints(FakeServer.Peer peer, String sqlState, boolean aborts) throws IOException {
        peer.startSession();
        Map<String, String> prepared = new HashMap<>();
        char status = 'I';
        while (true) {
            BackendMessages answers = new BackendMessages();
            boolean failed = false;
            String sql = "";
            char type = peer.readType();
            for (; type != 'S' && type != 'Q'; type = peer.readType()) {
                byte[] body = peer.readBody();
                if (type == 'X') {
                    return;
                }
                if (type == 'P') {
                    sql = textOf(body, 1);
                    prepared.put(textOf(body, 0), sql);
                } else if (type == 'B') {
                    sql = prepared.getOrDefault(textOf(body, 1), "");
                }
                if (failed) {
                    continue;
                }
                if (sql.startsWith("savepoint")) {
                    answers.errorResponse("ERROR", sqlState, "Savepoints are disabled");
                    status = aborts && status == 'T' ? 'E' : status;
                    failed = true;
                } else if (type == 'P') {
                    statements.add(sql);
                    answers.parseComplete();
                } else if (type == 'D') {
                    answers.parameterDescription(VARCHAR).rowDescription(BackendMessages.column("n", VARCHAR));
                } else if (type == 'B') {
                    answers.bindComplete();
                } else {
                    status = statusBehind(sql, status);
                    answer(answers, sql);
                }
            }
            byte[] body = peer.readBody();
            if (type == 'Q') {
                sql = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
                statements.add(sql);
                status = statusBehind(sql, status);
                answer(answers, sql);
            }
            peer.send(answers.readyForQuery(status));
        }
    }

    private static String textOf(byte[] body, int index) {
        return new String(body, StandardCharsets.UTF_8).split("\0", -1)[index];
    }

    private static char statusBehind(String sql, char before) {
        return sql.equals("begin") ? 'T' : sql.equals("commit") || sql.equals("rollback") ? 'I' : before;
    }

    private static void answer(BackendMessages answers, String sql) {
        if (sql.startsWith("select")) {
            answers.dataRow("7").commandComplete("SELECT 1");
        } else {
            answers.commandComplete(sql.toUpperCase(Locale.ROOT));
        }
    }

    private static Mono<String> seven(PgConnection connection, String sql) {
        return connection
                .query(sql)
                .bind("text")
                .map(row -> String.valueOf(row.getString(0)))
                .single();
    }

    @ParameterizedTest
    @CsvSource({"0A000, true", "42601, true", "0A000, false", "42601, false"})
    void aTransactionThatBeginsWithAStringDoesWithoutASavepoint(String sqlState, boolean aborts) {
        try (FakeServer server = FakeServer.of(peer -> serveWithoutSavepoints(peer, sqlState, aborts))) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);

            for (int i = 0; i < 3; i++) {
                String sql = "select " + i + " where $1 = 'text'";
                assertThat(list(connection.inTransaction(
                                transaction -> seven(transaction, sql).concatWith(seven(transaction, sql)))))
                        .containsExactly("7", "7");
                assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
            }

            // the first was begun twice, and the savepoint not tried again
            assertThat(statements.stream().filter("begin"::equals)).hasSize(4);
            assertThat(statements.stream().filter("rollback"::equals)).hasSize(1);
            Connections.close(connection);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBatchThatBeginsATransactionDoesWithoutASavepoint() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> serveWithoutSavepoints(peer, "0A000", true))) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);

            assertThat(list(connection.inTransaction(transaction -> transaction
                            .query("select 1 where $1 = 'text'")
                            .bindAll(List.of(new Object[] {"a"}, new Object[] {"b"}))
                            .map(row -> String.valueOf(row.getString(0))))))
                    .containsExactly("7", "7");
            Connections.close(connection);
        }
    }

    @Test
    void aTransactionThatTheCallerHasBegunGoesOnWhereTheServerHasNotAbortedIt() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> serveWithoutSavepoints(peer, "0A000", false))) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);
            connection.begin().block(TIMEOUT);

            assertThat(seven(connection, "select 1 where $1 = 'text'").block(TIMEOUT))
                    .isEqualTo("7");

            connection.commit().block(TIMEOUT);
            assertThat(statements).doesNotContain("rollback");
            Connections.close(connection);
        }
    }

    @Test
    void anAbortedTransactionOfTheCallerFailsOnceAndIsLearntFrom() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> serveWithoutSavepoints(peer, "0A000", true))) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);
            connection.begin().block(TIMEOUT);

            PgServerException refused =
                    failure(PgServerException.class, seven(connection, "select 1 where $1 = 'text'"));

            assertThat(refused.sqlState()).isEqualTo("0A000");
            connection.rollback().block(TIMEOUT);
            connection.begin().block(TIMEOUT);
            assertThat(seven(connection, "select 1 where $1 = 'text'").block(TIMEOUT))
                    .isEqualTo("7");
            Connections.close(connection);
        }
    }

    // ---- no extended protocol

    @Test
    void aServerThatRefusesEachMessageByItselfIsToldFromOthers() throws Exception {
        try (FakeServer server = FakeServer.of(peer -> {
            peer.startSession();
            for (int i = 0; i < 5; i++) {
                peer.readMessage();
                peer.send(new BackendMessages()
                        .errorResponse("ERROR", "0A000", "unknown message")
                        .readyForQuery('I'));
            }
        })) {
            RecordingObserver observer = new RecordingObserver();
            PgConnection connection = PgClient.create(server.options().with(PgOption.OBSERVER, observer))
                    .connect()
                    .block(TIMEOUT);

            assertThat(failure(
                                    PgServerException.class,
                                    connection.query("select $1 + 1").bind(1).rows())
                            .sqlState())
                    .isEqualTo("0A000");

            Connections.await("the end", () -> !observer.disconnects().isEmpty());
            assertThat(observer.disconnects().get(0)).contains("queryMode=auto");
        }
    }

    // ---- portals

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResultThatEndsAtTheFetchSizeIsAnErrorAndNotTheEnd(boolean inTransaction) throws Exception {
        try (FakeServer server = FakeServer.of(peer -> {
            peer.startSession();
            if (inTransaction) {
                peer.readUpTo('Q');
                peer.send(new BackendMessages().commandComplete("BEGIN").readyForQuery('T'));
            }
            peer.readUpTo('E');
            peer.send(new BackendMessages()
                    .parseComplete()
                    .parameterDescription()
                    .rowDescription(BackendMessages.column("n", INT4))
                    .bindComplete()
                    .dataRow("1")
                    .dataRow("2")
                    .commandComplete("SELECT 4"));
            peer.readUpTo('S');
            // of the Execute that was sent ahead
            BackendMessages end =
                    inTransaction ? new BackendMessages() : new BackendMessages().commandComplete("SELECT 0");
            peer.send(end.readyForQuery(inTransaction ? 'T' : 'I'));
        })) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);
            if (inTransaction) {
                connection.begin().block(TIMEOUT);
            }
            RecordingSubscriber<Integer> rows = RecordingSubscriber.<Integer>requesting(10)
                    .subscribedTo(
                            connection.query("select n from t").fetchSize(2).map(row -> row.getInt(0)));

            assertThat(rows.awaitError(PgUsageException.class))
                    .hasMessageContaining("2 rows")
                    .hasMessageContaining("fetchSize(0)");
            assertThat(rows.values()).containsExactly(1, 2);
        }
    }
}
