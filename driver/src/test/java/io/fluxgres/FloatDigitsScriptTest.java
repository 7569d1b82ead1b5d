package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** What servers see of the SET by which floats keep their digits, and what becomes of them that refuse it or say nothing. */
@Timeout(30)
class FloatDigitsScriptTest {

    private static final String SET = "set extra_float_digits = 1";
    private static final String SELECT = "select 7";

    /** Without the resets' own text. */
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    private volatile String version = "18.6";
    private volatile boolean reportsAsPostgres = true;
    private volatile BackendMessages answer = new BackendMessages().commandComplete("SET");
    private final FakeServer server = FakeServer.of(this::serve);

    @AfterEach
    void closeServer() throws IOException {
        server.close();
    }

    private void startSession(FakeServer.Peer peer) throws IOException {
        peer.readStartup();
        BackendMessages start = new BackendMessages()
                .authenticationOk()
                .parameterStatus("client_encoding", "UTF8")
                .parameterStatus("server_version", version);
        if (reportsAsPostgres) {
            start.parameterStatus("IntervalStyle", "postgres");
        }
        peer.send(start.readyForQuery('I'));
    }

    /** Knows simple queries, and refuses each other message by itself. */
    private void serve(FakeServer.Peer peer) throws IOException {
        startSession(peer);
        heard.add("started");
        while (true) {
            char type = peer.readType();
            byte[] body = peer.readBody();
            if (type == 'X') {
                return;
            }
            BackendMessages messages = new BackendMessages();
            if (type == 'Q') {
                String sql = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
                heard.add(sql.startsWith("reset all") ? "reset" : sql);
                if (sql.equals(SET)) {
                    messages = answer;
                } else {
                    messages.rowDescription(BackendMessages.column("n", 23))
                            .dataRow("7")
                            .commandComplete("SELECT 1");
                }
            } else {
                messages.errorResponse("ERROR", "0A000", "unknown message");
            }
            peer.send(new BackendMessages().bytes(messages.toBytes()).readyForQuery('I'));
        }
    }

