package io.fluxgres.benchmarks.core;

import io.fluxgres.PgConnection;
import io.fluxgres.PgOptions;
import io.fluxgres.internal.connect.ChannelSessions;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** The other end of a connection in memory: it reads nothing, and answers what it is told to. */
final class ReplayedServer implements AutoCloseable {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** Returns a connection that is logged in; there is one at most. */
    PgConnection connect(PgOptions options) {
        PgConnection connection = ChannelSessions.on(channel, options);
        answer(Unpooled.wrappedBuffer(new BackendMessages()
                .authenticationOk()
                // without them no time is read in binary
                .parameterStatus("TimeZone", "UTC")
                .parameterStatus("DateStyle", "ISO, MDY")
                .readyForQuery('I')
                .toBytes()));
        return connection;
    }

    /** Drops what the driver has written, and has it read an answer, which is released. */
    void answer(ByteBuf answer) {
        channel.runPendingTasks();
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            sent.release();
        }
        channel.writeInbound(answer);
    }

    @Override
    public void close() {
        channel.close();
        channel.runPendingTasks();
        channel.releaseOutbound();
    }
}
