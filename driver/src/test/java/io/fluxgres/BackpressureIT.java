package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Demand reaches the server: rows come as they are requested, and what is not requested is not read. */
@Timeout(60)
class BackpressureIT extends ConnectionFixture {

    private static final long MEBIBYTE = 1 << 20;

    // ---- the socket

    /** 300 MB in short rows, and in rows that are longer than any read. */
    @ParameterizedTest
    @CsvSource({"3000000, 100", "300, 1000000"})
    void withoutDemandNothingIsReadAndTheServerWaits(int rows, int length) {
        Flux<Integer> numbers = connection
                .query("select n, repeat('x', " + length + ") from generate_series(1, " + rows + ") n")
                .map(row -> row.getInt(0));
        long buffersBefore = buffers();
        long heapBefore = heap();
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(10);

        numbers.subscribe(subscriber);

        awaitServerIsBlocked();
        assertThat(subscriber.values())
                .isEqualTo(IntStream.rangeClosed(1, 10).boxed().toList());
        assertThat(buffers() - buffersBefore).isLessThan(16 * MEBIBYTE);
        assertThat(heap() - heapBefore).isLessThan(32 * MEBIBYTE);

        subscriber.request(50);
        subscriber.awaitCount(60);
        awaitServerIsBlocked();
        assertThat(subscriber.values())
                .isEqualTo(IntStream.rangeClosed(1, 60).boxed().toList());
        assertThat(buffers() - buffersBefore).isLessThan(16 * MEBIBYTE);
        subscriber.assertNotTerminated();

        stopServer();
        subscriber.cancel();
        assertAnswers(connection);
        assertThat(subscriber.count()).isEqualTo(60);
    }

    /** A client that reads on would let the server run between two looks. */
    private void awaitServerIsBlocked() {
        String sql = "select wait_event from pg_stat_activity where pid = " + connection.processId();
        AtomicInteger looks = new AtomicInteger();
        await(
                "the server waits for the client to read, at twenty looks in a row",
                () -> ("ClientWrite".equals(postgres.queryForString(sql))
                                ? looks.incrementAndGet()
                                : looks.getAndSet(0))
                        == 20);
    }

    /** Lets the statement fail once its output flows again, so that the rest need not be read to its end. */
    private void stopServer() {
        postgres.queryForString("select pg_cancel_backend(" + connection.processId() + ")");
    }

    private static long buffers() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void aQueryBehindAPausedOneWaitsAndIsRightAfterwards() {
        RecordingSubscriber<Integer> paused =
                RecordingSubscriber.<Integer>requesting(1).subscribedTo(numbers(connection, 1000));
        RecordingSubscriber<Integer> behind =
                RecordingSubscriber.<Integer>requesting(10).subscribedTo(numbers(connection, 3));
        paused.awaitCount(1);

        paused.request(Long.MAX_VALUE);

        assertThat(behind.awaitComplete().values()).containsExactly(1, 2, 3);
        assertThat(paused.awaitComplete().count()).isEqualTo(1000);
    }

    // ---- what is read ahead because others wait

    @Test
    void anErrorBehindRowsThatWereReadAheadComesAfterThem() {
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(connection
                        .query("select 60 / (5 - n) from generate_series(1, 9) n")
                        .map(row -> row.getInt(0)));
        assertAnswers(connection);

        assertThat(slow.values()).containsExactly(15);
        slow.assertNotTerminated();
        slow.request(2);
        slow.awaitCount(3).assertNotTerminated();
        slow.request(10);

        assertThat(slow.awaitError(PgServerException.class).sqlState()).isEqualTo("22012");
        assertThat(slow.values()).containsExactly(15, 20, 30, 60);
    }

    /** However a result ends, what was kept of it does not count against the results after it. */
    @ParameterizedTest
    @ValueSource(strings = {"cancel", "mapping function", "error of the server", "end of the connection"})
    void whatWasKeptOfAResultIsGivenBack(String end) {
        PgClient client = PgClient.create(PgOptions.parse(postgres.url()).with(PgOption.SPOOL_TOTAL_BYTES, 1_000_000L));
        String rows = "select n from generate_series(1, 2000) n";
        String sql = switch (end) {
            case "error of the server" -> rows + "; select 1 / 0";
            case "end of the connection" -> rows + "; select 1 from pg_sleep(30)";
            default -> rows;
        };
        for (int round = 0; round < 10; round++) {
            PgConnection connected = client.connect().block(TIMEOUT);
            RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(1)
                    .subscribedTo(connected.query(sql).map(row -> {
                        if (end.equals("mapping function") && row.getInt(0) > 1) {
                            throw new IllegalStateException("on purpose");
                        }
                        return row.getInt(0);
                    }));
            RecordingSubscriber<Integer> behind = RecordingSubscriber.<Integer>requesting(1)
                    .subscribedTo(connected.query("select 1").map(row -> row.getInt(0)));
            slow.awaitCount(1);
            if (end.equals("end of the connection")) {
                Connections.close(connected);
            } else {
                behind.awaitComplete();
            }

            if (end.equals("cancel")) {
                slow.cancel();
            } else {
                slow.request(Long.MAX_VALUE);
                slow.awaitError(RuntimeException.class);
            }
            Connections.close(connected);
        }

        PgConnection afterwards = client.connect().block(TIMEOUT);
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(afterwards.query(rows).map(row -> row.getInt(0)));
        assertAnswers(afterwards);
        slow.request(Long.MAX_VALUE);
        assertThat(slow.awaitComplete().count()).isEqualTo(2000);
        Connections.close(afterwards);
    }

