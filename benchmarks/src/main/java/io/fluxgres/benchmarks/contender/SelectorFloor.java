package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The floor of any client in Java: one thread and a selector. Requests are encoded beforehand, and of the answers only the
 * lengths and ReadyForQuery are looked at. No driver can be below it, nor be of any use there.
 */
final class SelectorFloor implements Contender {

    private static final byte[][] POINTS = new byte[Dataset.WORLDS + 1][];

    private final Target target;
    private final Selector selector;
    /** What other threads want the selector's thread to do. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final Thread thread = new Thread(this::loop, "floor-nio");
    private volatile boolean closed;

    static {
        for (int id = 1; id < POINTS.length; id++) {
            ByteBuf out = Unpooled.buffer(64);
            FloorMessages.execute(out, 'p', id);
            POINTS[id] = FloorMessages.bytes(out);
        }
    }

    SelectorFloor(Target target) {
        this.target = target;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("no selector could be opened", e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String name() {
        return "floor-nio";
    }

    private void loop() {
        try {
            while (!closed) {
                selector.select(SelectorFloor::read);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the selector failed", e);
        }
    }

    private static void read(SelectionKey key) {
        ((Connected) key.attachment()).onReadable();
    }

    private void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    @Override
    public Client connect(Workload workload) {
        try {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(target.host(), target.port()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Connected connected = new Connected(channel);
            connected.exchange(FloorMessages.startup(target));
            connected.exchange(FloorMessages.prepare('p', Dataset.POINT));
            connected.exchange(FloorMessages.prepare('f', Dataset.FORTUNE));
            connected.exchange(FloorMessages.prepare('s', Dataset.SCAN));
            connected.exchange(FloorMessages.prepare('w', Dataset.WIDE));
            channel.configureBlocking(false);
            execute(() -> connected.register(selector));
            return connected;
        } catch (IOException e) {
            throw new UncheckedIOException("the floor could not connect", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    /** A connection, confined to the selector's thread once it is registered. */
    private final class Connected implements Client {

        private final byte[] fortunes = request('f');
        private final byte[] scan = request('s');
        private final byte[] wide = request('w');
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);
        private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
        private final Queue<Lane> lanes = new ArrayDeque<>();
        /** Bytes of the current message that have not arrived. */
        private int missing;

        private boolean reading;

        Connected(SocketChannel channel) {
            this.channel = channel;
        }

        private static byte[] request(char name) {
            ByteBuf request = Unpooled.buffer(64);
            FloorMessages.execute(request, name);
            return FloorMessages.bytes(request);
        }

        /** Sends a request and waits for the server to be ready again. */
        void exchange(ByteBuf request) throws IOException {
            out.put(request.nioBuffer());
            flush();
            while (skipMessages() == 0) {
                if (channel.read(in) < 0) {
                    throw new IOException("the server closed the connection");
                }
            }
        }

        void register(Selector with) {
            try {
                channel.register(with, SelectionKey.OP_READ, this);
            } catch (IOException e) {
                throw new UncheckedIOException("the connection was closed", e);
            }
        }

        void onReadable() {
            if (!channel.isOpen()) {
                return;
            }
            try {
                if (channel.read(in) < 0) {
                    channel.close();
                    return;
                }
                reading = true;
                for (int ready = skipMessages(); ready > 0; ready--) {
                    lanes.remove().completedUnread();
                }
                reading = false;
                flush();
            } catch (IOException e) {
                lanes.forEach(lane -> lane.failed(e));
            }
        }

        /** Skips what has arrived and returns how many ReadyForQuery were among it. */
        private int skipMessages() {
            int ready = 0;
            in.flip();
            while (in.hasRemaining()) {
                int skipped = Math.min(missing, in.remaining());
                in.position(in.position() + skipped);
                missing -= skipped;
                if (in.remaining() < 5) {
                    break;
                }
                byte type = in.get(in.position());
                missing = 1 + in.getInt(in.position() + 1);
                if (type == 'E') {
                    throw new IllegalStateException("the server refused the request of a floor");
                }
                if (type == 'Z') {
                    if (in.remaining() < missing) {
                        missing = 0;
                        break;
                    }
                    ready++;
                }
            }
            in.compact();
            return ready;
        }

        private void flush() throws IOException {
            out.flip();
            while (out.hasRemaining()) {
                channel.write(out);
            }
            out.clear();
        }

        private void send(byte[] request, Lane lane) {
            if (!thread.equals(Thread.currentThread())) {
                execute(() -> send(request, lane));
                return;
            }
            lanes.add(lane);
            out.put(request);
            if (!reading) {
                try {
                    flush();
                } catch (IOException e) {
                    lane.failed(e);
                }
            }
        }

        @Override
        public void point(int id, Lane lane) {
            send(POINTS[id], lane);
        }

        @Override
        public void fortunes(Lane lane) {
            send(fortunes, lane);
        }

        @Override
        public void scan(Lane lane) {
            send(scan, lane);
        }

        @Override
        public void wide(Lane lane) {
            send(wide, lane);
        }

        @Override
        public void close() {
            execute(() -> {
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new UncheckedIOException("the floor could not close", e);
                }
            });
        }
    }
}
