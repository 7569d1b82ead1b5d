package io.fluxgres.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stands between a client and a server and lets all bytes arrive later, each way, as a longer line would: the delay adds to
 * the latency and takes nothing from the throughput.
 *
 * <p>Listens on the loopback address. Each connection has two threads a direction, all of them daemons that end with the
 * connection or with {@link #close}.
 */
public final class DelayProxy implements AutoCloseable {

    private static final byte[] END = {};

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final Duration delay;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Bytes and when they are to arrive. */
    private record Parcel(byte[] bytes, long due) {}

    private DelayProxy(int listeningPort, String host, int port, Duration delay) throws IOException {
        this.host = host;
        this.port = port;
        this.delay = delay;
        this.listener = new ServerSocket(listeningPort, 50, InetAddress.getLoopbackAddress());
    }

    /** Starts a proxy in front of a server. */
    public static DelayProxy start(String host, int port, Duration delay) {
        return start(0, host, port, delay);
    }

    /** Starts a proxy that listens on a port of the caller's choice. */
    public static DelayProxy start(int listeningPort, String host, int port, Duration delay) {
        try {
            DelayProxy proxy = new DelayProxy(listeningPort, host, port, delay);
            proxy.daemon("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("There is no port for the proxy", e);
        }
    }

    /** Returns the port to connect to, on the loopback address. */
    public int port() {
        return listener.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(host, port);
            sockets.add(client);
            sockets.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            forward(client, server);
            forward(server, client);
        }
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

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private void daemon(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException | InterruptedException e) {
                        // a side has gone, and so has the thread
                    }
                },
                "delay-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Closes the proxy and all connections through it. */
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy cannot be closed", e);
        }
    }
}
