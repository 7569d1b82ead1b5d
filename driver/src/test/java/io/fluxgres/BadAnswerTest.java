package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers that break the protocol once the session has begun, in the answer to a query or while nobody asked: one clear
 * error, and the connection is closed.
 */
@Timeout(30)
class BadAnswerTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int INT4 = 23;
    /** Goes by the simple query protocol. */
    private static final String SEVERAL = "select 1; select 2";
    /** Goes by the extended query protocol. */
    private static final String ONE = "select 1";

    // ---- simple query

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void brokenAnswerToASimpleQueryClosesTheConnection(BackendMessages answer) throws Exception {
        assertViolation(SEVERAL, 'Q', answer);
    }

    static Stream<Named<BackendMessages>> brokenAnswers() {
        return Stream.concat(brokenFrames(), brokenResults());
    }

    private static Stream<Named<BackendMessages>> brokenFrames() {
        return Stream.of(
                broken("length 3", messages -> messages.rawWithLength('T', 3, new byte[0])),
                broken("length 0", messages -> messages.rawWithLength('T', 0, new byte[8])),
                broken("length -1", messages -> messages.rawWithLength('T', -1, new byte[8])),
                broken("length -2^31", messages -> messages.rawWithLength('T', Integer.MIN_VALUE, new byte[8])),
                broken(
                        "a row of 2 GiB",
                        messages -> columns(messages).rawWithLength('D', Integer.MAX_VALUE, new byte[0])),
                broken("a row of 1 GiB", messages -> columns(messages).rawWithLength('D', 1 << 30, new byte[0])),
                broken(
                        "a description above 16 MiB",
                        messages -> messages.rawWithLength('T', (16 << 20) + 1, new byte[0])),
                broken("type 0", messages -> messages.raw('\0', new byte[0])),
                broken("type q", messages -> messages.raw('q', new byte[0])),
                broken("type 0xff", messages -> messages.raw('\u00FF', new byte[0])),
                broken("CopyBothResponse", messages -> messages.copyBothResponse(0)),
                broken(
                        "ReadyForQuery with an unknown status",
                        messages -> messages.commandComplete("SET").readyForQuery('X')),
                broken(
                        "ReadyForQuery without a status",
                        messages -> messages.commandComplete("SET").raw('Z', new byte[0])),
                broken(
                        "ReadyForQuery with two bytes",
                        messages -> messages.commandComplete("SET").raw('Z', new byte[] {'I', 'I'})),
                broken("an error with a field without its end", messages -> messages.raw('E', new byte[] {'M', 'x'})),
                broken("a notice with a field without its end", messages -> messages.raw('N', new byte[] {'M', 'x'})),
                broken(
                        "a notification without a payload",
                        messages -> messages.raw('A', new byte[] {0, 0, 0, 1, 'c', 0})),
                broken("a parameter without a value", messages -> messages.raw('S', new byte[] {'x', 0})),
                broken("a tag without its end", messages -> messages.raw('C', new byte[] {'S', 'E', 'T'})),
                broken("a tag and more", messages -> messages.raw('C', new byte[] {'S', 'E', 'T', 0, 0})));
    }

    private static Stream<Named<BackendMessages>> brokenResults() {
        return Stream.of(
                broken("-1 columns", messages -> messages.raw('T', new byte[] {-1, -1})),
                broken(
                        "32767 columns in 6 bytes",
                        messages -> messages.raw('T', new byte[] {127, -1, 0, 0, 0, 0, 0, 0})),
                broken("a column without its end", messages -> messages.raw('T', new byte[] {0, 1, 'x'})),
                broken(
                        "a column of format 3",
                        messages -> messages.rowDescription(
                                BackendMessages.column("a", INT4).format(3))),
                broken("columns and more", messages -> messages.raw('T', new byte[] {0, 0, 0})),
                broken("CopyInResponse with -1 columns", messages -> messages.raw('G', new byte[] {0, -1, -1})),
                broken("CopyInResponse of format 7", messages -> messages.copyInResponse(7)),
                broken("CopyInResponse with a column of format 7", messages -> messages.copyInResponse(0, 7)),
                broken("CopyOutResponse with -1 columns", messages -> messages.raw('H', new byte[] {0, -1, -1})),
                broken("a row before its description", messages -> messages.dataRow("1")),
                broken(
                        "a row behind its result",
                        messages -> columns(messages)
                                .dataRow("1")
                                .commandComplete("SELECT 1")
                                .dataRow("2")),
                broken("a row of two values", messages -> columns(messages).dataRow("1", "2")),
                broken("a row of no values", messages -> columns(messages).dataRow()),
                broken(
                        "a value that ends behind the row",
                        messages -> columns(messages).raw('D', new byte[] {0, 1, 0, 0, 0, 2, '1'})),
                broken(
                        "a value of length -2",
                        messages -> columns(messages).raw('D', new byte[] {0, 1, -1, -1, -1, -2})),
                broken(
                        "a row and more",
                        messages -> columns(messages).raw('D', new byte[] {0, 1, 0, 0, 0, 1, '1', '2'})),
                broken(
                        "a description between rows",
                        messages -> columns(columns(messages).dataRow("1"))),
                broken(
                        "ReadyForQuery within a result",
                        messages -> columns(messages).dataRow("1").readyForQuery('I')),
                broken("ParseComplete", messages -> messages.parseComplete()),
                broken(
                        "PortalSuspended",
                        messages -> columns(messages).dataRow("1").portalSuspended()),
                broken("CopyData", messages -> messages.copyData("1\n")),
                broken("AuthenticationOk", messages -> messages.authenticationOk()),
                broken("a question for the password", messages -> messages.authenticationCleartextPassword()),
                broken("BackendKeyData", messages -> messages.backendKeyData(1, new byte[4])));
    }

    // ---- extended query

    @ParameterizedTest
    @MethodSource("brokenExtendedAnswers")
    void brokenAnswerToAnExtendedQueryClosesTheConnection(BackendMessages answer) throws Exception {
        assertViolation(ONE, 'S', answer);
    }

    static Stream<Named<BackendMessages>> brokenExtendedAnswers() {
        return Stream.of(
                broken(
                        "a row behind NoData",
                        messages -> messages.parseComplete()
                                .parameterDescription()
                                .noData()
                                .bindComplete()
                                .dataRow("1")),
                broken("-1 parameters", messages -> messages.parseComplete().raw('t', new byte[] {-1, -1})),
                broken(
                        "parameters without their types",
                        messages -> messages.parseComplete().raw('t', new byte[] {0, 2, 0, 0, 0, 23})),
                broken(
                        "no ParseComplete",
                        messages -> messages.parameterDescription().noData()),
                broken("no BindComplete", messages -> described(messages).dataRow("1")),
                broken(
                        "BindComplete twice",
                        messages -> described(messages).bindComplete().bindComplete()),
                broken("CloseComplete", messages -> messages.closeComplete()),
                broken(
                        "PortalSuspended",
                        messages ->
                                described(messages).bindComplete().dataRow("1").portalSuspended()),
                broken(
                        "two results",
                        messages -> described(messages)
                                .bindComplete()
                                .commandComplete("SELECT 0")
                                .commandComplete("SELECT 0")),
                broken(
                        "ReadyForQuery too early",
                        messages -> described(messages).bindComplete().readyForQuery('I')));
    }

    private static BackendMessages described(BackendMessages messages) {
        return columns(messages.parseComplete().parameterDescription());
    }

    // ---- nobody asked

    @ParameterizedTest
    @MethodSource("unsolicited")
    void messageThatNobodyAskedForClosesTheConnection(BackendMessages message) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.send(message);
        })) {
            PgConnection connection = Logins.connect(server.options());
            server.awaitClosedByClient();
            awaitUnhealthy(connection);

            PgException failure = QueryProbe.failureOf(connection.query(ONE).rows());
            assertThat(failure).isInstanceOf(PgConnectionException.class);
            assertThat(failure.safeToRetry()).isTrue();
        }
    }

    static Stream<Named<BackendMessages>> unsolicited() {
        return Stream.of(
                broken("ReadyForQuery", messages -> messages.readyForQuery('I')),
                broken("a result", messages -> messages.commandComplete("SELECT 1")),
                broken("a row", messages -> messages.dataRow("1")),
                broken("AuthenticationOk", messages -> messages.authenticationOk()),
                broken("an unknown type", messages -> messages.raw('q', new byte[0])),
                broken("length 0", messages -> messages.rawWithLength('N', 0, new byte[0])),
                broken("an error", messages -> messages.errorResponse("ERROR", "XX000", "out of turn")),
                broken("a fatal error", messages -> messages.errorResponse("FATAL", "57P01", "bye")));
    }

    // ---- judged

    private static void assertViolation(String sql, char lastOfRequest, BackendMessages answer) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo(lastOfRequest);
            client.send(answer);
        })) {
            PgConnection connection = Logins.connect(server.options());

            PgException failure = QueryProbe.failureOf(connection.query(sql).rows());

            assertThat(failure).isInstanceOf(PgProtocolException.class);
            assertThat(failure.fault()).isEqualTo(Fault.PROTOCOL);
            assertThat(failure.safeToRetry()).isFalse();
            assertThat(connection.isHealthy()).isFalse();
            assertThat(QueryProbe.failureOf(connection.query(sql).rows()).safeToRetry())
                    .isTrue();
            server.awaitClosedByClient();
        }
    }

    private static void awaitUnhealthy(PgConnection connection) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (connection.isHealthy() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(connection.isHealthy()).isFalse();
    }

    private static BackendMessages columns(BackendMessages messages) {
        return messages.rowDescription(BackendMessages.column("a", INT4));
    }

    private static Named<BackendMessages> broken(String name, UnaryOperator<BackendMessages> answer) {
        return Named.of(name, answer.apply(new BackendMessages()));
    }
}
