package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fluxgres.testkit.PostgresExtension;
import io.netty.util.ResourceLeakDetector;
import io.r2dbc.spi.Connection;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the execution of a warm statement through the adapter costs in memory. */
@Timeout(120)
class AllocationIT {

    private static final int EXECUTIONS = 20_000;

    /** About a third more than measured on JDK 17; the operators of this test are in it. */
    private static final long BUDGET = 1900;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @Test
    void aWarmStatementTakesLittleMemory() {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            assertThat(measure()).as("bytes of an execution").isLessThan(BUDGET);
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static long measure() {
        Connection connection = Factories.open(Factories.factory(postgres));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicReference<Thread> loop = new AtomicReference<>();
        Mono<Long> executions = Flux.range(0, EXECUTIONS)
                .concatMap(
                        i -> Flux.from(connection
                                        .createStatement("select $1::int4")
                                        .bind(0, 1000)
                                        .execute())
                                .concatMap(
                                        result -> result.map((row, metadata) -> {
                                            loop.set(Thread.currentThread());
                                            return row.get(0, Integer.class);
                                        }),
                                        0),
                        0)
                .count();
        executions.block();
        long before = threads.getThreadAllocatedBytes(loop.get().getId());
        executions.block();
        long bytes = (threads.getThreadAllocatedBytes(loop.get().getId()) - before) / EXECUTIONS;

        Factories.close(connection);
        return bytes;
    }
}
