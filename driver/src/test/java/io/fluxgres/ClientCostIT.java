package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fluxgres.testkit.PostgresExtension;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** What a statement costs more over a client than over a connection. */
@Timeout(120)
class ClientCostIT {

    private static final int STATEMENTS = 5000;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aPointQueryOfAClientAllocatesHardlyMoreThanThatOfAConnection() {
        PgClient client = PgClient.create(postgres.url() + "?sharedConnections=1");
        PgConnection connection = client.connect().block(TIMEOUT);

        long ofConnection = allocatedBytes(n -> connection.query("select $1").bind(n));
        long ofClient = allocatedBytes(n -> client.query("select $1").bind(n));

        assertThat(ofClient - ofConnection).isLessThan(200);
        Connections.close(connection);
        client.close().block(TIMEOUT);
    }

    /** Returns how many bytes all threads together allocate for a statement, without what else may go on at times. */
    private long allocatedBytes(IntFunction<PgQuery> query) {
        return LongStream.generate(() -> {
                    long before = allocatedBytes();
                    Flux.range(0, STATEMENTS)
                            .concatMap(n -> query.apply(n).map(row -> row.getInt(0)))
                            .blockLast(TIMEOUT);
                    return (allocatedBytes() - before) / STATEMENTS;
                })
                .limit(8)
                .min()
                .orElseThrow();
    }

    private long allocatedBytes() {
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
