package io.fluxgres.benchmarks.core;

import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;

/** What a row costs between the socket and the mapping function. An operation is a row. */
public class ReadBenchmark extends CoreBenchmark {

    private final ByteBuf answer = Messages.result(Messages.ROWS);
    private final BackendReader reader = new BackendReader(MessageLimits.DEFAULT);
    private final FrontendWriter writer = new FrontendWriter(ByteBufAllocator.DEFAULT, new Ledger());
    private final DataRow row = new DataRow();

    /** Creates the state; JMH calls it. */
    public ReadBenchmark() {
        reader.authenticated();
    }

    /** Frames the messages and skips their bodies. */
    @Benchmark
    @OperationsPerInvocation(Messages.ROWS)
    public int frame() {
        answer.readerIndex(0);
        int messages = 0;
        while (reader.next(answer)) {
            reader.skipBody();
            reader.finish();
            messages++;
        }
        return messages;
    }

    /** Reads the messages by their grammar and decodes both values of each row. */
    @Benchmark
    @OperationsPerInvocation(Messages.ROWS)
    public long decodeRows() {
        answer.readerIndex(0);
        SumSink sink = new SumSink();
        ExtendedQueryState state = ExtendedQueryState.prepared(sink, row, 0, Messages.TWO_INTEGERS);
        while (reader.next(answer)) {
            state.onMessage(reader, writer);
            reader.finish();
        }
        return sink.sum;
    }

    /** Gives the buffer back. */
    @TearDown
    public void release() {
        answer.release();
    }

    private static final class SumSink implements ResultSink {

        private long sum;

        @Override
        public Demand demand() {
            return Demand.ROW;
        }

        @Override
        public void onRow(DataRow row) {
            ByteBuf buffer = row.buffer();
            sum += (long) buffer.getInt(row.offset(0)) + buffer.getInt(row.offset(1));
        }

        @Override
        public void onRowDescription(RowDescription description) {}

        @Override
        public void onCommandComplete(CommandTag tag) {}

        @Override
        public void onEmptyQuery() {}

        @Override
        public void onError(ErrorFields error) {}

        @Override
        public void onCopy(CopyDirection direction) {}
    }
}
