package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say between StartupMessage and the first ReadyForQuery: what is tolerated, and what is a violation. */
@Timeout(30)
class BadStartupTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int V3_0 = 0x0003_0000;
    private static final int V3_2 = 0x0003_0002;
    private static final byte[] KEY = {1, 2, 3, 4};

    // ---- tolerated

    @ParameterizedTest
    @MethodSource("legalStartups")
    void connects(PgProtocolVersion version, BackendMessages answer, int processId) throws Exception {
        try (FakeServer server = answering(answer)) {
            PgConnection connection = Logins.connect(server.options().with(PgOption.MAX_PROTOCOL_VERSION, version));

            assertThat(connection.processId()).isEqualTo(processId);
            assertThat(connection.isHealthy()).isTrue();
            connection.close().block(SOON);
            server.awaitClosedByClient();
        }
    }

    static Stream<Arguments> legalStartups() {
        return Stream.of(
                legal(
                        PgProtocolVersion.V3_0,
                        "no BackendKeyData",
                        0,
                        messages -> messages.authenticationOk().readyForQuery('I')),
                legal(
                        PgProtocolVersion.V3_0,
                        "process 0",
                        0,
                        messages -> messages.authenticationOk()
                                .backendKeyData(0, new byte[4])
                                .readyForQuery('I')),
                legal(
                        PgProtocolVersion.V3_0,
                        "process -1",
                        -1,
                        messages -> messages.authenticationOk()
                                .backendKeyData(-1, KEY)
                                .readyForQuery('I')),
                legal(PgProtocolVersion.V3_2, "a key of 4 bytes", 7, messages -> session(messages, new byte[4])),
                legal(PgProtocolVersion.V3_2, "a key of 5 bytes", 7, messages -> session(messages, new byte[5])),
                legal(PgProtocolVersion.V3_2, "a key of 32 bytes", 7, messages -> session(messages, new byte[32])),
                legal(PgProtocolVersion.V3_2, "a key of 256 bytes", 7, messages -> session(messages, new byte[256])),
                legal(
                        PgProtocolVersion.V3_2,
                        "version 3.0 negotiated",
                        7,
                        messages -> session(messages.negotiateProtocolVersion(V3_0), KEY)),
                legal(
                        PgProtocolVersion.V3_2,
                        "minor version 0 negotiated",
                        7,
                        messages -> session(messages.negotiateProtocolVersion(0), KEY)),
                legal(
                        PgProtocolVersion.V3_0,
                        "notices everywhere",
                        7,
                        messages -> notice(notice(notice(messages).authenticationOk())
                                        .backendKeyData(7, KEY))
                                .readyForQuery('I')),
                legal(
                        PgProtocolVersion.V3_0,
                        "parameters around the key",
                        7,
                        messages -> messages.authenticationOk()
                                .parameterStatus("TimeZone", "UTC")
                                .backendKeyData(7, KEY)
                                .parameterStatus("TimeZone", "Asia/Kolkata")
                                .readyForQuery('I')),
                legal(
                        PgProtocolVersion.V3_0,
                        "a notification",
                        7,
                        messages -> messages.authenticationOk()
                                .backendKeyData(7, KEY)
                                .notificationResponse(7, "orders", "")
                                .readyForQuery('I')));
    }

    private static Arguments legal(
            PgProtocolVersion version, String name, int processId, UnaryOperator<BackendMessages> answer) {
        return Arguments.of(version, Named.of(name, answer.apply(new BackendMessages())), processId);
    }

    private static BackendMessages notice(BackendMessages messages) {
        return messages.noticeResponse("WARNING", "01000", "take care");
    }

    @Test
    void serverParametersOfStartupAreKept() throws Exception {
        try (FakeServer server = answering(new BackendMessages()
                .authenticationOk()
                .parameterStatus("server_version", "18.6 (somewhere)")
                .parameterStatus("TimeZone", "UTC")
                .parameterStatus("TimeZone", "Asia/Kolkata")
                .parameterStatus("", "")
                .readyForQuery('I'))) {
            PgConnection connection = Logins.connect(server.options());

            assertThat(connection.serverParameters())
                    .containsEntry("server_version", "18.6 (somewhere)")
                    .containsEntry("TimeZone", "Asia/Kolkata");
            connection.close().block(SOON);
        }
    }

    // ---- violations

    @ParameterizedTest
    @MethodSource("violations")
    void violationEndsTheConnect(PgProtocolVersion version, BackendMessages answer) throws Exception {
        try (FakeServer server = answering(answer)) {
            PgOptions options = server.options().with(PgOption.MAX_PROTOCOL_VERSION, version);

            PgException failure = ConnectProbe.failureOf(server, options, SOON);

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(failure.fault()).isEqualTo(Fault.PROTOCOL);
            assertThat(server.received()).doesNotContain(FakeServer.PASSWORD);
        }
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                violation(
                        PgProtocolVersion.V3_2,
                        "a newer version",
                        messages -> session(messages.negotiateProtocolVersion(V3_2 + 1), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "major version 4",
                        messages -> session(messages.negotiateProtocolVersion(0x0004_0000), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "version 3.1",
                        messages -> session(messages.negotiateProtocolVersion(V3_0 + 1), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "version 2.0",
                        messages -> session(messages.negotiateProtocolVersion(0x0002_0000), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "nothing to negotiate",
                        messages -> session(messages.negotiateProtocolVersion(V3_2), KEY)),
                violation(
                        PgProtocolVersion.V3_0,
                        "nothing asked for",
                        messages -> session(messages.negotiateProtocolVersion(V3_0), KEY)),
                violation(
                        PgProtocolVersion.V3_0,
                        "a version that was not asked for",
                        messages -> session(messages.negotiateProtocolVersion(V3_2), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "an option that was not asked for",
                        messages -> session(messages.negotiateProtocolVersion(V3_0, "_pq_.x"), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "an option that is none",
                        messages -> session(messages.negotiateProtocolVersion(V3_0, "user"), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "-1 options",
                        messages -> messages.raw('v', new byte[] {0, 3, 0, 0, -1, -1, -1, -1})),
                violation(
                        PgProtocolVersion.V3_2,
                        "many options in no bytes",
                        messages -> messages.raw('v', new byte[] {0, 3, 0, 0, 127, -1, -1, -1})),
                violation(
                        PgProtocolVersion.V3_2,
                        "an option without its end",
                        messages -> messages.raw('v', new byte[] {0, 3, 0, 0, 0, 0, 0, 1, 'x'})),
                violation(
                        PgProtocolVersion.V3_2,
                        "negotiation twice",
                        messages ->
                                session(messages.negotiateProtocolVersion(V3_0).negotiateProtocolVersion(V3_0), KEY)),
                violation(
                        PgProtocolVersion.V3_2,
                        "negotiation too late",
                        messages -> messages.authenticationOk()
                                .negotiateProtocolVersion(V3_0)
                                .readyForQuery('I')),
                violation(PgProtocolVersion.V3_0, "a key of 3 bytes", messages -> session(messages, new byte[3])),
                violation(
                        PgProtocolVersion.V3_0, "a key of 5 bytes in 3.0", messages -> session(messages, new byte[5])),
                violation(
                        PgProtocolVersion.V3_0,
                        "a key of 32 bytes in 3.0",
                        messages -> session(messages, new byte[32])),
                violation(
                        PgProtocolVersion.V3_2,
                        "a key of 32 bytes behind 3.0",
                        messages -> session(messages.negotiateProtocolVersion(V3_0), new byte[32])),
                violation(
                        PgProtocolVersion.V3_2, "a key of 3 bytes in 3.2", messages -> session(messages, new byte[3])),
                violation(PgProtocolVersion.V3_2, "a key of 257 bytes", messages -> session(messages, new byte[257])),
                violation(
                        PgProtocolVersion.V3_0,
                        "no process id",
                        messages -> messages.authenticationOk().raw('K', new byte[3])),
                violation(
                        PgProtocolVersion.V3_0,
                        "two keys",
                        messages -> messages.authenticationOk()
                                .backendKeyData(7, KEY)
                                .backendKeyData(7, KEY)
                                .readyForQuery('I')),
                violation(
                        PgProtocolVersion.V3_0,
                        "a key before authentication",
                        messages -> messages.backendKeyData(7, KEY)),
                violation(
                        PgProtocolVersion.V3_0,
                        "ReadyForQuery before authentication",
                        messages -> messages.readyForQuery('I')),
                violation(
                        PgProtocolVersion.V3_0,
                        "AuthenticationOk twice",
                        messages -> messages.authenticationOk().authenticationOk()),
                violation(
                        PgProtocolVersion.V3_0,
                        "a question behind AuthenticationOk",
                        messages -> messages.authenticationOk().authenticationCleartextPassword()),
                violation(
                        PgProtocolVersion.V3_0,
                        "ReadyForQuery with an unknown status",
                        messages -> messages.authenticationOk().readyForQuery('X')),
                violation(
                        PgProtocolVersion.V3_0,
                        "ReadyForQuery without a status",
                        messages -> messages.authenticationOk().raw('Z', new byte[0])),
                violation(
                        PgProtocolVersion.V3_0,
                        "ReadyForQuery with two bytes",
                        messages -> messages.authenticationOk().raw('Z', new byte[] {'I', 'I'})),
                violation(
                        PgProtocolVersion.V3_0,
                        "a parameter without a value",
                        messages -> messages.authenticationOk().raw('S', new byte[] {'x', 0})),
                violation(
                        PgProtocolVersion.V3_0,
                        "a parameter without its end",
                        messages -> messages.authenticationOk().raw('S', new byte[] {'x', 0, 'y'})),
                violation(
                        PgProtocolVersion.V3_0,
                        "a parameter and more",
                        messages -> messages.authenticationOk().raw('S', new byte[] {'x', 0, 'y', 0, 0})),
                violation(
                        PgProtocolVersion.V3_0,
                        "a row",
                        messages -> messages.authenticationOk().dataRow("1")),
                violation(
                        PgProtocolVersion.V3_0,
                        "a result",
                        messages -> messages.authenticationOk().commandComplete("SELECT 1")),
                violation(
                        PgProtocolVersion.V3_0,
                        "CopyInResponse",
                        messages -> messages.authenticationOk().copyInResponse(0)),
                violation(
                        PgProtocolVersion.V3_0,
                        "CopyBothResponse",
                        messages -> messages.authenticationOk().copyBothResponse(0)),
                violation(PgProtocolVersion.V3_0, "an unknown type", messages -> messages.raw('q', new byte[0])),
                violation(PgProtocolVersion.V3_0, "type 0", messages -> messages.raw('\0', new byte[0])),
                violation(
                        PgProtocolVersion.V3_0,
                        "an error with a field without its end",
                        messages -> messages.raw('E', new byte[] {'M', 'x'})),
                violation(
                        PgProtocolVersion.V3_0,
                        "a long error",
                        messages -> messages.errorResponse("FATAL", "28000", "x".repeat(65536))),
                violation(PgProtocolVersion.V3_0, "parameters without end", BadStartupTest::manyParameters),
                violation(
                        PgProtocolVersion.V3_0,
                        "a long parameter",
                        messages -> messages.parameterStatus("x", "x".repeat(65536))),
                violation(
                        PgProtocolVersion.V3_0,
                        "a header that announces 16 MiB",
                        messages -> messages.rawWithLength('R', 16 << 20, new byte[0])),
                violation(
                        PgProtocolVersion.V3_0,
                        "a header that announces 2 GiB",
                        messages -> messages.rawWithLength('S', Integer.MAX_VALUE, new byte[0])),
                violation(PgProtocolVersion.V3_0, "length 3", messages -> messages.rawWithLength('R', 3, new byte[0])),
                violation(PgProtocolVersion.V3_0, "length 0", messages -> messages.rawWithLength('R', 0, new byte[0])),
                violation(
                        PgProtocolVersion.V3_0, "length -1", messages -> messages.rawWithLength('R', -1, new byte[0])),
                violation(
                        PgProtocolVersion.V3_0,
                        "length -2^31",
                        messages -> messages.rawWithLength('R', Integer.MIN_VALUE, new byte[0])));
    }

    private static BackendMessages manyParameters(BackendMessages messages) {
        BackendMessages all = messages.authenticationOk();
        for (int i = 0; i <= 1000; i++) {
            all = all.parameterStatus("parameter" + i, "x");
        }
        return all;
    }

    private static Arguments violation(PgProtocolVersion version, String name, UnaryOperator<BackendMessages> answer) {
        return Arguments.of(version, Named.of(name, answer.apply(new BackendMessages())));
    }

    private static BackendMessages session(BackendMessages messages, byte[] key) {
        return messages.authenticationOk().backendKeyData(7, key).readyForQuery('I');
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII", ""})
    void otherEncodingThanAskedForEndsTheConnect(String encoding) throws Exception {
        try (FakeServer server = answering(new BackendMessages()
                .authenticationOk()
                .parameterStatus("client_encoding", encoding)
                .readyForQuery('I'))) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).hasMessageContaining("client_encoding");
        }
    }

    private static FakeServer answering(BackendMessages messages) {
        return FakeServer.of(client -> {
            client.readStartup();
            client.send(messages);
        });
    }
}
