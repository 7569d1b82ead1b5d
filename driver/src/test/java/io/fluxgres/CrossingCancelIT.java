package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fluxgres.testkit.PostgresExtension;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A statement ends on its event loop while its subscriber cancels on another thread, as {@code flatMap} does with all other
 * statements when one has failed. The end reaches nobody: an error would be reported as dropped, and a completion as the lack
 * of a value that came behind the cancel.
 */
@Timeout(60)
class CrossingCancelIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    static Stream<Arguments> doors() {
        return Stream.of(
                argumentSet("connection", door(PgConnection::query)),
                argumentSet("client", (Function<PgClient, PgQuery>) client -> client.query("select 1")),
                argumentSet("exclusive", (Function<PgClient, PgQuery>)
                        client -> client.query("select 1").exclusive()));
    }

    private interface Door {
        PgQuery query(PgConnection connection, String sql);
    }

    private static Function<PgClient, PgQuery> door(Door door) {
        return client -> {
            PgConnection connection = client.connect().block(TIMEOUT);
            assertThat(connection).isNotNull();
            return door.query(connection, "select 1");
        };
    }

    @ParameterizedTest
    @MethodSource("doors")
    void anErrorThatMeetsACancelIsNotSignalled(Function<PgClient, PgQuery> door) throws InterruptedException {
        PgClient client = PgClient.create(postgres.url() + "?sharedConnections=1&poolSize=1");
        PgQuery query = door.apply(client);
        CountDownLatch mapping = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        Flux<Integer> failing = query.map(row -> {
            mapping.countDown();
            awaitOnTheLoop(cancelled);
            throw new IllegalStateException("cannot map");
        });
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE).subscribedTo(failing);
        assertThat(mapping.await(20, TimeUnit.SECONDS)).isTrue();

        subscriber.cancel();
        cancelled.countDown();

        assertThat(query.map(row -> row.getInt(0)).blockLast(TIMEOUT)).isOne();
        assertThat(subscriber.isTerminated()).isFalse();
        client.close().block(TIMEOUT);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void aCompletionThatMeetsACancelIsNotSignalled(Function<PgClient, PgQuery> door) throws InterruptedException {
        assertNothingIsToldBehindACancel(
                door, (query, mapper) -> query.map(mapper).single());
    }

    /** Of a connection only: a client may have taken back the connection of a result whose query is cancelled. */
    @Test
    void norIsThatOfAResultOrItsError() throws InterruptedException {
        Function<PgClient, PgQuery> door = door(PgConnection::query);
        assertNothingIsToldBehindACancel(
                door, (query, mapper) -> result(query).map(mapper).single());
        assertNothingIsToldBehindACancel(
                door,
                (query, mapper) -> result(query).map(row -> {
                    throw new IllegalStateException("cannot map " + mapper.apply(row));
                }));
    }

    private static PgResult result(PgQuery query) {
        return Objects.requireNonNull(query.execute().blockFirst(TIMEOUT));
    }

    private static void assertNothingIsToldBehindACancel(
            Function<PgClient, PgQuery> door,
            BiFunction<PgQuery, Function<PgRow, Integer>, ? extends Publisher<Integer>> reading)
            throws InterruptedException {
        PgClient client = PgClient.create(postgres.url() + "?sharedConnections=1&poolSize=1");
        PgQuery query = door.apply(client);
        CountDownLatch mapping = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE)
                .subscribedTo(reading.apply(query, row -> {
                    mapping.countDown();
                    awaitOnTheLoop(cancelled);
                    return 1;
                }));
        assertThat(mapping.await(20, TimeUnit.SECONDS)).isTrue();

        subscriber.cancel();
        cancelled.countDown();

        assertThat(query.map(row -> row.getInt(0)).blockLast(TIMEOUT)).isOne();
        assertThat(subscriber.isTerminated()).isFalse();
        client.close().block(TIMEOUT);
    }

    /** All that waits on a connection fails when that ends, one behind the other. */
    @Test
    void theErrorOfACommitThatMeetsACancelIsNotSignalled() throws InterruptedException {
        PgConnection connection = Connections.open(postgres);
        CountDownLatch failing = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        RecordingSubscriber<Long> inFront = RecordingSubscriber.<Long>requesting(1)
                .inTerminal(self -> {
                    failing.countDown();
                    awaitOnTheLoop(cancelled);
                })
                .subscribedTo(connection.query("select pg_sleep(60)").rowsUpdated());
        RecordingSubscriber<Void> commit =
                RecordingSubscriber.<Void>requesting(1).subscribedTo(connection.commit());
        connection.close().subscribe();
        assertThat(failing.await(20, TimeUnit.SECONDS)).isTrue();

        commit.cancel();
        cancelled.countDown();

        Connections.close(connection);
        inFront.awaitError(PgConnectionException.class);
        assertThat(commit.isTerminated()).isFalse();
    }

    @Test
    void theErrorOfAFunctionWhoseSubscriberCancelsDuringTheRollbackIsNotSignalled() throws InterruptedException {
        try (FaultyLine line = FaultyLine.to(postgres.host(), postgres.port())) {
            PgConnection connection = Connections.open(line.through(postgres.url()));
            CountDownLatch rollingBack = new CountDownLatch(1);
            RecordingSubscriber<Object> subscriber = RecordingSubscriber.requesting(1)
                    .subscribedTo(connection.inTransaction(transaction -> transaction
                            .query("select 1")
                            .rowsUpdated()
                            .doOnNext(rows -> line.holdAnswers())
                            .then(Mono.error(new IllegalStateException("of the function")))
                            .doFinally(end -> rollingBack.countDown())));
            assertThat(rollingBack.await(20, TimeUnit.SECONDS)).isTrue();

            subscriber.cancel();
            line.releaseAnswers();

            Connections.assertAnswers(connection);
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
            assertThat(subscriber.isTerminated()).isFalse();
            Connections.close(connection);
        }
    }

    private static void awaitOnTheLoop(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
