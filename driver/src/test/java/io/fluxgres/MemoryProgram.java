package io.fluxgres;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@link MemoryIT} runs in JVMs of little memory. Each scenario prints what it saw as {@code name=number}. */
final class MemoryProgram {

    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final PgClient client;
    private final PgConnection connection;

    private MemoryProgram(String url) {
        client = PgClient.create(url);
        connection = connect();
    }

    private PgConnection connect() {
        return Objects.requireNonNull(client.connect().block(PATIENCE));
    }

    public static void main(String[] arguments) {
        MemoryProgram program = new MemoryProgram(arguments[1]);
        switch (arguments[0]) {
            case "rows" -> program.rows();
            case "slow" -> program.slow();
            case "value" -> program.value();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        program.connection.close().block(PATIENCE);
    }

    private static void print(String name, long number) {
        System.out.println(name + "=" + number);
    }

    // ---- rows

    /** Maps many rows by getters of primitives. */
    private void rows() {
        for (int i = 0; i < 4; i++) {
            stream(200_000);
        }
        long allocated = stream(3_000_000);
        print("allocated", allocated);
    }

    /** Returns the bytes that the event loop allocated from the first row to the last. */
    private long stream(int rows) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] state = new long[4];
        Function<PgRow, String> mapper = row -> {
            long seen = ++state[0];
            state[1] += row.getLong(0);
            state[2] += row.getInt(1) + (row.getBoolean(3) ? 1 : 0) + (long) row.getDouble(2);
            if (seen == 1) {
                state[3] =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            } else if (seen == rows) {
                state[3] =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - state[3];
            }
            return "";
        };
        connection
                .query("select i::int8, 1, i::float8, i % 2 = 0 from generate_series(1, $1) i")
                .bind(rows)
                .map(mapper)
                .blockLast(PATIENCE);
        print("rows", state[0]);
        print("sum", state[1]);
        print("others", state[2]);
        return state[3];
    }

    // ---- a slow subscriber

    /** Reads rows one by one on another thread, after a while in which it wanted none at all. */
    private void slow() {
        int rows = 100_000;
        AtomicLong most = new AtomicLong();
        PgConnection observer = connect();
        Flux<Integer> lengths = connection
                .query("select repeat('x', 1000), i from generate_series(1, $1) i")
                .bind(rows)
                .map(row -> Objects.requireNonNull(row.getString(0)).length())
                .publishOn(Schedulers.boundedElastic(), 1)
                .index((index, length) -> {
                    if (index == 10) {
                        awaitFullSocket(observer);
                        print("stalled", used());
                    }
                    most.accumulateAndGet(used(), Math::max);
                    return length;
                });
        long total = Objects.requireNonNull(
                lengths.reduce(0L, (sum, length) -> sum + length).block(PATIENCE));
        print("characters", total);
        print("most", most.get());
        observer.close().block(PATIENCE);
    }

    /** Asks until the server waits for this client to read. */
    private void awaitFullSocket(PgConnection observer) {
        Mono<Boolean> blocked = observer.query("select wait_event = 'ClientWrite' from pg_stat_activity where pid = $1")
                .bind(connection.processId())
                .map(row -> !row.isNull(0) && row.getBoolean(0))
                .single();
        blocked.repeat().takeUntil(full -> full).blockLast(PATIENCE);
    }

    // ---- a long value

    private void value() {
        int length = 64 * 1024 * 1024;
        for (int i = 0; i < 4; i++) {
            long before = used();
            String value = connection
                    .query("select repeat('x', $1)")
                    .bind(length)
                    .map(row -> Objects.requireNonNull(row.getString(0)))
                    .blockLast(PATIENCE);
            print("length", Objects.requireNonNull(value).length());
            print("others", value.chars().filter(character -> character != 'x').count());
            // the row is behind, its buffer is given back with the end of the result
            connection.query("select 1").rowsUpdated().block(PATIENCE);
            print("kept", used() - before);
        }
    }

    /** Returns the bytes that the allocator of Netty holds. */
    private static long used() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                        .metric()
                        .usedDirectMemory()
                + ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                        .metric()
                        .usedHeapMemory();
    }
}
