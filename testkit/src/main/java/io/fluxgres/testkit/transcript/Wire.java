package io.fluxgres.testkit.transcript;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A blocking socket that reads framed messages under a deadline and writes bytes, in chunks if asked to. */
final class Wire implements Closeable {

    private static final int LONGEST_MESSAGE = 64 << 20;
    private static final long PAUSE_BETWEEN_CHUNKS = TimeUnit.MICROSECONDS.toNanos(100);

    /**
     * @param type the type byte, or {@link MessageType#UNTYPED}
     */
    record Frame(int type, byte[] body) {}

    private final Socket socket;
    private final DataInputStream in;
    private long deadline;
    private int chunk;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new DeadlineStream(socket.getInputStream()));
        socket.setTcpNoDelay(true);
    }

    /** Each read until the next call fails with a {@link SocketTimeoutException} when the time is over. */
    void expectWithin(Duration time) {
        deadline = System.nanoTime() + time.toNanos();
    }

    /** Returns the next message, or null if the peer has closed or reset the connection in front of it. */
    @Nullable Frame read(boolean typed) throws IOException {
        int first = readByte();
        if (first < 0) {
            return null;
        }
        int type = MessageType.UNTYPED;
        int length;
        if (typed) {
            type = first;
            length = in.readInt();
        } else {
            length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        }
        if (length < 4 || length > LONGEST_MESSAGE) {
            throw new IOException("a message with length " + length);
        }
        byte[] body = new byte[length - 4];
        in.readFully(body);
        return new Frame(type, body);
    }

    /** Returns the next byte, or -1 if the peer has closed or reset the connection. */
    int readByte() throws IOException {
        try {
            return in.read();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            if (socket.isClosed()) {
                throw e;
            }
            return -1;
        }
    }

    /** Bytes leave in chunks of this size from now on; 0 for one write each. */
    void split(int size) {
        chunk = size;
    }

    void write(byte[] bytes) throws IOException {
        int size = chunk == 0 ? Math.max(bytes.length, 1) : chunk;
        for (int start = 0; start < bytes.length; start += size) {
            socket.getOutputStream().write(Arrays.copyOfRange(bytes, start, Math.min(start + size, bytes.length)));
            if (chunk != 0) {
                // Without a pause the peer's kernel would hand over several segments in one read.
                LockSupport.parkNanos(PAUSE_BETWEEN_CHUNKS);
            }
        }
    }

    void finish() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The deadline is of the whole expectation, while a socket's timeout starts anew with each read. */
    private final class DeadlineStream extends InputStream {

        private final InputStream source;

        DeadlineStream(InputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            return source.read(target, offset, length);
        }
    }
}
