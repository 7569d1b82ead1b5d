package io.fluxgres;

import io.fluxgres.testkit.BackendMessages;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server on a port of its own that leads the same conversation on each connection, on a daemon thread, and then listens
 * until the client closes. It keeps every byte that it receives.
 */
final class FakeServer implements AutoCloseable {

    static final String USER = "ursula-5f2c";
    static final String PASSWORD = "pass-9e1d-word";
    static final int PROCESS_ID = 4711;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServerSocket server;
    private final Conversation conversation;
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    /** By the port of the client's end. */
    private final Map<Integer, CompletableFuture<Void>> markers = new ConcurrentHashMap<>();

    /** What the server does on a connection; an {@link IOException} is the client's going away. */
    interface Conversation {
        void with(Peer client) throws IOException;
    }

    private FakeServer(InetAddress address, Conversation conversation) throws IOException {
        this.server = new ServerSocket(0, 200, address);
        this.conversation = conversation;
        startDaemon(this::accept);
    }

    static FakeServer of(Conversation conversation) {
        return on("127.0.0.1", conversation);
    }

    static FakeServer on(String address, Conversation conversation) {
        try {
            return new FakeServer(InetAddress.getByName(address), conversation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void startDaemon(Runnable task) {
        Thread thread = new Thread(task, "fake-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                CompletableFuture<Void> marker = markers.get(socket.getPort());
                if (marker != null) {
                    socket.close();
                    marker.complete(null);
                } else {
                    Peer peer = new Peer(socket);
                    peers.add(peer);
                    startDaemon(() -> peer.converse(conversation));
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    /** Returns options that lead here, with user, password, and a deadline that is not meant to pass. */
    PgOptions options() {
        return PgOptions.defaults()
                .with(PgOption.HOST, server.getInetAddress().getHostAddress())
                .with(PgOption.PORT, server.getLocalPort())
                .with(PgOption.USER, USER)
                .with(PgOption.PASSWORD, PASSWORD)
                .with(PgOption.CONNECT_TIMEOUT, PATIENCE);
    }

    /** Returns what all connections received, one character a byte. */
    String received() {
        StringBuilder all = new StringBuilder();
        peers.forEach(peer -> all.append(peer.received()));
        return all.toString();
    }

    /** Waits until the client has closed every connection, those included that still wait to be accepted. */
    void awaitClosedByClient() throws Exception {
        awaitAccepted();
        for (Peer peer : peers) {
            try {
                peer.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("the client left a connection open", e);
            }
        }
    }

    /** Logins are accepted in order, so those in front of a new one have been when it is. */
    private void awaitAccepted() throws Exception {
        try (Socket socket = new Socket()) {
            socket.bind(null);
            CompletableFuture<Void> marker = new CompletableFuture<>();
            markers.put(socket.getLocalPort(), marker);
            socket.connect(server.getLocalSocketAddress());
            marker.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            markers.remove(socket.getLocalPort());
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Peer peer : peers) {
            peer.socket.close();
        }
    }

    /** The server's end of one connection. */
    static final class Peer {

        private final Socket socket;
        private final DataInputStream in;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Peer(Socket socket) throws IOException {
            // as a server does, for else what is sent behind something small waits for the client's late
            // acknowledgement
            socket.setTcpNoDelay(true);
            this.socket = socket;
            this.in = new DataInputStream(new Recorder(socket.getInputStream()));
        }

        private void converse(Conversation conversation) {
            try (socket) {
                conversation.with(this);
                in.transferTo(ByteArrayOutputStream.nullOutputStream());
            } catch (IOException e) {
                // the client is gone, or the conversation closed the connection
            } finally {
                ended.complete(null);
            }
        }

        private synchronized String received() {
            return received.toString(StandardCharsets.ISO_8859_1);
        }

        /** Reads StartupMessage and returns its body. */
        byte[] readStartup() throws IOException {
            return readBody();
        }

        /** Reads a message and returns its body. */
        byte[] readMessage() throws IOException {
            in.readUnsignedByte();
            return readBody();
        }

        /** Reads the type of a message, whose {@linkplain #readBody body} follows. */
        char readType() throws IOException {
            return (char) in.readUnsignedByte();
        }

        /** Reads messages up to one of a type. */
        void readUpTo(char type) throws IOException {
            while (in.readUnsignedByte() != type) {
                readBody();
            }
            readBody();
        }

        /** Reads a statement, up to Sync, and answers the pings in front of it: each is nothing but a Sync. */
        void readStatement() throws IOException {
            while (in.readUnsignedByte() == 'S') {
                readBody();
                send(new BackendMessages().readyForQuery('I'));
            }
            readBody();
            readUpTo('S');
        }

        byte[] readBody() throws IOException {
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return body;
        }

        void send(BackendMessages messages) throws IOException {
            send(messages.toBytes());
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Lets the client in without asking, up to ReadyForQuery. */
        void startSession() throws IOException {
            readStartup();
            send(session(new BackendMessages()));
        }

        static BackendMessages session(BackendMessages messages) {
            return messages.authenticationOk()
                    .parameterStatus("client_encoding", "UTF8")
                    .backendKeyData(PROCESS_ID, new byte[] {1, 2, 3, 4})
                    .readyForQuery('I');
        }

        /** Ends the server's half of the connection. */
        void finish() throws IOException {
            socket.shutdownOutput();
        }

        /** Drops the connection, so that the client is sent RST. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
            throw new EOFException();
        }

        /** Keeps what is read. */
        private final class Recorder extends InputStream {

            private final InputStream source;

            Recorder(InputStream source) {
                this.source = source;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = source.read(bytes, offset, length);
                if (count > 0) {
                    synchronized (Peer.this) {
                        received.write(bytes, offset, count);
                    }
                }
                return count;
            }
        }
    }
}
