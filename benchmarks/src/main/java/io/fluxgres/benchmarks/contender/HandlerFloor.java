package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;

/**
 * The floor of a driver on Reactor Netty: a bare handler that encodes a Bind in place, reads the two integers of a row where
 * they lie and flushes once a read.
 */
final class HandlerFloor implements Contender {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Target target;

    HandlerFloor(Target target) {
        this.target = target;
    }

    @Override
    public String name() {
        return "floor-netty";
    }

    @Override
    public Client connect(Workload workload) {
        Connected handler = new Connected(target);
        Connection connection = TcpClient.create(ConnectionProvider.newConnection())
                .host(target.host())
                .port(target.port())
                .option(ChannelOption.TCP_NODELAY, true)
                .connectNow(PATIENCE);
        connection.addHandlerLast(handler);
        handler.prepared.join();
        return handler;
    }

    @Override
    public void close() {}

    /** Confined to the event loop; the first requests hop to it. */
    private static final class Connected extends ChannelInboundHandlerAdapter implements Client {

        private static final int ROW_HEADER = 7;
        private static final int FIELD = 8;

        private final Target target;
        private final CompletableFuture<Void> prepared = new CompletableFuture<>();
        private final Queue<Lane> lanes = new ArrayDeque<>();

        private @Nullable ChannelHandlerContext context;
        private @Nullable ByteBuf out;
        private @Nullable ByteBuf partial;
        private boolean started;
        private boolean reading;
        private long sum;

        Connected(Target target) {
            this.target = target;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
            added.channel().config().setAutoRead(true);
            added.writeAndFlush(FloorMessages.startup(target));
        }

        @Override
        public void channelRead(ChannelHandlerContext source, Object message) {
            ByteBuf in = (ByteBuf) message;
            reading = true;
            if (partial != null) {
                partial.writeBytes(in);
                in.release();
                in = partial;
                partial = null;
            }
            readMessages(in);
            if (in.isReadable()) {
                partial = source.alloc().buffer(in.readableBytes() + 4096).writeBytes(in);
            }
            in.release();
        }

        private void readMessages(ByteBuf in) {
            while (in.readableBytes() >= 5) {
                int start = in.readerIndex();
                int end = start + 1 + in.getInt(start + 1);
                if (end > in.writerIndex()) {
                    return;
                }
                switch (in.getByte(start)) {
                    case 'D' ->
                        sum += (long) in.getInt(start + ROW_HEADER + 4) + in.getInt(start + ROW_HEADER + FIELD + 4);
                    case 'Z' -> onReady();
                    case 'E' -> throw new IllegalStateException("the server refused the request of a floor");
                    default -> {}
                }
                in.readerIndex(end);
            }
        }

        private void onReady() {
            if (prepared.isDone()) {
                long read = sum;
                sum = 0;
                lanes.remove().completed(read);
            } else if (started) {
                prepared.complete(null);
            } else {
                started = true;
                Objects.requireNonNull(context).writeAndFlush(FloorMessages.prepare('p', Dataset.POINT));
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext source) {
            reading = false;
            flush(source);
        }

        private void flush(ChannelHandlerContext destination) {
            ByteBuf written = out;
            if (written != null) {
                out = null;
                destination.writeAndFlush(written, destination.voidPromise());
            }
        }

        @Override
        public void point(int id, Lane lane) {
            ChannelHandlerContext destination = Objects.requireNonNull(context);
            if (!destination.executor().inEventLoop()) {
                destination.executor().execute(() -> point(id, lane));
                return;
            }
            lanes.add(lane);
            ByteBuf buffer = out;
            if (buffer == null) {
                buffer = destination.alloc().buffer(4096);
                out = buffer;
            }
            FloorMessages.execute(buffer, 'p', id);
            if (!reading) {
                flush(destination);
            }
        }

        @Override
        public void close() {
            Objects.requireNonNull(context).close().syncUninterruptibly();
        }
    }
}
