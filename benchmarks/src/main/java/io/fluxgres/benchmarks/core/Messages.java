package io.fluxgres.benchmarks.core;

import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.RowDescription.Column;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers of a server, as they lie in a buffer. */
final class Messages {

    static final int ROWS = 1000;

    /** Two columns of type int4 in binary. */
    static final RowDescription TWO_INTEGERS = new RowDescription(List.of(integer("id"), integer("number")));

    private static final int INT4_OID = 23;

    private Messages() {}

    private static Column integer(String name) {
        return new Column(name, 0, (short) 0, INT4_OID, (short) 4, -1, 1);
    }

    /** Returns the answer to Bind, Execute and Sync with so many rows of {@link #TWO_INTEGERS}, in a direct buffer. */
    static ByteBuf result(int rows) {
        ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer();
        out.writeByte('2').writeInt(4);
        for (int i = 0; i < rows; i++) {
            out.writeByte('D').writeInt(4 + 2 + 8 + 8).writeShort(2);
            out.writeInt(4).writeInt(i).writeInt(4).writeInt(-i);
        }
        byte[] tag = ("SELECT " + rows).getBytes(StandardCharsets.US_ASCII);
        out.writeByte('C').writeInt(4 + tag.length + 1).writeBytes(tag).writeByte(0);
        out.writeByte('Z').writeInt(5).writeByte('I');
        return out;
    }
}
