package io.fluxgres.benchmarks.core;

import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.Parameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What the request of a prepared statement costs: Bind with an int4, Execute and Sync. An operation is a request. */
public class WriteBenchmark extends CoreBenchmark {

    private static final int REQUESTS = 64;
    private static final Name STATEMENT = Name.of("fluxgres_1");

    private final Ledger ledger = new Ledger();
    private final FrontendWriter writer = new FrontendWriter(ByteBufAllocator.DEFAULT, ledger);
    private final OneInteger parameters = new OneInteger();

    /** Writes requests that leave in one buffer. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int bind() {
        for (int i = 0; i < REQUESTS; i++) {
            parameters.value = i;
            writer.bind(Name.UNNAMED, STATEMENT, parameters, 1);
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
