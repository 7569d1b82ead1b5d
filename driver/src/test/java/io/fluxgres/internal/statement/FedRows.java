package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.RowSink;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows as a session gets them: the bytes of a server, fed to a state, shown while they lie in a borrowed buffer. */
public final class FedRows extends RowSink {

    private final Consumer<DataRow> onRow;

    private FedRows(Consumer<DataRow> onRow) {
        this.onRow = onRow;
    }

    /** Returns a column without a table, in text. */
    public static RowDescription.Column column(String name, PgType type) {
        return column(name, type, 0);
    }

    public static RowDescription.Column column(String name, PgType type, int formatCode) {
        return new RowDescription.Column(name, 0, (short) 0, type.oid(), (short) -1, -1, formatCode);
    }

    /** Returns the description of columns. */
    public static RowDescription described(RowDescription.Column... columns) {
        return new RowDescription(List.of(columns));
    }

    /** Feeds one row; afterwards the memory that it lay in holds other bytes. */
    public static void feed(RowDescription description, Consumer<DataRow> onRow, @Nullable Object... values) {
        byte[] bytes = new BackendMessages().bindComplete().dataRow(values).toBytes();
        ByteBuf arrived = Unpooled.wrappedBuffer(bytes);
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        FrontendWriter out = new FrontendWriter(UnpooledByteBufAllocator.DEFAULT, new Ledger());
        int[] rows = {0};
        FedRows sink = new FedRows(row -> {
            rows[0]++;
            onRow.accept(row);
        });
        ExtendedQueryState state = ExtendedQueryState.prepared(sink, new DataRow(), 0, description);
        while (in.next(arrived)) {
            state.onMessage(in, out);
            in.finish();
        }
        assertThat(rows[0]).as("rows").isOne();
        Stream.iterate(0, i -> i < bytes.length, i -> i + 1).forEach(i -> bytes[i] = (byte) 0xA5);
    }

    @Override
    public void onRow(DataRow row) {
        onRow.accept(row);
    }
}