    private PgOptions options() {
        return server.options()
                .with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE)
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.POOL_SIZE, 1);
    }

    private static int seven(PgQuery query) {
        return query.map(row -> row.getInt(0)).single().block(TIMEOUT);
    }

    /** Executes the statement on two connections, one behind the other. */
    private void selectTwice(PgOptions options) {
        PgClient client = PgClient.create(options);
        for (int i = 0; i < 2; i++) {
            assertThat(client.connect()
                            .flatMap(connection -> connection
                                    .query(SELECT)
                                    .map(row -> row.getInt(0))
                                    .single()
                                    .flatMap(seven -> connection.close().thenReturn(seven)))
                            .block(TIMEOUT))
                    .isEqualTo(7);
        }
        client.close().block(TIMEOUT);
    }

    // ---- where it is sent

    @Test
    void theSetGoesInFrontOfTheFirstStatementAndBehindEachReset() {
        PgClient client = PgClient.create(options());
        for (int i = 0; i < 3; i++) {
            assertThat(seven(client.query(SELECT).exclusive())).isEqualTo(7);
        }
        client.close().block(TIMEOUT);

        assertThat(heard).startsWith("started", SET, SELECT, "reset", SET, SELECT, "reset", SET, SELECT);
    }

    @Test
    void theSetGoesDirectlyBehindAResetOfTheUser() {
        PgConnection connection = Connections.open(options());
        seven(connection.query("reset all"));
        seven(connection.query("discard plans"));
        seven(connection.query(SELECT));
        Connections.close(connection);

        assertThat(heard).containsExactly("started", SET, "reset", SET, "discard plans", SET, SELECT);
    }

    @ParameterizedTest
    @CsvSource({"18.6, false", "11.22, true", "8.2.23, true", "unknown, true", "'', true", "99999999999999, false"})
    void aServerThatDoesNotReportAsPostgresSeesNoSet(String reported, boolean intervalStyle) {
        version = reported;
        reportsAsPostgres = intervalStyle;

        selectTwice(options());

        assertThat(heard).containsExactly("started", SELECT, "started", SELECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.0", "14.19 (Debian)", "18beta1", "19devel"})
    void aServerThatReportsAsPostgresSeesIt(String reported) {
        version = reported;

        selectTwice(options());

        assertThat(heard).containsExactly("started", SET, SELECT, "started", SET, SELECT);
    }

    @Test
    void nothingIsSetWhereNothingIsKeptPreparedNorByAServerThatIsFoundToKnowSimpleQueriesOnly() {
        selectTwice(options().with(PgOption.STATEMENT_CACHE_SIZE, 0));
        selectTwice(options().with(PgOption.QUERY_MODE, PgQueryMode.AUTO));

        assertThat(heard).hasSize(8).doesNotContain(SET);
    }

    // ---- refusals

    @ParameterizedTest
    @ValueSource(strings = {"0A000", "42704", "42601", "22023", "00000"})
    void aRefusalCostsNobodyAStatementAndIsRemembered(String sqlState) {
        answer = new BackendMessages().errorResponse("ERROR", sqlState, "not supported");

        selectTwice(options());

        assertThat(heard).containsExactly("started", SET, SELECT, "started", SELECT);
    }

    @Test
    void aRefusalThatWillPassIsNotRemembered() {
        answer = new BackendMessages().errorResponse("ERROR", "53200", "out of memory");

        selectTwice(options());

        assertThat(heard).containsExactly("started", SET, SELECT, "started", SET, SELECT);
    }

    @Test
    void anAnswerThatIsNoneEndsTheConnection() {
        answer = new BackendMessages().commandComplete("SET").commandComplete("SET");

        PgException failure = Connections.failure(
                PgException.class,
                PgClient.create(options())
                        .connect()
                        .flatMapMany(connection -> connection.query(SELECT).rowsUpdated()));

        assertThat(failure).hasMessageContaining("the server answered a SET with CommandComplete behind its end");
    }

    // ---- no waiting

    /** The server answers nothing before it has read so much. */
    @ParameterizedTest
    @ValueSource(strings = {"query", "begin", "validate"})
    void nothingAwaitsTheAnswer(String first) throws IOException {
        try (FakeServer patient = FakeServer.of(peer -> {
            startSession(peer);
            peer.readMessage();
            peer.readMessage();
            peer.send(new BackendMessages()
                    .commandComplete("SET")
                    .readyForQuery('I')
                    .commandComplete("DONE")
                    .readyForQuery('I'));
        })) {
            Function<PgConnection, Publisher<?>> use = switch (first) {
                case "query" -> connection -> connection.query(SELECT).rowsUpdated();
                case "begin" -> PgConnection::begin;
                default -> PgConnection::validate;
            };
            PgConnection connection = Connections.open(patient.options().with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE));
            Flux.from(use.apply(connection)).blockLast(TIMEOUT);

            assertThat(connection.isHealthy()).isTrue();
            Connections.close(connection);
        }
    }

    /** Nobody would notice else that the server is silent. */
    @Test
    void anAbandonedStatementBehindASetThatIsNeverAnsweredEndsTheConnection() throws IOException {
        try (FakeServer silent = FakeServer.of(this::startSession)) {
            PgConnection connection = Connections.open(silent.options()
                    .with(PgOption.QUERY_MODE, PgQueryMode.SIMPLE)
                    .with(PgOption.DRAIN_TIMEOUT, Duration.ofMillis(100)));

            Disposable sent = connection.query(SELECT).rowsUpdated().subscribe();
            await("the statement is sent", () -> silent.received().contains(SELECT));
            sent.dispose();

            await("the end of the connection", () -> !connection.isHealthy());
        }
    }
}
