package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Reading rows allocates nothing: neither the reader nor the states make an object for a row. */
class RowAllocationTest {

    private static final int ROWS = 100_000;
    private static final int WARM_UPS = 5;
    /** Less than one byte a row, so not one object a hundred rows; a result has some of its own. */
    private static final long BUDGET = ROWS / 10;

    private static final byte[] COLUMNS = Answers.rowDescription(
            Answers.int4("id"), Answers.textColumn("title"), Answers.textColumn("author"), Answers.int4("price"));

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aRowOfTheSimpleProtocolAllocatesNothing() {
        assertAllocatesNothing(sink -> new SimpleQueryState(sink, new DataRow()), COLUMNS);
    }

    @Test
    void aRowOfTheExtendedProtocolAllocatesNothing() {
        assertAllocatesNothing(
                sink -> ExtendedQueryState.parsing(sink, new DataRow(), 0, Describe.PORTAL, 0),
                Answers.PARSE_COMPLETE,
                Answers.BIND_COMPLETE,
                COLUMNS);
    }

    private void assertAllocatesNothing(Function<ResultSink, BackendState> states, byte[]... head) {
        ByteBuf stream = Unpooled.wrappedBuffer(stream(head));
        long allocated = Long.MAX_VALUE;
        for (int i = 0; i <= WARM_UPS; i++) {
            stream.readerIndex(0);
            CountingSink sink = new CountingSink();
            allocated = read(stream, states.apply(sink));
            assertThat(sink.rows).isEqualTo(ROWS);
            assertThat(sink.bytes).isGreaterThan(ROWS * 10L);
        }
        assertThat(allocated).as("bytes allocated for " + ROWS + " rows").isLessThan(BUDGET);
    }

    private long read(ByteBuf stream, BackendState state) {
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        FrontendWriter out = new FrontendWriter(UnpooledByteBufAllocator.DEFAULT, new Ledger());
        in.authenticated();
        long before = threads.getCurrentThreadAllocatedBytes();
        Signal signal = Signal.CONTINUE;
        while (signal != Signal.DONE && in.next(stream)) {
            signal = state.onMessage(in, out);
            in.finish();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(signal).isEqualTo(Signal.DONE);
        return allocated;
    }

    private static byte[] stream(byte[]... head) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(Wire.join(head));
        byte[] row = Answers.dataRow("12345", "a title", null, "990");
        for (int i = 0; i < ROWS; i++) {
            stream.writeBytes(row);
        }
        stream.writeBytes(Answers.commandComplete("SELECT " + ROWS));
        stream.writeBytes(Answers.IDLE);
        return stream.toByteArray();
    }

    /** Reads lengths and counts, as a decoder would. */
    private static final class CountingSink extends RowSink {

        private int rows;
        private long bytes;

        @Override
        public void onRow(DataRow row) {
            rows++;
            for (int i = 0; i < row.size(); i++) {
                if (!row.isNull(i)) {
                    bytes += row.length(i);
                }
            }
        }
    }
}
