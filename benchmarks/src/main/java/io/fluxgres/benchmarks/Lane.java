package io.fluxgres.benchmarks;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Operations one after the other on one connection: the next begins when the one before has completed, as a caller does who
 * awaits each. A load has as many lanes as operations in flight.
 *
 * <p>An operation may complete on any thread, before or after the call that began it returns; the count of the superclass
 * keeps one thread at a time going and the stack flat.
 */
public final class Lane extends AtomicInteger {

    private static final long serialVersionUID = 1;

    /** Begins an operation. */
    @FunctionalInterface
    interface Operation {
        void begin(Lane lane);
    }

    private final transient LoadRun run;
    private final transient Operation operation;
    private final transient @Nullable Latencies latencies;
    private final transient SumSubscriber sums = new SumSubscriber(this);

    private int random;
    private long expected;
    private long begun;
    private long completed;

    Lane(LoadRun run, Operation operation, int seed, @Nullable Latencies latencies) {
        this.run = run;
        this.operation = operation;
        this.latencies = latencies;
        this.random = seed * 0x9E3779B9 | 1;
    }

    /** Begins operations until the run is stopped. */
    void start() {
        if (getAndIncrement() == 0) {
            do {
                beginNext();
            } while (decrementAndGet() != 0);
        }
    }

    private void beginNext() {
        if (run.isStopped()) {
            run.laneEnded();
            return;
        }
        begun = latencies == null ? 0 : System.nanoTime();
        try {
            operation.begin(this);
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    /** Returns the next random number from 1 to {@code bound}. */
    int nextKey(int bound) {
        int next = random;
        next ^= next << 13;
        next ^= next >>> 17;
        next ^= next << 5;
        random = next;
        return 1 + (int) (((next & 0xFFFFFFFFL) * bound) >>> 32);
    }

    /** Returns what takes the numbers of the operation that begins, and tells this lane; used again by the next one. */
    public CoreSubscriber<Long> sums() {
        return sums;
    }

    /** Says what the operation that begins must add up to. */
    void expect(long sum) {
        expected = sum;
    }

    /** The operation has completed, and what it read adds up to {@code sum}. */
    public void completed(long sum) {
        if (sum != expected) {
            failed(new IllegalStateException("the result adds up to " + sum + " instead of " + expected));
            return;
        }
        completedUnread();
    }

    /** The operation has completed; its result was not looked at. */
    public void completedUnread() {
        if (latencies != null) {
            latencies.add(System.nanoTime() - begun);
        }
        completed++;
        start();
    }

    /** The operation has failed, and with it the run. */
    public void failed(Throwable failure) {
        run.failed(failure);
    }

    long completedOperations() {
        return completed;
    }
}
