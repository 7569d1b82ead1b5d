package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A wire on a channel without a network, whose turns the test runs and whose events it reads in their order. */
final class EmbeddedWire {

    private final List<String> events = new ArrayList<>();
    private final List<ByteBuf> arrived = new ArrayList<>();
    private final Network network = new Network();
    private final EmbeddedChannel channel = new EmbeddedChannel(network);
    private final Wire wire;
    private @Nullable PgException end;

    /** Creates a wire that writes so many requests ahead of their answers; 1 for one request at a time. */
    EmbeddedWire(int depth) {
        wire = new Wire(channel, limits(depth), new Listener());
        channel.pipeline().addLast(wire);
    }

    static WireLimits limits(int depth) {
        return new WireLimits(
                MessageLimits.DEFAULT,
                new PipelineLimits(depth, 1 << 20),
                new DiscardLimits(Long.MAX_VALUE, Duration.ofHours(1), Long.MAX_VALUE, Duration.ofHours(1)));
    }

    /** In front of the wire, where the network would be. */
    private static final class Network extends ChannelDuplexHandler {

        private int writes;
        private int flushes;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            writes++;
            context.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            flushes++;
            context.flush();
        }
    }

    /** Whether a CancelRequest can be sent; it has its effect at once. */
    private boolean cancels;

    private final class Listener implements WireListener {

        @Override
        public String peer() {
            return "";
        }

        @Override
        public void onNotice(ErrorFields notice) {
            events.add("notice " + notice.message());
        }

        @Override
        public void onParameterStatus(String name, String value) {
            events.add(name + "=" + value);
        }

        @Override
        public void onNotification(int processId, String name, String payload) {
            events.add("notification " + name + " " + payload);
        }

        @Override
        public boolean cancel(Runnable closed) {
            if (cancels) {
                events.add("cancel");
                closed.run();
            }
            return cancels;
        }

        @Override
        public void onEnd(PgException reason) {
            events.add("end");
            end = reason;
        }
    }

    // ---- the side of the session

    ScriptedExchange exchange(String name) {
        return new ScriptedExchange(name, events);
    }

    /** Submits without ending the turn. */
    void enqueue(Exchange exchange) {
        wire.submit(exchange);
    }

    void submit(Exchange exchange) {
        wire.submit(exchange);
        runTurn();
    }

    void resume(Exchange exchange) {
        wire.resume(exchange);
    }

    void close() {
        wire.close();
    }

    void fail(PgException reason) {
        wire.fail(reason);
    }

    void runTurn() {
        channel.runPendingTasks();
    }

    /** Lets time pass, and with it what is due. */
    void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        runTurn();
    }

    /** Asks for a cancel as a user does, and notes when he is told. */
    void cancelHead() {
        cancels = true;
        wire.cancelHead(() -> events.add("cancel told"));
        runTurn();
    }

    void abandon(ScriptedExchange exchange) {
        exchange.abandoned = true;
        wire.onAbandoned();
        runTurn();
    }

    /** What happened to the exchanges and to the listener. */
    List<String> events() {
        return events;
    }

    @Nullable PgException end() {
        return end;
    }

    // ---- the side of the network

    void receive(byte[] bytes) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        arrived.add(buffer);
        channel.writeInbound(buffer);
    }

    void receive(BackendMessages messages) {
        receive(messages.toBytes());
    }

    /** Hands a buffer to the wire even if the channel is closed. */
    void read(ByteBuf buffer) {
        arrived.add(buffer);
        wire.channelRead(channel.pipeline().firstContext(), buffer);
    }

    void hangUp() {
        channel.close();
        runTurn();
    }

    void lose(Throwable cause) {
        channel.pipeline().fireExceptionCaught(cause);
        runTurn();
    }

    /** Returns all that was sent since the last call, as ISO 8859-1. */
    String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            sent.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return sent.toString();
    }

    int writes() {
        return network.writes;
    }

    int flushes() {
        return network.flushes;
    }

    boolean reads() {
        return channel.config().isAutoRead();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    List<ByteBuf> arrived() {
        return arrived;
    }

    void assertEndedBy(Class<? extends PgException> expected, String message) {
        assertThat(end).isInstanceOf(expected).hasMessageContaining(message);
        assertThat(events).containsOnlyOnce("end").endsWith("end");
        assertThat(channel.isOpen()).isFalse();
    }

    void assertEverythingIsReleased() {
        hangUp();
        channel.releaseOutbound();
        assertThat(arrived).allMatch(buffer -> buffer.refCnt() == 0);
        channel.checkException();
    }
}
