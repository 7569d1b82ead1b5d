package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The few messages that the floors need, and no more of the protocol. */
final class FloorMessages {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int INT4_OID = 23;

    private FloorMessages() {}

    static ByteBuf startup(Target target) {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(0).writeInt(PROTOCOL_3_0);
        string(out, "user");
        string(out, target.trustedUser());
        string(out, "database");
        string(out, target.database());
        out.writeByte(0);
        return out.setInt(0, out.readableBytes());
    }

    /** Parses a statement with at most one parameter, an int4, under a name of one letter; behind it a Sync. */
    static ByteBuf prepare(char name, String sql) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte('P').writeInt(0).writeByte(name).writeByte(0);
        string(out, sql);
        if (sql.contains("$1")) {
            out.writeShort(1).writeInt(INT4_OID);
        } else {
            out.writeShort(0);
        }
        out.setInt(1, out.readableBytes() - 1);
        sync(out);
        return out;
    }

    /** Writes Bind with an int4, Execute and Sync; results are binary. */
    static void execute(ByteBuf out, char name, int value) {
        // portal, statement, one format: binary, one value of four bytes, one format of the results: binary
        out.writeByte('B').writeInt(25).writeByte(0).writeByte(name).writeByte(0);
        out.writeShort(1).writeShort(1).writeShort(1).writeInt(4).writeInt(value);
        out.writeShort(1).writeShort(1);
        out.writeByte('E').writeInt(9).writeByte(0).writeInt(0);
        sync(out);
    }

    /** Writes Bind without values, Execute and Sync; results are binary. */
    static void execute(ByteBuf out, char name) {
        out.writeByte('B').writeInt(15).writeByte(0).writeByte(name).writeByte(0);
        out.writeShort(0).writeShort(0).writeShort(1).writeShort(1);
        out.writeByte('E').writeInt(9).writeByte(0).writeInt(0);
        sync(out);
    }

    private static void sync(ByteBuf out) {
        out.writeByte('S').writeInt(4);
    }

    static byte[] bytes(ByteBuf message) {
        return ByteBufUtil.getBytes(message);
    }

    private static void string(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.UTF_8);
        out.writeByte(0);
    }
}
