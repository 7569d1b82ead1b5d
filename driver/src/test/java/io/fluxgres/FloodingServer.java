package io.fluxgres;

import io.fluxgres.testkit.BackendMessages;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A server that answers every statement with its first parameter and a long text beside it, and that reads nothing while
 * it cannot write, as a PostgreSQL backend does. Its socket takes little before it is full.
 *
 * <p>A parameter that begins with {@value #FLOOD} is answered with {@value #FLOOD_ROWS} such rows.
 */
final class FloodingServer implements AutoCloseable {

    static final String FLOOD = "flood";
    static final int FLOOD_ROWS = 100_000;

    private static final int SOCKET_BUFFER = 64 * 1024;
    private static final int VARCHAR = 1043;
    private static final String FILLER = "x".repeat(400);

    private final ServerSocket listening;
    private final int lifetime;
    private final Thread thread;

    /** Starts a server that resets the connection behind so many statements. */
    FloodingServer(int lifetime) {
        this.lifetime = lifetime;
        try {
            listening = new ServerSocket();
            listening.setReceiveBufferSize(SOCKET_BUFFER);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::serve, "flooding-server");
        thread.setDaemon(true);
        thread.start();
    }

    PgOptions options() {
        return PgOptions.defaults()
                .with(PgOption.HOST, listening.getInetAddress().getHostAddress())
                .with(PgOption.PORT, listening.getLocalPort())
                .with(PgOption.USER, "test");
    }

    private void serve() {
        try (Socket socket = listening.accept()) {
            socket.setSendBufferSize(SOCKET_BUFFER);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            in.skipNBytes(in.readInt() - 4L);
            out.write(new BackendMessages()
                    .authenticationOk()
                    .parameterStatus("client_encoding", "UTF8")
                    .readyForQuery('I')
                    .toBytes());
            for (int statement = 0; statement < lifetime; statement++) {
                out.write(answer(in).readyForQuery('I').toBytes());
            }
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // the client hung up, or the test has ended
        }
    }

    /** Reads up to a Sync and returns the answers to the messages in front of it. */
    private static BackendMessages answer(DataInputStream in) throws IOException {
        BackendMessages answers = new BackendMessages();
        byte[] parameter = {};
        while (true) {
            byte type = in.readByte();
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            switch (type) {
                case 'P' -> answers.parseComplete();
                case 'D' ->
                    answers.parameterDescription(VARCHAR)
                            .rowDescription(
                                    BackendMessages.column("value", VARCHAR),
                                    BackendMessages.column("filler", VARCHAR));
                case 'B' -> {
                    parameter = firstParameter(ByteBuffer.wrap(body));
                    answers.bindComplete();
                }
                case 'C' -> answers.closeComplete();
                case 'E' -> execute(answers, new String(parameter, StandardCharsets.UTF_8));
                case 'S' -> {
                    return answers;
                }
                default -> throw new EOFException("no statement: " + (char) type);
            }
        }
    }

    private static void execute(BackendMessages answers, String parameter) {
        int rows = parameter.startsWith(FLOOD) ? FLOOD_ROWS : 1;
        for (int row = 0; row < rows; row++) {
            answers.dataRow(parameter, FILLER);
        }
        answers.commandComplete("SELECT " + rows);
    }

    private static byte[] firstParameter(ByteBuffer bind) {
        skipCString(bind);
        skipCString(bind);
        int formats = bind.getShort();
        bind.position(bind.position() + 2 * formats);
        if (bind.getShort() == 0) {
            return new byte[0];
        }
        byte[] value = new byte[bind.getInt()];
        bind.get(value);
        return value;
    }

    private static void skipCString(ByteBuffer body) {
        while (body.get() != 0) {
            // up to the end
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        try {
            thread.join(Connections.TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server ended");
        }
    }
}
