package io.fluxgres;

import io.fluxgres.testkit.BackendMessages;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A server that lets one client in, answers its first Sync with bytes of the test, and hangs up. It reads no message but to
 * know where it ends.
 */
final class CannedServer implements AutoCloseable {

    private final ServerSocket listening;
    private final byte[] answer;
    private final boolean reset;
    private final Thread thread;

    private CannedServer(byte[] answer, boolean reset) throws IOException {
        this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.answer = answer;
        this.reset = reset;
        this.thread = new Thread(this::serve, "canned-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts a server that closes its socket behind the answer, or resets the connection. */
    static CannedServer answering(byte[] answer, boolean reset) {
        try {
            return new CannedServer(answer, reset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PgOptions options() {
        return PgOptions.defaults()
                .with(PgOption.HOST, listening.getInetAddress().getHostAddress())
                .with(PgOption.PORT, listening.getLocalPort())
                .with(PgOption.USER, "test");
    }

    private void serve() {
        try (Socket socket = listening.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            in.skipNBytes(in.readInt() - 4L);
            out.write(new BackendMessages()
                    .authenticationOk()
                    .parameterStatus("client_encoding", "UTF8")
                    .readyForQuery('I')
                    .toBytes());
            byte type;
            do {
                type = in.readByte();
                in.skipNBytes(in.readInt() - 4L);
            } while (type != 'S');
            out.write(answer);
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // the client hung up first, or the test has ended
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            thread.join(Connections.TIMEOUT.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