    // ---- demand

    @Test
    void rowsComeAsTheyAreRequested() {
        for (int execution = 0; execution < 3; execution++) {
            StepVerifier.create(numbers(connection, 6), 0)
                    .expectSubscription()
                    .thenRequest(1)
                    .expectNext(1)
                    .thenRequest(2)
                    .expectNext(2, 3)
                    .thenRequest(3)
                    .expectNext(4, 5, 6)
                    .expectComplete()
                    .verify(TIMEOUT);
        }
    }

    @Test
    void rowsOfSeveralResultsComeAsTheyAreRequested() {
        StepVerifier.create(
                        connection
                                .query("select 1; select 2 union all select 3; select 4 where false; select 5")
                                .map(row -> row.getInt(0)),
                        0)
                .thenRequest(1)
                .expectNext(1)
                .thenRequest(1)
                .expectNext(2)
                .thenRequest(1)
                .expectNext(3)
                .thenRequest(1)
                .expectNext(5)
                .expectComplete()
                .verify(TIMEOUT);
    }

    @Test
    void completionAndErrorsNeedNoDemand() {
        StepVerifier.create(numbers(connection, 0), 0).expectComplete().verify(TIMEOUT);
        StepVerifier.create(connection.query("select 1 / 0").rows(), 0)
                .expectErrorMatches(PgServerException.class::isInstance)
                .verify(TIMEOUT);
    }

    @Test
    void requestsFromSeveralThreadsAddUp() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(0);
        numbers(connection, 30_000).subscribe(subscriber);

        Flux.range(0, 4)
                .flatMap(thread -> Flux.range(0, 500)
                        .doOnNext(n -> subscriber.request(1 + n % 3))
                        .subscribeOn(Schedulers.boundedElastic()))
                .blockLast(TIMEOUT);

        int requested = 4 * IntStream.range(0, 500).map(n -> 1 + n % 3).sum();
        subscriber.awaitCount(requested);
        subscriber.cancel();
        assertAnswers(connection);
        assertThat(subscriber.values())
                .isEqualTo(IntStream.rangeClosed(1, requested).boxed().toList());
    }

    @Test
    void demandBeyondLongIsUnbounded() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE - 1);
        subscriber.inOnNext(self -> self.request(Long.MAX_VALUE));

        assertThat(subscriber
                        .subscribedTo(numbers(connection, 1000))
                        .awaitComplete()
                        .count())
                .isEqualTo(1000);
    }

    @Test
    void aSlowConsumerIsNeverSentMoreThanItsRate() {
        AtomicInteger mapped = new AtomicInteger();
        AtomicInteger consumed = new AtomicInteger();
        AtomicInteger greatestLead = new AtomicInteger();

        Long count = connection
                .query("select n from generate_series(1, 5000) n")
                .map(row -> {
                    greatestLead.accumulateAndGet(mapped.incrementAndGet() - consumed.get(), Math::max);
                    return row.getInt(0);
                })
                .limitRate(16)
                .publishOn(Schedulers.parallel(), 1)
                .doOnNext(n -> consumed.incrementAndGet())
                .count()
                .block(TIMEOUT);

        assertThat(count).isEqualTo(5000);
        assertThat(greatestLead.get()).isBetween(2, 18);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 256})
    void publishOnMovesTheRowsToOtherThreadsInOrder(int prefetch) {
        List<Integer> received = list(numbers(connection, 5000)
                .publishOn(Schedulers.boundedElastic(), prefetch)
                .doOnNext(n -> assertThat(Thread.currentThread().getName()).contains("boundedElastic")));

        assertThat(received).isEqualTo(IntStream.rangeClosed(1, 5000).boxed().toList());
    }
}
