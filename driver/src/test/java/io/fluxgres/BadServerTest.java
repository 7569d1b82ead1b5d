package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fluxgres.FakeServer.Conversation;
import io.fluxgres.FakeServer.Peer;
import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;

/** Connects to what is no PostgreSQL server, or one that does not answer: one clear error, in time, and nothing left. */
@Timeout(30)
class BadServerTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration SHORT_TIMEOUT = Duration.ofMillis(300);

    // ---- nobody there

    @Test
    void portWithNothingBehindIsRefusedAtOnce() throws Exception {
        PgOptions options = toNothing().with(PgOption.CONNECT_TIMEOUT, Duration.ofSeconds(20));

        PgException failure = ConnectProbe.failureOf(options, SOON);

        assertConnectionFailure(failure);
        assertThat(failure)
                .hasMessageContaining("127.0.0.1:" + options.require(PgOption.PORT))
                .hasMessageContaining("refused");
    }

    private static PgOptions toNothing() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return PgOptions.defaults()
                    .with(PgOption.HOST, "127.0.0.1")
                    .with(PgOption.PORT, free.getLocalPort())
                    .with(PgOption.USER, FakeServer.USER)
                    .with(PgOption.PASSWORD, FakeServer.PASSWORD);
        }
    }

    @Test
    void hostThatDoesNotResolveIsNamed() throws Exception {
        PgOptions options = toNothing()
                .with(PgOption.HOST, "no-such-host.invalid")
                .with(PgOption.CONNECT_TIMEOUT, Duration.ofSeconds(3));

        PgException failure = ConnectProbe.failureOf(options, SOON);

        assertConnectionFailure(failure);
        assertThat(failure).hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void socketThatDoesNotExistIsNamed() throws Exception {
        PgOptions options = toNothing().with(PgOption.SOCKET, "/nowhere/.s.PGSQL.5432");

        PgException failure = ConnectProbe.failureOf(options, SOON);

        assertConnectionFailure(failure);
        assertThat(failure).hasMessageContaining("/nowhere/.s.PGSQL.5432");
    }

    // ---- silence

    @Test
    void handshakeThatNobodyAcceptsEndsAtTheDeadline() throws Exception {
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(full, queue);
            PgOptions options =
                    toNothing().with(PgOption.PORT, full.getLocalPort()).with(PgOption.CONNECT_TIMEOUT, SHORT_TIMEOUT);

            PgException failure = ConnectProbe.failureOf(options, SOON);

            assertConnectionFailure(failure);
            assertThat(failure).hasMessageContaining("300 ms");
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    /** Connects until the queue of the server is full: further handshakes are not answered. */
    private static void fill(ServerSocket server, List<Socket> queue) throws IOException {
        while (queue.size() < 50) {
            Socket socket = new Socket();
            queue.add(socket);
            try {
                socket.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        assumeTrue(false, "This system accepts connections beyond the backlog");
    }

    @ParameterizedTest
    @MethodSource("stages")
    void silenceEndsAtTheDeadline(Conversation conversation) throws Exception {
        try (FakeServer server = FakeServer.of(conversation)) {
            PgOptions options = server.options().with(PgOption.CONNECT_TIMEOUT, SHORT_TIMEOUT);

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertConnectionFailure(failure);
            assertThat(failure).hasMessageContaining("300 ms");
        }
    }

    static Stream<Named<Conversation>> stages() {
        return Stream.of(
                stage("from the beginning", client -> {}),
                stage("behind StartupMessage", Peer::readStartup),
                stage("within a header", answering(new byte[] {'R', 0, 0})),
                stage("within a message", answering(new byte[] {'R', 0, 0, 0, 8, 0, 0})),
                stage("behind AuthenticationOk", answering(new BackendMessages().authenticationOk())),
                stage(
                        "behind SASLInitialResponse",
                        answering(new BackendMessages().authenticationSasl("SCRAM-SHA-256"))),
                stage("behind the password", client -> {
                    client.readStartup();
                    client.send(new BackendMessages().authenticationMd5Password(new byte[4]));
                    client.readMessage();
                }));
    }

    // ---- the connection ends

    @ParameterizedTest
    @MethodSource("stages")
    void serverThatClosesEndsTheConnect(Conversation conversation) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            conversation.with(client);
            client.finish();
        })) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertConnectionFailure(failure);
        }
    }

    @ParameterizedTest
    @MethodSource("stages")
    void serverThatResetsEndsTheConnect(Conversation conversation) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            conversation.with(client);
            client.reset();
        })) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertConnectionFailure(failure);
        }
    }

    // ---- somebody else

    @ParameterizedTest
    @MethodSource("otherServers")
    void serverOfAnotherProtocolIsRecognized(byte[] answer) throws Exception {
        try (FakeServer server = FakeServer.of(client -> client.send(answer))) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(failure.fault()).isEqualTo(Fault.PROTOCOL);
        }
    }

    static Stream<Named<byte[]>> otherServers() {
        return Stream.of(
                banner("HTTP", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                banner("SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
                banner("SMTP", "220 mail.example.org ESMTP Postfix\r\n"),
                banner("Redis", "-ERR unknown command\r\n"),
                bytes("MySQL", "4a0000000a382e302e333600" + "00".repeat(66)),
                bytes("TLS alert", "15030300020228"),
                bytes("TLS server hello", "160303007a020000760303" + "5a".repeat(115)),
                bytes("a server before PostgreSQL 7.4", "4546415441" + "4c".repeat(40) + "00"),
                bytes("zeros", "00".repeat(100)),
                bytes("ones", "ff".repeat(100)));
    }

    private static Named<byte[]> banner(String protocol, String text) {
        return Named.of(protocol, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Named<byte[]> bytes(String protocol, String hexadecimal) {
        return Named.of(protocol, HexFormat.of().parseHex(hexadecimal));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void endlessGarbageIsRefused(long seed) throws Exception {
        byte[] garbage = new byte[8192];
        new Random(seed).nextBytes(garbage);
        try (FakeServer server = FakeServer.of(client -> sendForEver(client, garbage))) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("endlessMessages")
    void endlessMessagesEndAtTheDeadline(BackendMessages messages) throws Exception {
        try (FakeServer server = FakeServer.of(client -> sendForEver(client, messages.toBytes()))) {
            PgOptions options = server.options().with(PgOption.CONNECT_TIMEOUT, SHORT_TIMEOUT);

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertConnectionFailure(failure);
            assertThat(failure).hasMessageContaining("300 ms");
        }
    }

    static Stream<Named<BackendMessages>> endlessMessages() {
        return Stream.of(
                Named.of("notices", new BackendMessages().noticeResponse("NOTICE", "00000", "on and on")),
                Named.of("parameters", new BackendMessages().parameterStatus("TimeZone", "UTC")));
    }

    private static void sendForEver(Peer client, byte[] bytes) throws IOException {
        client.readStartup();
        while (true) {
            client.send(bytes);
        }
    }

    // ---- given up

    @Test
    void connectThatIsCancelledAtAnyMomentClosesItsSocket() throws Exception {
        long seed = Long.getLong("fluxgres.test.seed", System.nanoTime());
        Random random = new Random(seed);
        int attempts = 100;
        CountDownLatch cancelled = new CountDownLatch(attempts);
        try (FakeServer server = FakeServer.of(Peer::startSession)) {
            PgClient client = PgClient.create(server.options());
            for (int i = 0; i < attempts; i++) {
                Closing connecting = new Closing();
                client.connect().subscribe(connecting);
                Schedulers.single()
                        .schedule(
                                () -> {
                                    connecting.dispose();
                                    cancelled.countDown();
                                },
                                random.nextInt(5_000),
                                TimeUnit.MICROSECONDS);
            }
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            server.awaitClosedByClient();
        }
    }

    /** Closes the connection, also one that comes while it is disposed of: from then on it belongs to the subscriber. */
    private static final class Closing extends BaseSubscriber<PgConnection> {

        @Override
        protected void hookOnNext(PgConnection connection) {
            connection.close().subscribe();
        }
    }

    // ---- refused before anything is sent

    @ParameterizedTest
    @MethodSource("optionsOfStartup")
    void nulInAStartupParameterIsRefusedAndNothingIsSent(PgOption<String> option) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {})) {
            PgOptions options = server.options().with(option, "name\0user\0admin");

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgUsageException.class).hasMessageContaining("NUL");
            assertThat(failure.fault()).isEqualTo(Fault.CALLER);
            assertThat(Secrets.everythingThatAFailureTells(failure)).doesNotContain("admin");
            assertThat(server.received()).isEmpty();
        }
    }

    static Stream<PgOption<String>> optionsOfStartup() {
        return Stream.of(PgOption.USER, PgOption.DATABASE, PgOption.APPLICATION_NAME);
    }

    // ---- let in

    @Test
    void connectsToAnIpv6Address() throws IOException {
        boolean available;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            available = socket.isBound();
        } catch (IOException e) {
            available = false;
        }
        assumeTrue(available, "This machine has no IPv6");
        try (FakeServer server = FakeServer.on("::1", Peer::startSession)) {
            int port = server.options().require(PgOption.PORT);
            PgConnection connection = Logins.connect(PgOptions.parse("postgresql://ann@[::1]:" + port));

            assertThat(connection.processId()).isEqualTo(FakeServer.PROCESS_ID);
            connection.close().block(SOON);
        }
    }

    private static Named<Conversation> stage(String name, Conversation conversation) {
        return Named.of(name, conversation);
    }

    private static Conversation answering(BackendMessages messages) {
        return answering(messages.toBytes());
    }

    private static Conversation answering(byte[] bytes) {
        return client -> {
            client.readStartup();
            client.send(bytes);
        };
    }

    /** Nothing can have been executed by a connection that was not made. */
    private static void assertConnectionFailure(PgException failure) {
        assertThat(failure).isInstanceOf(PgConnectionException.class);
        assertThat(failure.fault()).isEqualTo(Fault.NETWORK);
        assertThat(failure.safeToRetry()).as("safe to retry").isTrue();
    }
}
