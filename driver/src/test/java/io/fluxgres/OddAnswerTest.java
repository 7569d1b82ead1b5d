package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;

/** Answers that are cut off, too long, or odd and legal all the same. */
@Timeout(30)
class OddAnswerTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    /** Goes by the simple query protocol. */
    private static final String SEVERAL = "select 1; select 2";

    // ---- the connection is lost

    @Test
    void rowsInFrontOfALossAreDelivered() throws Exception {
        byte[] half = {'D', 0, 0, 0, 11, 0, 1};
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(columns(new BackendMessages()).dataRow("1").dataRow("2").bytes(half));
            client.finish();
        })) {
            PgConnection connection = Logins.connect(server.options());
            List<Integer> rows = new ArrayList<>();

            PgException failure = QueryProbe.failureOf(
                    connection.query(SEVERAL).map(row -> row.getInt(0)).doOnNext(rows::add));

            assertThat(rows).containsExactly(1, 2);
            assertThat(failure).isInstanceOf(PgConnectionException.class);
            assertThat(failure.fault()).isEqualTo(Fault.NETWORK);
            assertThat(failure.safeToRetry()).isFalse();
            assertThat(QueryProbe.failureOf(connection.query(SEVERAL).rows()).safeToRetry())
                    .isTrue();
            server.awaitClosedByClient();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void requestsBehindAViolationFailToo(int followers) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(new BackendMessages().raw('q', new byte[0]));
        })) {
            PgConnection connection = Logins.connect(server.options());

            List<Signal<PgRow>> ends = Flux.range(0, 1 + followers)
                    .flatMap(i -> connection.query(SEVERAL).rows().materialize())
                    .collectList()
                    .blockOptional(SOON)
                    .orElseThrow();

            assertThat(ends).hasSize(1 + followers);
            assertThat(ends).allSatisfy(end -> assertThat(end.getThrowable()).isInstanceOf(PgException.class));
            server.awaitClosedByClient();
        }
    }

    @Test
    void announcedLengthIsNotAllocated() throws Exception {
        byte[] announcement = new BackendMessages()
                .rawWithLength('D', (1 << 30) - 1, new byte[1000])
                .toBytes();
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(columns(new BackendMessages()).bytes(announcement));
            client.finish();
        })) {
            PgConnection connection = Logins.connect(server.options());
            long before = usedMemory();

            QueryProbe.failureOf(connection.query(SEVERAL).rows());

            assertThat(usedMemory() - before).isLessThan(32 << 20);
        }
    }

    private static long usedMemory() {
        var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }

    @ParameterizedTest
    @ValueSource(ints = {1023, 1024, 1025})
    void rowAboveTheLimitClosesTheConnection(int length) throws Exception {
        String value = "7".repeat(length - 4 - 2 - 4);
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(new BackendMessages()
                    .rowDescription(BackendMessages.column("a", TEXT))
                    .dataRow(value)
                    .commandComplete("SELECT 1")
                    .readyForQuery('I'));
        })) {
            PgConnection connection = Logins.connect(server.options().with(PgOption.MAX_ROW_BYTES, 1024));
            Flux<String> values = connection.query(SEVERAL).map(row -> String.valueOf(row.getString(0)));

            if (length <= 1024) {
                assertThat(values.blockLast(SOON)).isEqualTo(value);
                connection.close().block(SOON);
            } else {
                assertThat(QueryProbe.failureOf(values))
                        .isInstanceOf(PgProtocolException.class)
                        .hasMessageContaining("1024");
            }
            server.awaitClosedByClient();
        }
    }

    @Test
    void violationBehindAnErrorLeavesTheError() throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(new BackendMessages()
                    .errorResponse("ERROR", "42601", "first")
                    .errorResponse("ERROR", "42601", "second"));
        })) {
            PgConnection connection = Logins.connect(server.options());

            assertThat(QueryProbe.failureOf(connection.query(SEVERAL).rows()))
                    .isInstanceOf(PgServerException.class)
                    .hasMessageContaining("first");
            assertThat(connection.isHealthy()).isFalse();
            server.awaitClosedByClient();
        }
    }

    // ---- tolerated

    @ParameterizedTest
    @MethodSource("oddErrors")
    void oddErrorIsTheServersAndLeavesTheConnectionUsable(BackendMessages error) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(error);
            client.send(new BackendMessages().readyForQuery('I'));
            client.readUpTo('Q');
            client.send(columns(new BackendMessages())
                    .dataRow("1")
                    .commandComplete("SELECT 1")
                    .readyForQuery('I'));
        })) {
            PgConnection connection = Logins.connect(server.options());

            PgException failure = QueryProbe.failureOf(connection.query(SEVERAL).rows());

            assertThat(failure).isInstanceOf(PgServerException.class);
            assertThat(failure.getMessage()).containsPattern("\\p{L}");
            assertThat(connection.query(SEVERAL).map(row -> row.getInt(0)).blockLast(SOON))
                    .isEqualTo(1);
            connection.close().block(SOON);
        }
    }

    static Stream<Named<BackendMessages>> oddErrors() {
        return Stream.of(
                odd("empty", messages -> messages.raw('E', new byte[0])),
                odd("no fields", messages -> messages.raw('E', new byte[1])),
                odd("no terminator", messages -> messages.raw('E', ascii("SERROR\0C42601\0Mopen\0"))),
                odd("only a code", messages -> messages.raw('E', ascii("C42601\0\0"))),
                odd("only a message", messages -> messages.raw('E', ascii("Mwhy\0\0"))),
                odd("fields twice", messages -> messages.raw('E', ascii("C42601\0C42602\0Mwhy\0\0"))),
                odd("unknown fields", messages -> messages.raw('E', ascii("z?\0C42601\0!?\0Mwhy\0\0"))),
                odd("a position that is no number", messages -> messages.raw('E', ascii("C42601\0Phere\0\0"))),
                odd("bytes that are no UTF-8", messages -> messages.raw('E', new byte[] {'M', -1, -2, 'x', 0, 0})));
    }

    @Test
    void rowsWithoutColumnsAreRows() throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.startSession();
            client.readUpTo('Q');
            client.send(new BackendMessages()
                    .rowDescription()
                    .dataRow()
                    .dataRow()
                    .commandComplete("SELECT 2")
                    .readyForQuery('I'));
        })) {
            PgConnection connection = Logins.connect(server.options());

            assertThat(connection
                            .query(SEVERAL)
                            .map(row -> row.columns().size())
                            .collectList()
                            .block(SOON))
                    .containsExactly(0, 0);
            connection.close().block(SOON);
        }
    }

    private static BackendMessages columns(BackendMessages messages) {
        return messages.rowDescription(BackendMessages.column("a", INT4));
    }

    private static Named<BackendMessages> odd(String name, UnaryOperator<BackendMessages> answer) {
        return Named.of(name, answer.apply(new BackendMessages()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
