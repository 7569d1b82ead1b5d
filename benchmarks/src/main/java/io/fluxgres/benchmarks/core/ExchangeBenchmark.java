package io.fluxgres.benchmarks.core;

import io.fluxgres.PgConnection;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQuery;
import io.fluxgres.PgRow;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * The whole driver from the call of the user to the signals, on a channel that answers with bytes made beforehand. So what is
 * measured is the driver and a little of the channel, and neither the network nor the server.
 */
public class ExchangeBenchmark extends CoreBenchmark {

    private static final int IN_FLIGHT = 64;
    private static final int INT4_OID = 23;

    private final ReplayedServer server = new ReplayedServer();
    private final PgConnection connection =
            server.connect(PgOptions.defaults().with(PgOption.USER, "benchmark").with(PgOption.PREPARE_THRESHOLD, 1));
    private final PgQuery query = connection.query("select id, number from world where id = $1");
    private final ByteBuf oneRowEach = answers(IN_FLIGHT, 1);
    private final ByteBuf manyRows = answers(1, Messages.ROWS);
    private final Sum sum = new Sum();

    private static ByteBuf answers(int count, int rows) {
        ByteBuf out = Unpooled.directBuffer();
        for (int i = 0; i < count; i++) {
            ByteBuf answer = Messages.result(rows);
            out.writeBytes(answer);
            answer.release();
        }
        return out;
    }

    /** Has the statement prepared. */
    @Setup
    public void prepare() {
        query.bind(0).map(ExchangeBenchmark::rowSum).subscribe(sum);
        server.answer(Unpooled.wrappedBuffer(new BackendMessages()
                .parseComplete()
                .parameterDescription(INT4_OID)
                .rowDescription(BackendMessages.column("id", INT4_OID), BackendMessages.column("number", INT4_OID))
                .bindComplete()
                .commandComplete("SELECT 0")
                .readyForQuery('I')
                .toBytes()));
        sum.requireCompleted(1);
    }

    private static Long rowSum(PgRow row) {
        return (long) row.getInt(0) + row.getInt(1);
    }

    /** Executes point queries that are in flight together. An operation is a query. */
    @Benchmark
    @OperationsPerInvocation(IN_FLIGHT)
    public long pointQueries() {
        for (int i = 0; i < IN_FLIGHT; i++) {
            query.bind(i).map(ExchangeBenchmark::rowSum).subscribe(sum);
        }
        server.answer(oneRowEach.retainedDuplicate());
        return sum.requireCompleted(IN_FLIGHT);
    }

    /** Executes a query with many rows. An operation is a row. */
    @Benchmark
    @OperationsPerInvocation(Messages.ROWS)
    public long rows() {
        query.bind(0).map(ExchangeBenchmark::rowSum).subscribe(sum);
        server.answer(manyRows.retainedDuplicate());
        return sum.requireCompleted(1);
    }

    /** Gives the buffers back. */
    @TearDown
    public void release() {
        server.close();
        oneRowEach.release();
        manyRows.release();
    }

    /** Of all subscriptions, so that what is allocated is the driver's alone. */
    private static final class Sum implements CoreSubscriber<Long> {

        private long sum;
        private int completed;
        private @Nullable Throwable failure;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Long value) {
            sum += value;
        }

        @Override
        public void onError(Throwable reason) {
            failure = reason;
        }

        @Override
        public void onComplete() {
            completed++;
        }

        long requireCompleted(int expected) {
            if (completed != expected) {
                throw new IllegalStateException(completed + " of " + expected + " queries have completed", failure);
            }
            completed = 0;
            return sum;
        }
    }
}
