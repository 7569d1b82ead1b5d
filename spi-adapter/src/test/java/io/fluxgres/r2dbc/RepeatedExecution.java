package io.fluxgres.r2dbc;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Executes a query of one connection over and over, each time when an execution in front has ended, and tells what that
 * took. Confined to the connection's event loop but for the failure.
 */
final class RepeatedExecution {

    private static final int PATIENCE_SECONDS = 60;

    private final Supplier<Flux<Integer>> query;
    private final int expected;
    private final LongSupplier meter;
    private final CountDownLatch end;

    private int unfinished;
    private int unsubmitted;
    private long before;
    private long after;
    private volatile @Nullable Throwable failure;

    private RepeatedExecution(
            Supplier<Flux<Integer>> query, int expected, int executions, int depth, LongSupplier meter) {
        this.query = query;
        this.expected = expected;
        this.meter = meter;
        this.unfinished = executions;
        this.unsubmitted = executions - depth;
        this.end = new CountDownLatch(1);
    }

    /**
     * Executes a query and returns by how much a meter has risen for each execution. The meter is read on the event loop.
     *
     * @param query gives one row of the expected value
     * @param depth how many executions are in flight at a time
     */
    static double measure(Supplier<Flux<Integer>> query, int expected, int executions, int depth, LongSupplier meter)
            throws InterruptedException {
        RepeatedExecution run = new RepeatedExecution(query, expected, executions, depth, meter);
        for (int i = 0; i < depth; i++) {
            run.query.get().subscribe(run.new Reader());
        }
        if (!run.end.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || run.failure != null) {
            throw new AssertionError("the answers are missing or wrong", run.failure);
        }
        return (double) (run.after - run.before) / (executions - 1);
    }

    private final class Reader implements CoreSubscriber<Integer> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Integer value) {
            if (value != expected) {
                onError(new AssertionError("not the value that was asked for"));
            }
        }

        @Override
        public void onComplete() {
            if (before == 0) {
                before = meter.getAsLong();
            }
            unfinished--;
            if (unfinished == 0) {
                after = meter.getAsLong();
                end.countDown();
            } else if (unsubmitted > 0) {
                unsubmitted--;
                query.get().subscribe(this);
            }
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
            end.countDown();
        }
    }
}
