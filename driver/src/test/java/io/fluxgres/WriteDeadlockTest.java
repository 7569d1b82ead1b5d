package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

/**
 * Very many statements submitted at once, to a server that reads nothing while the driver does not read its answers:
 * whoever writes without reading waits for ever.
 */
@Timeout(120)
class WriteDeadlockTest {

    private static final int VERY_MANY = 100_000;
    private static final int MANY = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MEBIBYTE = 1 << 20;
    private static final String SQL = "select $1, filler";
    private static final String PADDING = "p".repeat(200);

    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger retryable = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final Semaphore ended = new Semaphore(0);
    private final AtomicLong mostBuffers = new AtomicLong();

    /** How far requests are written ahead of their answers, and what the buffers may take then. */
    enum Limits {
        DEFAULT(256, 1 << 20, 16 * MEBIBYTE),
        /** As many requests at once as can be chosen, 17 MB of them. */
        NONE(65_536, 1 << 30, 80 * MEBIBYTE);

        private final int depth;
        private final int bytes;
        private final long buffers;

        Limits(int depth, int bytes, long buffers) {
            this.depth = depth;
            this.bytes = bytes;
            this.buffers = buffers;
        }

        PgConnection connect(FloodingServer server) {
            PgOptions options =
                    server.options().with(PgOption.PIPELINE_DEPTH, depth).with(PgOption.PIPELINE_BYTES, bytes);
            return PgClient.create(options).connect().blockOptional(TIMEOUT).orElseThrow();
        }
    }

    private List<Disposable> submit(PgConnection connection, int statements) {
        List<Disposable> subscriptions = new ArrayList<>(statements);
        for (int n = 0; n < statements; n++) {
            String value = n + PADDING;
            subscriptions.add(connection
                    .query(SQL)
                    .bind(value)
                    .map(row -> value.equals(row.getString(0)))
                    .single()
                    .subscribe(this::onAnswer, this::onError));
        }
        return subscriptions;
    }

    private void onAnswer(boolean right) {
        (right ? completed : wrong).incrementAndGet();
        mostBuffers.accumulateAndGet(buffers(), Math::max);
        ended.release();
    }

    private void onError(Throwable error) {
        (error instanceof PgException reported && reported.safeToRetry() ? retryable : unknown).incrementAndGet();
        ended.release();
    }

    private static long buffers() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private void awaitEnd(int statements) throws InterruptedException {
        assertThat(ended.tryAcquire(statements, PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("all %d have ended, of which %d were answered", statements, completed.get())
                .isTrue();
        assertThat(completed.get() + retryable.get() + unknown.get()).isEqualTo(statements);
        assertThat(wrong).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Limits.class)
    void allAreAnsweredInBoundedMemory(Limits limits) throws Exception {
        try (FloodingServer server = new FloodingServer(Integer.MAX_VALUE)) {
            PgConnection connection = limits.connect(server);
            long before = buffers();

            submit(connection, VERY_MANY);

            awaitEnd(VERY_MANY);
            assertThat(completed).hasValue(VERY_MANY);
            assertThat(mostBuffers.get() - before).isLessThan(limits.buffers);
            connection.close().block(TIMEOUT);
        }
    }

    /** The rows in front are more than may be kept, and the server does not read on before they were read. */
    @ParameterizedTest
    @EnumSource(Limits.class)
    void aResultThatNobodyRequestsHoldsUpNoneOfThoseBehindIt(Limits limits) throws Exception {
        try (FloodingServer server = new FloodingServer(Integer.MAX_VALUE)) {
            PgConnection connection = limits.connect(server);
            RecordingSubscriber<Integer> idle = RecordingSubscriber.<Integer>requesting(0)
                    .subscribedTo(
                            connection.query(SQL).bind(FloodingServer.FLOOD).map(row -> 1));

            submit(connection, MANY);

            awaitEnd(MANY);
            assertThat(unknown)
                    .as("what was written and did not get its answer")
                    .hasValue(0);
            idle.cancel();
            assertThat(idle.count()).isZero();
            submit(connection, 1);
            assertThat(ended.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(unknown).hasValue(0);
            connection.close().block(TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Limits.class)
    void thoseThatAreCancelledHoldUpNoneOfTheOthers(Limits limits) throws Exception {
        try (FloodingServer server = new FloodingServer(Integer.MAX_VALUE)) {
            PgConnection connection = limits.connect(server);
            List<Disposable> subscriptions = submit(connection, MANY);

            for (int n = 0; n < MANY; n += 2) {
                subscriptions.get(n).dispose();
            }

            String last = connection
                    .query(SQL)
                    .bind("last")
                    .map(row -> String.valueOf(row.getString(0)))
                    .blockLast(PATIENCE);
            assertThat(last).isEqualTo("last");
            assertThat(completed.get()).isBetween(MANY / 2, MANY);
            assertThat(wrong.get() + retryable.get() + unknown.get()).isZero();
            connection.close().block(TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Limits.class)
    void allEndWhenTheServerGoesAway(Limits limits) throws Exception {
        int lifetime = MANY / 10;
        try (FloodingServer server = new FloodingServer(lifetime)) {
            PgConnection connection = limits.connect(server);

            submit(connection, MANY);

            awaitEnd(MANY);
            assertThat(completed).hasValueLessThanOrEqualTo(lifetime);
            assertThat(connection.isHealthy()).isFalse();
            connection.close().block(TIMEOUT);
        }
    }
}
