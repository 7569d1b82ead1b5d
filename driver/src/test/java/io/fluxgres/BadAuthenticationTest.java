package io.fluxgres;

import static io.fluxgres.PgAuthenticationMethod.MD5;
import static io.fluxgres.PgAuthenticationMethod.NONE;
import static io.fluxgres.PgAuthenticationMethod.SCRAM_SHA_256;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.FakeServer.Conversation;
import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import io.fluxgres.testkit.transcript.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that ask for what they may not have, or do not prove what they must: the driver refuses, and nothing that
 * could help to guess the password has left by then.
 */
@Timeout(30)
class BadAuthenticationTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final byte[] SALT = {1, 2, 3, 4};

    private static final Named<BackendMessages> TRUST = Named.of("nothing", new BackendMessages().authenticationOk());
    private static final Named<BackendMessages> CLEARTEXT =
            Named.of("the password in clear text", new BackendMessages().authenticationCleartextPassword());
    private static final Named<BackendMessages> MD5_DIGEST =
            Named.of("an MD5 digest", new BackendMessages().authenticationMd5Password(SALT));
    private static final Named<BackendMessages> SASL =
            Named.of("SASL", new BackendMessages().authenticationSasl("SCRAM-SHA-256"));

    // ---- downgrades

    @ParameterizedTest
    @MethodSource("downgrades")
    void methodThatIsNotAcceptedIsRefusedBeforeAnythingIsAnswered(
            Set<PgAuthenticationMethod> accepted, BackendMessages asked) throws Exception {
        try (FakeServer server = answering(asked)) {
            PgOptions options = server.options()
                    .with(PgOption.REQUIRE_AUTH, accepted)
                    .with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true);

            assertRefusedByConfiguration(server, options, "does not allow");
        }
    }

    static Stream<Arguments> downgrades() {
        return Stream.of(
                Arguments.of(Set.of(SCRAM_SHA_256), TRUST),
                Arguments.of(Set.of(SCRAM_SHA_256), CLEARTEXT),
                Arguments.of(Set.of(SCRAM_SHA_256), MD5_DIGEST),
                Arguments.of(Set.of(SCRAM_SHA_256, MD5), CLEARTEXT),
                Arguments.of(Set.of(MD5), SASL),
                Arguments.of(Set.of(NONE), CLEARTEXT),
                Arguments.of(Set.of(NONE), MD5_DIGEST),
                Arguments.of(Set.of(NONE), SASL));
    }

    @Test
    void cleartextPasswordIsRefusedByDefault() throws Exception {
        try (FakeServer server = answering(new BackendMessages().authenticationCleartextPassword())) {
            assertRefusedByConfiguration(server, server.options(), "clear text");
        }
    }

    @Test
    void downgradeAmidScramIsAViolation() throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.readStartup();
            client.send(new BackendMessages().authenticationSasl("SCRAM-SHA-256"));
            client.readMessage();
            client.send(new BackendMessages().authenticationCleartextPassword());
        })) {
            PgOptions options = server.options().with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true);

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(server.received()).doesNotContain(FakeServer.PASSWORD);
        }
    }

    @Test
    void passwordIsNotAskedForTwice() throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.readStartup();
            client.send(new BackendMessages().authenticationMd5Password(SALT));
            client.readMessage();
            client.send(new BackendMessages().authenticationCleartextPassword());
        })) {
            PgOptions options = server.options().with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true);

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(server.received()).doesNotContain(FakeServer.PASSWORD);
        }
    }

    // ---- what the driver cannot do

    @ParameterizedTest
    @CsvSource({
        "2, AuthenticationKerberosV5",
        "6, AuthenticationSCMCredential",
        "7, AuthenticationGSS",
        "8, AuthenticationGSSContinue",
        "9, AuthenticationSSPI",
        "1, code 1",
        "4, code 4",
        "99, code 99",
        "-1, code 4294967295"
    })
    void methodThatIsNotSupportedIsNamed(int code, String name) throws Exception {
        try (FakeServer server = answering(new BackendMessages().authentication(code, new byte[0]))) {
            assertRefusedByConfiguration(server, server.options(), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SCRAM-SHA-256-PLUS", "OAUTHBEARER", "SCRAM-SHA-1,SCRAM-SHA-512"})
    void mechanismsThatAreNotSupportedAreNamed(String mechanisms) throws Exception {
        String[] names = mechanisms.isEmpty() ? new String[0] : mechanisms.split(",");
        try (FakeServer server = answering(new BackendMessages().authenticationSasl(names))) {
            assertRefusedByConfiguration(server, server.options(), String.join(", ", names));
        }
    }

    @ParameterizedTest
    @MethodSource("malformedRequests")
    void malformedRequestIsAViolation(BackendMessages request) throws Exception {
        try (FakeServer server = answering(request)) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(failure.fault()).isEqualTo(Fault.PROTOCOL);
            assertOnlyStartupWasSent(server);
        }
    }

    static Stream<Named<BackendMessages>> malformedRequests() {
        return Stream.of(
                malformed("no code", 'R'),
                malformed("half a code", 'R', 0, 0),
                malformed("code and a half", 'R', 0, 0, 0, 0, 0),
                malformed("a salt of three bytes", 'R', 0, 0, 0, 5, 1, 2, 3),
                malformed("a salt of five bytes", 'R', 0, 0, 0, 5, 1, 2, 3, 4, 5),
                malformed("mechanisms without an end", 'R', 0, 0, 0, 10, 'S', 0),
                malformed("a mechanism without an end", 'R', 0, 0, 0, 10, 'S'),
                malformed("a mechanism with an escape", 'R', 0, 0, 0, 10, 27, '[', 0, 0),
                malformed("SASLContinue first", 'R', 0, 0, 0, 11),
                malformed("SASLFinal first", 'R', 0, 0, 0, 12));
    }

    private static Named<BackendMessages> malformed(String name, char type, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return Named.of(name, new BackendMessages().raw(type, bytes));
    }

    // ---- no password

    @ParameterizedTest
    @MethodSource("questionsForAPassword")
    void missingPasswordIsTheCallers(BackendMessages asked) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.readStartup();
            client.send(asked);
            byte[] clientFirst = client.readMessage();
            client.send(new BackendMessages().authenticationSaslContinue(serverFirst(clientFirst, 4096)));
        })) {
            PgOptions options = PgOptions.parse("postgresql://" + FakeServer.USER + "@127.0.0.1:"
                    + server.options().require(PgOption.PORT) + "?allowCleartextPassword=true");

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgAuthenticationException.class).hasMessageContaining("none was given");
            assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        }
    }

    static Stream<Named<BackendMessages>> questionsForAPassword() {
        return Stream.of(CLEARTEXT, MD5_DIGEST, SASL);
    }

    @Test
    void passwordWithNulCannotBeSent() throws Exception {
        try (FakeServer server = answering(new BackendMessages().authenticationCleartextPassword())) {
            PgOptions options = server.options()
                    .with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true)
                    .with(PgOption.PASSWORD, FakeServer.PASSWORD + "\0");

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgUsageException.class).hasMessageContaining("NUL");
            assertOnlyStartupWasSent(server);
        }
    }

    // ---- SCRAM

    @ParameterizedTest
    @CsvSource({
        "4096, early-ok, SERVER, before it proved",
        "4096, ok-without-final, SERVER, before it proved",
        "4096, wrong-signature, SERVER, failed to prove",
        "4096, server-error, CALLER, other-error",
        "4096, foreign-nonce, SERVER, nonce",
        "4096, same-nonce, SERVER, nonce",
        "4096, bad-salt, SERVER, base64",
        "1, refused-iterations, SERVER, fewer than 4096",
        "4095, refused-iterations, SERVER, fewer than 4096",
        "100001, refused-iterations, SERVER, more than 100000",
        "2147483647, refused-iterations, SERVER, more than 100000"
    })
    void scramThatProvesNothingIsRefused(int iterations, String scramFault, Fault fault, String reason)
            throws Exception {
        String transcript = """
            F StartupMessage 3.0 ...
            scram "%s" %d %s
            expect close
            """.formatted(FakeServer.PASSWORD, iterations, scramFault);
        try (ScriptedBackend backend = ScriptedBackend.play(transcript)) {
            PgException failure = ConnectProbe.failureOf(options(backend), SOON);

            assertThat(failure).isInstanceOf(PgAuthenticationException.class).hasMessageContaining(reason);
            assertThat(failure.fault()).isEqualTo(fault);
            backend.await();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "r=",
                "x",
                "r=%1$s,s=,i=4096",
                "r=%1$s,i=4096,s=W22Z",
                "r=%1$s,s=W22Z",
                "r=%1$s,s=W22Z,i=",
                "r=%1$s,s=W22Z,i=-4096",
                "r=%1$s,s=W22Z,i=4096.0",
                "r=%1$s,s=W22Z,i=0x1000",
                "r=%1$s,s=W22Z,i=99999999999999999999",
                "m=ext,r=%1$s,s=W22Z,i=4096",
                "r=%1$s\u00e9,s=W22Z,i=4096",
                "r=%1$s,s=W22Z,i=4096,",
                "e=other-error"
            })
    void malformedServerFirstIsRefused(String message) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.readStartup();
            client.send(new BackendMessages().authenticationSasl("SCRAM-SHA-256"));
            String nonce = nonce(client.readMessage()) + "server";
            client.send(new BackendMessages().authenticationSaslContinue(message.formatted(nonce)));
        })) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).isInstanceOf(PgAuthenticationException.class);
            assertThat(failure.fault()).isEqualTo(Fault.SERVER);
        }
    }

    @Test
    void hashOfThePasswordStopsAtTheDeadline() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FakeServer server = FakeServer.of(askingForIterations(10_000_000, asked))) {
            PgOptions options = server.options()
                    .with(PgOption.SCRAM_MAX_ITERATIONS, 10_000_000)
                    .with(PgOption.CONNECT_TIMEOUT, Duration.ofMillis(800));

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgConnectionException.class).hasMessageContaining("800 ms");
            awaitHashing(false);
        }
    }

    @Test
    void hashOfThePasswordStopsWhenTheConnectIsCancelled() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FakeServer server = FakeServer.of(askingForIterations(10_000_000, asked))) {
            PgOptions options = server.options().with(PgOption.SCRAM_MAX_ITERATIONS, 10_000_000);

            var connecting = PgClient.create(options).connect().subscribe();
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
            awaitHashing(true);
            connecting.dispose();

            server.awaitClosedByClient();
            awaitHashing(false);
        }
    }

    private static Conversation askingForIterations(int iterations, CountDownLatch asked) {
        return client -> {
            client.readStartup();
            client.send(new BackendMessages().authenticationSasl("SCRAM-SHA-256"));
            byte[] clientFirst = client.readMessage();
            client.send(new BackendMessages().authenticationSaslContinue(serverFirst(clientFirst, iterations)));
            asked.countDown();
        };
    }

    /** The message that answers SASLInitialResponse as a server should; without meaning for any other message. */
    private static String serverFirst(byte[] saslInitialResponse, int iterations) {
        return "r=%sserver,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=%d".formatted(nonce(saslInitialResponse), iterations);
    }

    private static String nonce(byte[] saslInitialResponse) {
        String text = new String(saslInitialResponse, StandardCharsets.ISO_8859_1);
        return text.substring(text.indexOf(",r=") + 3);
    }

    /** Looks at the stacks until somebody, or nobody, computes the hash of a password. */
    private static void awaitHashing(boolean expected) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (isHashing() != expected) {
            assertThat(System.nanoTime()).as("a thread computes: %s", !expected).isLessThan(deadline);
        }
    }

    private static boolean isHashing() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().endsWith(".ScramKeys"));
    }

    // ---- judged

    private static FakeServer answering(BackendMessages messages) {
        return FakeServer.of(client -> {
            client.readStartup();
            client.send(messages);
        });
    }

    private static PgOptions options(ScriptedBackend backend) {
        return PgOptions.defaults()
                .with(PgOption.HOST, backend.host())
                .with(PgOption.PORT, backend.port())
                .with(PgOption.USER, FakeServer.USER)
                .with(PgOption.PASSWORD, FakeServer.PASSWORD);
    }

    private static void assertRefusedByConfiguration(FakeServer server, PgOptions options, String reason)
            throws Exception {
        PgException failure = ConnectProbe.failureOf(server, options, SOON);

        assertThat(failure).isInstanceOf(PgAuthenticationException.class).hasMessageContaining(reason);
        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        assertThat(failure.safeToRetry()).isTrue();
        assertOnlyStartupWasSent(server);
    }

    /** A message that begins with its length and ends with it. */
    private static void assertOnlyStartupWasSent(FakeServer server) {
        String received = server.received();
        assertThat(received).startsWith("\0\0\0").doesNotContain(FakeServer.PASSWORD);
        assertThat(received).hasSize(received.charAt(3));
    }
}
