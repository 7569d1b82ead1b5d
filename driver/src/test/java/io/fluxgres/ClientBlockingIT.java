package io.fluxgres;

import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Statements that take long, and results that nobody reads, in front of others on shared connections. */
@Timeout(120)
class ClientBlockingIT extends ClientFixture {

    /** How many milliseconds others may take behind something slow, on a quiet machine and on any. */
    private static final long FEW = 50;

    private static final long MANY = 500;

    /** Does not wait for the sleepers. */
    @Override
    Mono<Void> close(PgClient client) {
        return client.close(Duration.ofMillis(1));
    }

    /** Returns how many milliseconds an execution took. */
    private static Mono<Long> timed(PgQuery query) {
        return Mono.defer(() -> {
            long begun = System.nanoTime();
            return query.rowsUpdated()
                    .then(Mono.fromSupplier(
                            () -> Duration.ofNanos(System.nanoTime() - begun).toMillis()));
        });
    }

    private static void warmUp(PgClient client) {
        list(Flux.range(0, 4000).flatMap(n -> client.query("select $1").bind(n).rowsUpdated(), 64));
        // the pool's connections are there
        list(Flux.range(0, 10)
                .flatMap(n -> client.inTransaction(transaction ->
                        transaction.query("select 1 from pg_sleep(0.1)").rowsUpdated())));
    }

    private static long percentile(List<Long> durations, int percent) {
        return durations.stream().sorted().toList().get(durations.size() * percent / 100);
    }

    /**
     * Executes a thousand statements, one each two milliseconds, of which some are to sleep for a second, and returns the 99th
     * percentile of how many milliseconds the others took.
     */
    private static long delayOfOthers(IntPredicate sleeps, IntFunction<PgQuery> query) {
        return percentile(
                list(Flux.interval(Duration.ofMillis(2))
                        .onBackpressureBuffer()
                        .take(1000)
                        .map(Long::intValue)
                        .flatMap(
                                n -> sleeps.test(n)
                                        ? query.apply(n)
                                                .rowsUpdated()
                                                .onErrorComplete()
                                                .then(Mono.<Long>empty())
                                        : timed(query.apply(n)),
                                1000)),
                99);
    }

    /**
     * Demands that others are not delayed beyond what they take by themselves on a machine that may be busy: whoever waited
     * for what is in front would wait for a second or more.
     *
     * @param delayed measures the others with something in front of them, in milliseconds
     * @param alone measures them by themselves
     */
    private static void assertFewAreDelayed(LongSupplier delayed, LongSupplier alone) {
        List<String> measured = new ArrayList<>();
        for (int attempt = 0; attempt < 5; attempt++) {
            long delay = delayed.getAsLong();
            if (delay < FEW) {
                return;
            }
            long own = alone.getAsLong();
            measured.add(delay + " ms, alone " + own + " ms");
            if (delay < Math.min(FEW + 3 * own, MANY)) {
                return;
            }
        }
        Assertions.fail("others were delayed: " + measured);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sharedConnections=1", "sharedConnections=4"})
    void onePercentOfSleepersDelaysFewOfTheOthers(String option) {
        assertSleepersDelayFewOfTheOthers(client(option), n -> n % 100 == 50);
    }

    @Test
    void moreSleepersThanConnectionsDelayFewOfTheOthers() {
        assertSleepersDelayFewOfTheOthers(
                client("sharedConnections=2", "poolSize=4", "acquireTimeout=1s"), n -> n % 50 == 25);
    }

    private static void assertSleepersDelayFewOfTheOthers(PgClient client, IntPredicate sleeps) {
        warmUp(client);

        PgQuery fast = client.query("select $1");
        assertFewAreDelayed(
                () -> delayOfOthers(sleeps, n -> sleeps.test(n) ? client.query("select pg_sleep(1)") : fast.bind(n)),
                () -> delayOfOthers(n -> false, fast::bind));
    }

    /** The text does not tell which execution will sleep. */
    @Test
    void sleepersOfTheSameTextDelayFewOfTheOthers() {
        PgClient client = client("poolSize=20");
        warmUp(client);
        IntPredicate sleeps = n -> n % 100 == 50;

        PgQuery either = client.query("select pg_sleep($1)");
        assertFewAreDelayed(
                () -> delayOfOthers(sleeps, n -> either.bind(sleeps.test(n) ? 1.0 : 0.0)),
                () -> delayOfOthers(n -> false, n -> either.bind(0.0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 200_000})
    void aResultThatIsNeverReadDelaysNobody(int rows) {
        PgClient client = client("sharedConnections=1", "poolSize=20");
        warmUp(client);
        List<RecordingSubscriber<Integer>> unread = new ArrayList<>();

        assertNobodyIsDelayed(
                () -> unread.add(RecordingSubscriber.<Integer>requesting(0)
                        .subscribedTo(client.query("select n, repeat('x', 100) from generate_series(1, $1) n")
                                .bind(rows)
                                .map(row -> row.getInt(0)))),
                client);
        for (RecordingSubscriber<Integer> each : unread) {
            each.request(Long.MAX_VALUE);
            assertThat(each.awaitComplete().values())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, rows).boxed().toList());
        }
    }

    @Test
    void aCancelledStatementDelaysNobody() {
        PgClient client = client("sharedConnections=1", "poolSize=20", "cancelDelay=5s");
        warmUp(client);

        assertNobodyIsDelayed(
                () -> client.query("select pg_sleep(2)")
                        .rowsUpdated()
                        .subscribe()
                        .dispose(),
                client);
    }

    private static void assertNobodyIsDelayed(Runnable something, PgClient client) {
        assertFewAreDelayed(
                () -> {
                    something.run();
                    return longestOfOthers(client);
                },
                () -> longestOfOthers(client));
    }

    /** Returns how many milliseconds the slowest of some statements took. */
    private static long longestOfOthers(PgClient client) {
        List<Long> others = list(Flux.range(0, 100)
                .concatMap(n -> timed(client.query("select $1").bind(n))));
        return Collections.max(others);
    }
}
