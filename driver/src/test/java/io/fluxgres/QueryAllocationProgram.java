package io.fluxgres;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * What {@link QueryAllocationIT} runs: a point query over and over, one at a time, each submitted by the caller's thread
 * or by the event loop. Prints the bytes that a query allocates in both threads together as {@code bytes=number}, round by
 * round until one is within the budget: behind the first ones the compiler has not done yet what it will.
 */
final class QueryAllocationProgram implements CoreSubscriber<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROUNDS = 15;
    private static final int QUERIES = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Thread caller = Thread.currentThread();
    private final PgQuery query;
    private final boolean onLoop;

    private volatile long loopThread;
    private volatile int answered;
    private volatile boolean failed;
    private int sum;

    private QueryAllocationProgram(PgConnection connection, boolean onLoop) {
        this.query = connection.query("select n, n + 1 from (select $1::int) q(n)");
        this.onLoop = onLoop;
    }

    public static void main(String[] arguments) {
        PgConnection connection =
                PgClient.create(arguments[1]).connect().blockOptional(PATIENCE).orElseThrow();
        QueryAllocationProgram program = new QueryAllocationProgram(connection, arguments[0].equals("loop"));
        long budget = Long.parseLong(arguments[2]);
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && bytes > budget; round++) {
            bytes = program.round();
            System.out.println("bytes=" + bytes);
        }
        connection.close().block(PATIENCE);
    }

    /** Returns the bytes for a query. */
    private long round() {
        answered = 0;
        long before = allocated();
        submit();
        int submitted = 1;
        while (answered < QUERIES && !failed) {
            if (!onLoop && answered == submitted) {
                submitted++;
                submit();
            } else {
                LockSupport.park();
            }
        }
        long bytes = (allocated() - before) / QUERIES;
        if (failed || sum != 3 * QUERIES) {
            throw new AssertionError("the answers are wrong");
        }
        sum = 0;
        return bytes;
    }

    private void submit() {
        query.bind(1).map(row -> row.getInt(0) + row.getInt(1)).subscribe(this);
    }

    private long allocated() {
        long loop = loopThread == 0 ? 0 : threads.getThreadAllocatedBytes(loopThread);
        return loop + threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Integer value) {
        sum += value;
    }

    /** The only thread that answers, so that the count is not contended. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void onComplete() {
        loopThread = Thread.currentThread().getId();
        int count = answered + 1;
        answered = count;
        if (onLoop && count < QUERIES) {
            submit();
        } else {
            LockSupport.unpark(caller);
        }
    }

    @Override
    public void onError(Throwable error) {
        error.printStackTrace();
        failed = true;
        LockSupport.unpark(caller);
    }
}
