package io.fluxgres;

import io.fluxgres.testkit.Relay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between clients and a server, counts the messages of the clients, and does what a network may: holds answers back,
 * passes them on in small pieces, forgets connections, or cuts them, at once or behind so many more bytes.
 *
 * <p>Each connection has a thread a direction. The methods may be called by any thread and do not block.
 */
final class FaultyLine extends Relay {

    private static final long UNBOUNDED = Long.MAX_VALUE;

    private final List<MessageCounter> counters = new CopyOnWriteArrayList<>();
    /** How many bytes each direction still passes on before all connections are cut. */
    private final AtomicLong requestBytes = new AtomicLong(UNBOUNDED);

    private final AtomicLong answerBytes = new AtomicLong(UNBOUNDED);
    private volatile int piece = 64 * 1024;
    private volatile boolean reset;
    private boolean held;
    /** How many of the connections, the oldest, are forgotten. */
    private int forgotten;

    private FaultyLine(String host, int port) {
        super("faulty-line", 0, host, port);
    }

    static FaultyLine to(String host, int port) {
        FaultyLine line = new FaultyLine(host, port);
        line.start();
        return line;
    }

    /** Returns options that lead through this line. */
    PgOptions through(String url) {
        return PgOptions.parse(url)
                .with(PgOption.HOST, InetAddress.getLoopbackAddress().getHostAddress())
                .with(PgOption.PORT, port());
    }

    // ---- faults

    /** Passes answers on in so many bytes at a time. */
    FaultyLine inPiecesOf(int bytes) {
        piece = bytes;
        return this;
    }

    /** Says whether connections are cut by a reset or by an orderly end. */
    FaultyLine byReset(boolean cutByReset) {
        reset = cutByReset;
        return this;
    }

    /** Keeps all answers that arrive from now on until {@link #releaseAnswers}. */
    synchronized void holdAnswers() {
        held = true;
    }

    synchronized void releaseAnswers() {
        held = false;
        notifyAll();
    }

    /** Passes nothing on for the connections of now, neither way, and does not end them: they are half-open. */
    synchronized void forgetConnections() {
        forgotten = counters.size();
    }

    /** Cuts all connections once so many more bytes of requests have been passed on. */
    void cutBehindRequestBytes(long bytes) {
        requestBytes.set(bytes);
    }

    /** Cuts all connections once so many more bytes of answers have been passed on. */
    void cutBehindAnswerBytes(long bytes) {
        answerBytes.set(bytes);
    }

    /** Cuts all connections, those that are being made too. */
    void cut() {
        requestBytes.set(0);
        answerBytes.set(0);
        remember();
        releaseAnswers();
        endConnections(reset);
    }

    // ---- what went by

    /** Returns how many messages of a type, such as {@code B} for Bind, have come from clients. */
    int messages(char type) {
        return counters.stream().mapToInt(counter -> counter.count(type)).sum();
    }

    /** Counts frontend messages: a first one without a type, then a type byte and the length of the rest each. */
    private static final class MessageCounter {

        private final int[] counts = new int[128];
        private int type;
        private int lengthBytes = 4;
        private int length;
        private int body;

        synchronized int count(char counted) {
            return counts[counted];
        }

        synchronized void read(byte[] bytes, int count) {
            for (int i = 0; i < count; i++) {
                if (body > 0) {
                    int skipped = Math.min(body, count - i);
                    body -= skipped;
                    i += skipped - 1;
                } else if (lengthBytes == 0) {
                    type = bytes[i] & 0x7f;
                    lengthBytes = 4;
                } else {
                    readLength(bytes[i] & 0xff);
                }
            }
        }

        private void readLength(int next) {
            length = length << 8 | next;
            lengthBytes--;
            if (lengthBytes == 0) {
                counts[type]++;
                body = length - 4;
                length = 0;
            }
        }
    }

    // ---- threads

    @Override
    protected void relay(Socket client, Socket server) {
        MessageCounter counter = new MessageCounter();
        int index = counters.size();
        counters.add(counter);
        daemon("requests", () -> passRequests(client, server, counter, index));
        daemon("answers", () -> passAnswers(server, client, index));
    }

    private void passRequests(Socket client, Socket server, MessageCounter counter, int index)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[64 * 1024];
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            counter.read(buffer, n);
            awaitMemory(index);
            pass(buffer, 0, n, out, requestBytes);
        }
        awaitMemory(index);
        server.shutdownOutput();
    }

    private void passAnswers(Socket server, Socket client, int index) throws IOException, InterruptedException {
        byte[] buffer = new byte[64 * 1024];
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            awaitRelease();
            awaitMemory(index);
            for (int from = 0; from < n; from += piece) {
                pass(buffer, from, Math.min(piece, n - from), out, answerBytes);
            }
        }
        awaitMemory(index);
        client.shutdownOutput();
    }

    private void pass(byte[] bytes, int from, int count, OutputStream out, AtomicLong remaining) throws IOException {
        long before = remaining.getAndUpdate(left -> left == UNBOUNDED ? left : Math.max(0, left - count));
        out.write(bytes, from, (int) Math.min(before, count));
        if (before <= count) {
            cut();
        }
    }

    private synchronized void awaitRelease() throws InterruptedException {
        while (held) {
            wait();
        }
    }

    private synchronized void awaitMemory(int index) throws InterruptedException {
        while (index < forgotten) {
            wait();
        }
    }

    private synchronized void remember() {
        forgotten = 0;
        notifyAll();
    }

    @Override
    public void close() {
        cut();
        super.close();
    }
}
