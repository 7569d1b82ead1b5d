package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Named.named;

import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Half-open connections: nothing comes any more, nothing that is sent arrives, and no end is told. Whatever has a deadline
 * ends, and what waits behind it too.
 */
@Timeout(60)
class SilentLineIT {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String INSERT = "insert into item values ($1)";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private FaultyLine line;
    private PgConnection connection;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists item; create table item (n int)");
        line = FaultyLine.to(postgres.host(), postgres.port());
        connection = Connections.open(options());
        // behind it what the driver sets in front of the first statement has been answered
        assertThat(connection.query("select 1").rowsUpdated().block(TIMEOUT)).isZero();
    }

    private PgOptions options() {
        return line.through(postgres.url()).with(PgOption.DRAIN_TIMEOUT, SHORT);
    }

    @AfterEach
    void close() throws IOException {
        Connections.close(connection);
        line.close();
    }

    private static <T> CompletableFuture<T> started(Publisher<T> publisher) {
        return Flux.from(publisher).last().toFuture();
    }

    private static Throwable end(CompletableFuture<?> execution) {
        Throwable end = catchThrowable(() -> Mono.fromFuture(execution).block(TIMEOUT));
        assertThat(end).isInstanceOf(PgException.class);
        return end;
    }

    // ---- deadlines

    static Stream<Named<Function<PgConnection, Publisher<?>>>> executions() {
        List<Object[]> rows = List.of(new Object[] {1}, new Object[] {2});
        return Stream.of(
                named("rows", connection -> connection.query("select 1").rows()),
                named("count", connection -> connection.query(INSERT).bind(1).rowsUpdated()),
                named(
                        "results",
                        connection -> connection.query("select 1; select 2").execute()),
                named(
                        "chunks",
                        connection -> connection.query("select 1").fetchSize(1).rows()),
                named(
                        "batch",
                        connection -> connection.query(INSERT).bindAll(rows).rowsUpdated()),
                named(
                        "outcomes",
                        connection -> connection.query(INSERT).bindAll(rows).outcomes()),
                named(
                        "published batch",
                        connection -> connection
                                .query(INSERT)
                                .bindAll(Flux.fromIterable(rows))
                                .beginning(PgTransactionOptions.defaults())
                                .rowsUpdated()),
                named(
                        "statements",
                        connection -> connection.batch("select 1", "select 2").execute()),
                named(
                        "function",
                        connection -> connection.inTransaction(
                                transaction -> transaction.query(INSERT).bind(1).rowsUpdated())));
    }

    @ParameterizedTest
    @MethodSource("executions")
    void theDeadlineEndsWhateverIsExecuted(Function<PgConnection, Publisher<?>> execution) {
        PgConnection hasty = Connections.open(options().with(PgOption.STATEMENT_TIMEOUT, SHORT));
        line.forgetConnections();

        PgTimeoutException late = failure(PgTimeoutException.class, execution.apply(hasty));

        assertThat(late.safeToRetry()).isFalse();
        await("the end of the connection", () -> !hasty.isHealthy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1", "begin"})
    void whatWaitsBehindALateQueryEndsWithTheConnection(String before) {
        run(connection, before);
        line.forgetConnections();

        CompletableFuture<Long> late =
                started(connection.query("select 1").timeout(SHORT).rowsUpdated());
        CompletableFuture<Void> commit = connection.commit().toFuture();

        assertThat(end(late)).isInstanceOf(PgTimeoutException.class);
        assertThat(end(commit))
                .isInstanceOfSatisfying(
                        PgConnectionException.class,
                        lost -> assertThat(lost.safeToRetry()).isTrue());
        assertThat(connection.isHealthy()).isFalse();
    }

    @Test
    void queriesThatAreLateTogetherEndTheConnection() {
        PgConnection hasty = Connections.open(options().with(PgOption.STATEMENT_TIMEOUT, SHORT));
        line.forgetConnections();

        CompletableFuture<Long> first = started(hasty.query("select 1").rowsUpdated());
        CompletableFuture<Long> second = started(hasty.query("select 2").rowsUpdated());

        assertThat(end(first)).isInstanceOf(PgTimeoutException.class);
        assertThat(end(second)).isInstanceOf(PgTimeoutException.class);
        await("the end of the connection", () -> !hasty.isHealthy());
    }

    @Test
    void aCancelledQueryEndsTheConnectionThatDoesNotAnswer() {
        line.forgetConnections();

        Disposable sent = connection.query("select 1, n").rowsUpdated().subscribe();
        awaitTurn(connection);
        sent.dispose();
        CompletableFuture<Long> behind = started(connection.query("select 2").rowsUpdated());

        assertThat(end(behind))
                .hasMessageContaining("a cancelled result did not end")
                .hasMessageContaining("(drainTimeout)")
                .hasMessageContaining("it was that of: select ?, n");
        await("the end of the connection", () -> !connection.isHealthy());
    }

    /** What was submitted is written behind the turn of the event loop that takes it. */
    private static void awaitTurn(PgConnection connection) {
        for (int turn = 0; turn < 2; turn++) {
            CompletableFuture.runAsync(() -> {}, connection.eventLoop()).join();
        }
    }

    // ---- close

    @ParameterizedTest
    @ValueSource(ints = {1, 32 * 1024 * 1024})
    void closeEndsThoughNothingIsAnsweredOrTaken(int length) {
        line.forgetConnections();
        CompletableFuture<Long> sent = started(
                connection.query("select $1::text").bind("x".repeat(length)).rowsUpdated());

        connection.close().block(TIMEOUT);

        assertThat(end(sent))
                .isInstanceOfSatisfying(
                        PgConnectionException.class,
                        lost -> assertThat(lost).hasMessageContaining("closed by the caller"));
        assertThat(connection.isHealthy()).isFalse();
    }

    // ---- connect

    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "AUTO"})
    void aConnectEndsAtItsDeadline(PgQueryMode queryMode) {
        line.holdAnswers();
        PgClient client =
                PgClient.create(options().with(PgOption.QUERY_MODE, queryMode).with(PgOption.CONNECT_TIMEOUT, SHORT));

        PgConnectionException late = failure(PgConnectionException.class, client.connect());

        assertThat(late).hasMessageContaining("within 300 ms");
        assertThat(late.safeToRetry()).isTrue();
        line.releaseAnswers();
    }

    // ---- clients

    @Test
    void aClientGoesOnWithOtherConnections() {
        PgClient client = PgClient.create(options().with(PgOption.STATEMENT_TIMEOUT, SHORT));
        Mono<Long> single = client.query("select 1").rowsUpdated();
        Flux<Long> transaction =
                client.inTransaction(inside -> inside.query(INSERT).bind(1).rowsUpdated());
        assertThat(single.block(TIMEOUT)).isZero();
        assertThat(transaction.blockLast(TIMEOUT)).isEqualTo(1);
        line.forgetConnections();

        failure(PgException.class, single);
        failure(PgException.class, transaction);

        assertThat(single.retry().block(TIMEOUT)).isZero();
        assertThat(transaction.retry().blockLast(TIMEOUT)).isEqualTo(1);
        client.close().block(TIMEOUT);
    }
}
