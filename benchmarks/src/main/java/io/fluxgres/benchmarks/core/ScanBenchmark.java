package io.fluxgres.benchmarks.core;

import io.fluxgres.PgConnection;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQuery;
import io.fluxgres.benchmarks.ScannedRow;
import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A scan of six columns by the whole driver, as {@link ExchangeBenchmark}: in text, as of SQL that was never seen before, and
 * in binary, as of a statement that is kept prepared. An operation is a row.
 */
public class ScanBenchmark extends CoreBenchmark {

    private static final int ROWS = 10_000;
    private static final String NOTE = "a note of a length that is usual";

    /** How the rows come. */
    @Param({"text", "binary"})
    public String format = "text";

    private final ReplayedServer server = new ReplayedServer();
    private final ByteBuf answer = Unpooled.directBuffer();
    private @Nullable PgQuery query;

    private PgQuery connect(int cacheSize) {
        PgConnection connection = server.connect(PgOptions.defaults()
                .with(PgOption.USER, "benchmark")
                .with(PgOption.STATEMENT_CACHE_SIZE, cacheSize)
                .with(PgOption.PREPARE_THRESHOLD, 1));
        return connection.query("select id, made, number, ratio, title, note from measurement");
    }

    /** Logs in and, for binary rows, has the statement prepared. */
    @Setup
    public void prepare() {
        boolean text = format.equals("text");
        query = connect(text ? 0 : 1);
        byte[] described = description();
        if (text) {
            answer.writeBytes(described);
        } else {
            answer.writeByte('2').writeInt(4);
            run(Unpooled.wrappedBuffer(described, end(0)));
        }
        for (int i = 1; i <= ROWS; i++) {
            row(i, text);
        }
        answer.writeBytes(end(ROWS));
    }

    private static byte[] description() {
        return new BackendMessages()
                .parseComplete()
                .parameterDescription()
                .rowDescription(
                        BackendMessages.column("id", PgType.INT8.oid()),
                        BackendMessages.column("made", PgType.TIMESTAMPTZ.oid()),
                        BackendMessages.column("number", PgType.INT4.oid()),
                        BackendMessages.column("ratio", PgType.FLOAT8.oid()),
                        BackendMessages.column("title", PgType.TEXT.oid()),
                        BackendMessages.column("note", PgType.TEXT.oid()))
                .bindComplete()
                .toBytes();
    }

    private static byte[] end(int rows) {
        return new BackendMessages()
                .commandComplete("SELECT " + rows)
                .readyForQuery('I')
                .toBytes();
    }

    private void row(int n, boolean text) {
        int start = answer.writerIndex();
        answer.writeByte('D').writeInt(0).writeShort(6);
        if (text) {
            field(Integer.toString(n));
            field("2024-01-01 %02d:%02d:%02d+00".formatted(n / 3600, n / 60 % 60, n % 60));
            field(Integer.toString(n));
            field(Double.toString(n / 7.0));
        } else {
            answer.writeInt(8).writeLong(n);
            answer.writeInt(8).writeLong((757_382_400L + n) * 1_000_000);
            answer.writeInt(4).writeInt(n);
            answer.writeInt(8).writeDouble(n / 7.0);
        }
        field("title " + n);
        field(NOTE);
        answer.setInt(start + 1, answer.writerIndex() - start - 1);
    }

    private void field(String value) {
        answer.writeInt(value.length());
        answer.writeCharSequence(value, StandardCharsets.US_ASCII);
    }

    /** Executes the scan; the sum of all values is the same in both formats. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long scan() {
        return run(answer.retainedDuplicate());
    }

    private long run(ByteBuf answers) {
        long[] sum = new long[2];
        Objects.requireNonNull(query)
                .map(ScannedRow::sum)
                .subscribe(value -> sum[0] += value, failure -> sum[1] = -1, () -> sum[1] = 1);
        server.answer(answers);
        if (sum[1] != 1) {
            throw new IllegalStateException("the scan has not completed");
        }
        return sum[0];
    }

    /** Gives the buffers back. */
    @TearDown
    public void release() {
        server.close();
        answer.release();
    }
}
