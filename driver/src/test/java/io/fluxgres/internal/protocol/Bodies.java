package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Function;

/** Reads the body of one message that stands between the bytes of others. */
final class Bodies {

    private static final byte[] NEIGHBOUR = Wire.message('C', Wire.cString("SELECT 1"));

    private Bodies() {}

    /** Reads a body as the read loop does: to its very end. */
    static <T> T read(byte[] message, Function<BackendReader, T> body) {
        ByteBuf buffer = Unpooled.wrappedBuffer(NEIGHBOUR, message, NEIGHBOUR);
        buffer.skipBytes(NEIGHBOUR.length);
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        in.authenticated();
        assertThat(in.next(buffer)).isTrue();
        T read = body.apply(in);
        in.finish();
        assertThat(buffer.readableBytes()).isEqualTo(NEIGHBOUR.length);
        return read;
    }
}
