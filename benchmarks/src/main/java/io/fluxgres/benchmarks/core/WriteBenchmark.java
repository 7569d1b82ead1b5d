package io.fluxgres.benchmarks.core;

import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.Parameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the request of a prepared statement costs: Bind with an int4, Execute and Sync. An operation is a request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WriteBenchmark {

    private static final int REQUESTS = 64;

    private final Ledger ledger = new Ledger();
    private final FrontendWriter writer = new FrontendWriter(ByteBufAllocator.DEFAULT, ledger);
    private final OneInteger parameters = new OneInteger();

    /** Writes requests that leave in one buffer. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int bind() {
        for (int i = 0; i < REQUESTS; i++) {
            parameters.value = i;
            writer.bind(Name.UNNAMED, Name.of("fluxgres_1"), parameters, 1);
            writer.execute(Name.UNNAMED, 0);
            writer.sync();
            ledger.received();
        }
        ByteBuf written = Objects.requireNonNull(writer.take());
        int bytes = written.readableBytes();
        written.release();
        return bytes;
    }

    private static final class OneInteger implements Parameters {

        private int value;

        @Override
        public int count() {
            return 1;
        }

        @Override
        public int typeOid(int index) {
            return 23;
        }

        @Override
        public int formatCode(int index) {
            return 1;
        }

        @Override
        public boolean isNull(int index) {
            return false;
        }

        @Override
        public void write(int index, ByteBuf out) {
            out.writeInt(value);
        }
    }
}
