package io.fluxgres.r2dbc;

import com.sun.management.ThreadMXBean;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What {@link AllocationIT} runs: a statement with one value and a result of one row over and over, each submitted by the
 * event loop when the one in front has ended. Prints the bytes that an execution allocates there as {@code bytes=number}.
 */
final class StatementAllocationProgram implements CoreSubscriber<Integer> {

    private static final int ROUNDS = 6;
    private static final int EXECUTIONS = 20_000;
    private static final int PATIENCE_SECONDS = 100;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Connection connection;
    private final CountDownLatch end = new CountDownLatch(1);

    /** Confined to the event loop, as is what follows but for the failure. */
    private int round;

    private int answered;
    private long before;
    private volatile boolean failed;

    private StatementAllocationProgram(Connection connection) {
        this.connection = connection;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Connection connection = Factories.open(ConnectionFactories.get(arguments[0]));
        StatementAllocationProgram program = new StatementAllocationProgram(connection);
        program.execute();
        if (!program.end.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || program.failed) {
            throw new AssertionError("the answers are missing or wrong");
        }
        Factories.close(connection);
    }

    private void execute() {
        rows().subscribe(this);
    }

    private Flux<Integer> rows() {
        return Mono.from(connection
                        .createStatement("select $1::int4")
                        .bind(0, 1000)
                        .execute())
                .flatMapMany(result -> result.map((row, metadata) -> row.get(0, Integer.class)));
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Integer value) {
        failed |= value != 1000;
    }

    @Override
    public void onComplete() {
        answered++;
        if (answered == EXECUTIONS) {
            long now = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            if (round > 0) {
                System.out.println("bytes=" + (now - before) / EXECUTIONS);
            }
            before = now;
            answered = 0;
            round++;
        }
        if (round < ROUNDS) {
            execute();
        } else {
            end.countDown();
        }
    }

    @Override
    public void onError(Throwable error) {
        error.printStackTrace();
        failed = true;
        end.countDown();
    }
}
