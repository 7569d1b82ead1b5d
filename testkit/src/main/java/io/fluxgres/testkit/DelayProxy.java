package io.fluxgres.testkit;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stands between a client and a server and lets all bytes arrive later, each way, as a longer line would: the delay adds to
 * the latency and takes nothing from the throughput.
 *
 * <p>Each connection has two threads a direction.
 */
public final class DelayProxy extends Relay {

    private static final byte[] END = {};

    private final Duration delay;

    /** Bytes and when they are to arrive. */
    private record Parcel(byte[] bytes, long due) {}

    private DelayProxy(int listeningPort, String host, int port, Duration delay) {
        super("delay-proxy", listeningPort, host, port);
        this.delay = delay;
    }

    /** Starts a proxy in front of a server. */
    public static DelayProxy start(String host, int port, Duration delay) {
        return start(0, host, port, delay);
    }

    /** Starts a proxy that listens on a port of the caller's choice. */
    public static DelayProxy start(int listeningPort, String host, int port, Duration delay) {
        DelayProxy proxy = new DelayProxy(listeningPort, host, port, delay);
        proxy.start();
        return proxy;
    }

    @Override
    protected void relay(Socket client, Socket server) {
        forward(client, server);
        forward(server, client);
    }

    private void forward(Socket from, Socket to) {
        BlockingQueue<Parcel> line = new LinkedBlockingQueue<>();
        daemon("read", () -> {
            byte[] buffer = new byte[64 * 1024];
            InputStream in = from.getInputStream();
            try {
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    line.add(new Parcel(Arrays.copyOf(buffer, n), System.nanoTime() + delay.toNanos()));
                }
            } finally {
                line.add(new Parcel(END, System.nanoTime() + delay.toNanos()));
            }
        });
        daemon("write", () -> {
            OutputStream out = to.getOutputStream();
            for (Parcel next = line.take(); next.bytes().length > 0; next = line.take()) {
                TimeUnit.NANOSECONDS.sleep(next.due() - System.nanoTime());
                out.write(next.bytes());
            }
            to.shutdownOutput();
        });
    }
}
