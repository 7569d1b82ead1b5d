package io.fluxgres.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a server: listens on the loopback address and makes a connection to the server for each of a
 * client. A subclass passes on what the two send.
 *
 * <p>All threads are daemons that end with their connection or with {@link #close}.
 */
public abstract class Relay implements Closeable {

    private final String name;
    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    /** What a thread does until a side has gone. */
    @FunctionalInterface
    protected interface Task {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Listens, and accepts nobody before {@link #start}.
     *
     * @param name what the names of the threads begin with
     * @param listeningPort 0 for one that is free
     */
    protected Relay(String name, int listeningPort, String host, int port) {
        this.name = name;
        this.host = host;
        this.port = port;
        try {
            this.listener = new ServerSocket(listeningPort, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("There is no port for the " + name, e);
        }
    }

    protected final void start() {
        daemon("accept", this::accept);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            Socket server = new Socket(host, port);
            sockets.add(client);
            sockets.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            relay(client, server);
        }
    }

    /** Starts what passes the bytes of a new connection on, and returns. */
    protected abstract void relay(Socket client, Socket server);

    protected final void daemon(String task, Task body) {
        Thread thread = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (IOException | InterruptedException e) {
                        // a side has gone, and so has the thread
                    }
                },
                name + "-" + task);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the port to connect to, on the loopback address. */
    public final int port() {
        return listener.getLocalPort();
    }

    /** Returns how many connections of clients there have been. */
    public final int accepted() {
        return accepted.get();
    }

    /** Ends all connections, by a reset or in order. */
    protected final void endConnections(boolean byReset) {
        for (Socket socket : sockets) {
            try {
                if (byReset) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            } catch (IOException e) {
                // it has gone already
            }
        }
    }

    /** Accepts no more and ends all connections. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The " + name + " cannot be closed", e);
        }
        endConnections(false);
    }
}
