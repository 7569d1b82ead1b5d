package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.DelayProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connections of a client that end, or cannot be made. */
@Timeout(60)
class ClientReconnectIT extends ClientFixture {

    private final RecordingObserver observer = new RecordingObserver();

    private PgClient client(PgOptions options) {
        return closedBehindTheTest(PgClient.create(options.with(PgOption.OBSERVER, observer)));
    }

    private static PgOptions options() {
        return PgOptions.parse(postgres.url()).with(PgOption.SHARED_CONNECTIONS, 1);
    }

    private static int process(PgQuery query) {
        return list(query.map(row -> row.getInt(0))).get(0);
    }

    private static void terminate(int process) {
        assertThat(postgres.queryForString("select pg_terminate_backend(" + process + ", 5000)"))
                .isEqualTo("t");
    }

    @Test
    void aSharedConnectionThatEndsIsReplaced() {
        PgClient client = client(options());
        int first = process(client.query("select pg_backend_pid()"));

        terminate(first);
        await(
                "the end and a new connection",
                () -> observer.disconnects().size() == 1 && observer.connects().size() == 2);

        assertThat(process(client.query("select pg_backend_pid()"))).isNotEqualTo(first);
        assertThat(observer.disconnects().get(0)).contains("process " + first);
    }

    @Test
    void anIdleConnectionOfThePoolThatEndsIsReplaced() {
        PgClient client = client(options().with(PgOption.POOL_SIZE, 1));
        int first = process(client.query("select pg_backend_pid()").exclusive());

        terminate(first);
        await("the end", () -> observer.disconnects().size() == 1);

        assertThat(process(client.query("select pg_backend_pid()").exclusive())).isNotEqualTo(first);
    }

    @Test
    void whatWasSentFailsWithAnUnknownOutcomeAndWhatWasNotIsMoved() {
        PgClient client = client(options());
        list(Flux.range(0, 10).flatMap(n -> client.query("select $1").bind(n).rowsUpdated()));

        Mono<Long> suicide =
                client.query("select pg_terminate_backend(pg_backend_pid())").rowsUpdated();
        List<Object> outcomes = list(Flux.range(0, 100)
                .flatMap(
                        n -> n == 0
                                ? suicide.cast(Object.class).onErrorResume(PgConnectionException.class, Mono::just)
                                : client.query("select $1").bind(n).map(row -> (Object) row.getInt(0)),
                        100));

        assertThat(outcomes)
                .hasSize(100)
                .filteredOn(PgConnectionException.class::isInstance)
                .hasSize(1);
        assertThat(outcomes)
                .filteredOn(PgConnectionException.class::isInstance)
                .noneMatch(failure -> ((PgConnectionException) failure).safeToRetry());
    }

    @Test
    void aStatementWaitsForAServerThatComesBack() throws IOException {
        int port = freePort();
        PgClient client = client(options().with(PgOption.HOST, "127.0.0.1").with(PgOption.PORT, port));
        RecordingSubscriber<Integer> shared = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.query("select 1").map(row -> row.getInt(0)));
        RecordingSubscriber<Integer> exclusive = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.query("select 2").exclusive().map(row -> row.getInt(0)));
        await("some attempts", () -> observer.connects().size() >= 6);

        try (DelayProxy proxy = proxyAt(port)) {
            assertThat(proxy.port()).isEqualTo(port);
            assertThat(shared.awaitComplete().values()).containsExactly(1);
            assertThat(exclusive.awaitComplete().values()).containsExactly(2);
            client.close().block(TIMEOUT);
        }
    }

    private static DelayProxy proxyAt(int port) {
        return DelayProxy.start(port, postgres.host(), postgres.port(), Duration.ZERO);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aServerThatDoesNotComeBackFailsTheStatementWithTheReason() throws IOException {
        PgClient client = client(options()
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, freePort())
                .with(PgOption.ACQUIRE_TIMEOUT, Duration.ofMillis(300)));

        PgConnectionException shared =
                failure(PgConnectionException.class, client.query("select 1").rowsUpdated());
        PgConnectionException exclusive = failure(
                PgConnectionException.class,
                client.query("select 1").exclusive().rowsUpdated());
        PgConnectionException transaction = failure(
                PgConnectionException.class,
                client.inTransaction(connection -> connection.query("select 1").rows()));

        assertThat(List.of(shared, exclusive, transaction))
                .allMatch(PgException::safeToRetry)
                .allMatch(error -> error.getMessage().contains("could not connect to"));
    }

    @Test
    void whatDoesNotPassByItselfFailsAtOnce() {
        PgClient client = client(options().with(PgOption.DATABASE, "no_such_database"));

        assertThat(failure(PgServerException.class, client.query("select 1").rowsUpdated())
                        .sqlState())
                .isEqualTo("3D000");
        assertThat(failure(
                                PgServerException.class,
                                client.query("select 1").exclusive().rowsUpdated())
                        .sqlState())
                .isEqualTo("3D000");
        assertThat(observer.connects()).hasSize(2);
    }
}
