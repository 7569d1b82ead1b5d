package io.fluxgres;

import static io.fluxgres.Logins.ask;
import static io.fluxgres.Logins.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Connects to a real server: by every kind of address, many times, half-way, and until the end. */
@Timeout(60)
class ConnectIT {

    private static final Duration PATIENCE = Logins.PATIENCE;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    // ---- where to

    @Test
    void connectsByUri() {
        assertThat(ask(PgOptions.parse(postgres.url()), "select current_user || '@' || current_database()"))
                .isEqualTo(postgres.user() + "@" + postgres.database());
    }

    @Test
    void connectsByOptions() {
        PgOptions options = PgOptions.defaults()
                .with(PgOption.HOST, postgres.host())
                .with(PgOption.PORT, postgres.port())
                .with(PgOption.USER, postgres.user())
                .with(PgOption.PASSWORD, postgres.password())
                .with(PgOption.DATABASE, postgres.database());

        assertThat(ask(options, "select current_user || '@' || current_database()"))
                .isEqualTo(postgres.user() + "@" + postgres.database());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void connectsToAnAddress(String address) {
        assumeListening(address);

        assertThat(ask(options().with(PgOption.HOST, address), "select host(inet_server_addr())"))
                .isEqualTo(address);
    }

    @Test
    void connectsToAnIpv6AddressInAUri() {
        assumeListening("::1");
        String uri = "postgresql://%s@[::1]:%d/%s".formatted(postgres.user(), postgres.port(), postgres.database());

        assertThat(ask(PgOptions.parse(uri), "select host(inet_server_addr())")).isEqualTo("::1");
    }

    private static void assumeListening(String address) {
        postgres.assumeEmbedded();
        boolean listening;
        try (Socket socket = new Socket(address, postgres.port())) {
            listening = socket.isConnected();
        } catch (IOException e) {
            listening = false;
        }
        assumeTrue(
                listening, () -> "The server does not listen on " + address + ", or this machine has no such address");
    }

    @Test
    void connectsToLocalhost() {
        postgres.assumeEmbedded();

        assertThat(ask(options().with(PgOption.HOST, "localhost"), "select host(inet_server_addr())"))
                .isIn("127.0.0.1", "::1");
    }

    @Test
    void connectsByUnixDomainSocket() {
        PgOptions options = options().with(PgOption.SOCKET, socket().toString());

        assertThat(ask(options, "select inet_server_addr() is null")).isEqualTo("t");
    }

    @Test
    void connectsByUnixDomainSocketInAUri() {
        String host = URLEncoder.encode(socket().toString(), StandardCharsets.UTF_8);
        String uri = "postgresql://%s@%s/%s".formatted(postgres.user(), host, postgres.database());

        assertThat(ask(PgOptions.parse(uri), "select inet_server_addr() is null"))
                .isEqualTo("t");
    }

    private static Path socket() {
        assumeTrue(postgres.socketPath().isPresent(), "The server has no Unix domain socket on this machine");
        assumeTrue(LoopResources.hasNativeSupport(), "There is no native transport for this platform");
        return postgres.socketPath().orElseThrow();
    }

    // ---- how often

    @Test
    void everySubscriptionMakesAConnectionOfItsOwn() {
        Mono<PgConnection> connect = PgClient.create(options()).connect();
        PgConnection first = connect.blockOptional(PATIENCE).orElseThrow();
        PgConnection second = connect.blockOptional(PATIENCE).orElseThrow();

        assertThat(first.processId()).isNotEqualTo(second.processId());
        first.close().then(second.close()).block(PATIENCE);
    }

    @Test
    void manyConnectInParallel() {
        PgClient client = PgClient.create(named("parallel"));

        List<PgConnection> connections = Flux.range(0, 50)
                .flatMap(i -> client.connect(), 50)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();

        Set<Integer> processes =
                connections.stream().map(PgConnection::processId).collect(Collectors.toSet());
        assertThat(processes).hasSize(50);
        awaitBackends("parallel", 50);
        Flux.fromIterable(connections).flatMap(PgConnection::close, 50).blockLast(PATIENCE);
        awaitNoBackend("parallel");
    }

    @Test
    void connectionIsHandedOverWhenItIsRequested() {
        StepVerifier.create(PgClient.create(named("unrequested")).connect(), 0)
                .expectSubscription()
                .then(() -> awaitBackends("unrequested", 1))
                .thenRequest(1)
                .assertNext(connection -> {
                    assertThat(connection.isHealthy()).isTrue();
                    connection.close().subscribe();
                })
                .expectComplete()
                .verify(PATIENCE);
        awaitNoBackend("unrequested");
    }

    @Test
    void connectionThatNobodyRequestedIsClosedByCancel() {
        StepVerifier.create(PgClient.create(named("unwanted")).connect(), 0)
                .expectSubscription()
                .then(() -> awaitBackends("unwanted", 1))
                .thenCancel()
                .verify(PATIENCE);

        awaitNoBackend("unwanted");
    }

    @Test
    void connectThatIsCancelledAtAnyMomentLeavesNoBackendBehind() throws InterruptedException {
        long seed = Long.getLong("fluxgres.test.seed", System.nanoTime());
        Random random = new Random(seed);
        PgClient client = PgClient.create(named("cancelled"));
        int attempts = 100;
        CountDownLatch ended = new CountDownLatch(attempts);

        for (int i = 0; i < attempts; i++) {
            Impatient subscriber = new Impatient(ended);
            client.connect().subscribe(subscriber);
            Schedulers.single().schedule(subscriber::cancel, random.nextInt(15_000), TimeUnit.MICROSECONDS);
        }

        assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("every attempt ended, seed %d", seed)
                .isTrue();
        // The server accepts in order, so none of those before can still be in its queue.
        assertThat(ask(options(), "select 'late'")).isEqualTo("late");
        awaitNoBackend("cancelled");
    }

    /** Waits for a connection and closes it should it come before the cancel. */
    private static final class Impatient extends BaseSubscriber<PgConnection> {

        private final CountDownLatch ended;

        Impatient(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
        }

        @Override
        protected void hookOnNext(PgConnection connection) {
            connection.close().subscribe();
        }

        @Override
        protected void hookFinally(SignalType signal) {
            ended.countDown();
        }
    }

    // ---- until

    @Test
    void closeCompletesAndTheBackendEnds() {
        PgConnection connection = connect(named("closed"));
        awaitBackends("closed", 1);

        connection.close().block(PATIENCE);

        assertThat(connection.isHealthy()).isFalse();
        awaitNoBackend("closed");
    }

    @Test
    void closingTwiceIsHarmless() {
        PgConnection connection = connect(options());

        Mono.when(connection.close(), connection.close())
                .then(connection.close())
                .block(PATIENCE);

        assertThat(connection.isHealthy()).isFalse();
    }

    @Test
    void queryOnAClosedConnectionIsSafeToRetry() {
        PgConnection connection = connect(options());
        connection.close().block(PATIENCE);

        assertThatThrownBy(() -> connection.query("select 1").rows().blockLast(PATIENCE))
                .asInstanceOf(type(PgConnectionException.class))
                .satisfies(failure -> assertThat(failure.safeToRetry()).isTrue())
                .satisfies(failure -> assertThat(failure).hasMessageContaining("closed by the caller"));
    }

    @Test
    void backendThatIsTerminatedEndsTheConnectionWithItsReason() {
        PgConnection connection = connect(named("terminated"));
        Mono<List<PgRow>> sleep = connection.query("select pg_sleep(30)").rows().collectList();

        assertThatThrownBy(() -> Mono.zip(
                                sleep,
                                Mono.fromRunnable(() -> {
                                            awaitBackends("terminated", 1);
                                            postgres.execute(
                                                    "select pg_terminate_backend(" + connection.processId() + ")");
                                        })
                                        .subscribeOn(Schedulers.boundedElastic())
                                        .thenReturn(true))
                        .block(PATIENCE))
                .asInstanceOf(type(PgConnectionException.class))
                .satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("57P01"))
                .satisfies(failure -> assertThat(failure.safeToRetry()).isFalse());
        assertThat(connection.isHealthy()).isFalse();
    }

    // ---- how it is asked

    private static PgOptions options() {
        return PgOptions.parse(postgres.url());
    }

    /** The options of connections that {@link #awaitBackends} can tell from others. */
    private static PgOptions named(String name) {
        return options().with(PgOption.APPLICATION_NAME, "connect-" + name);
    }

    private static void awaitNoBackend(String name) {
        awaitBackends(name, 0);
    }

    private static void awaitBackends(String name, int expected) {
        Logins.awaitBackends(postgres, "application_name = 'connect-" + name + "'", expected);
    }
}
