package io.fluxgres.testkit.transcript;

import io.fluxgres.testkit.transcript.Transcript.Section;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server on a port of its own of 127.0.0.1 that plays a transcript to the client under test; the package describes how
 * transcripts are written.
 *
 * <pre>{@code
 * try (ScriptedBackend backend = ScriptedBackend.play(Path.of("src/test/resources/transcripts/five.txt"))) {
 *     ... connect a client to backend.host() and backend.port() ...
 *     backend.await();
 * }
 * }</pre>
 *
 * <p>Each connection of the client plays the next section of the transcript, on a daemon thread of its own. The first
 * thing that the client does otherwise than the transcript says closes its connection and is thrown by {@link #await()}.
 */
public final class ScriptedBackend implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final List<Section> sections;
    private final Duration deadline;
    private final ServerSocket server;
    private final List<Closeable> connections = new ArrayList<>();
    private final Set<String> marks = new HashSet<>();
    private final Set<Section> unplayed = new HashSet<>();
    private @Nullable Throwable failure;
    private boolean reported;
    private boolean closed;
    private long lastProgress = System.nanoTime();

    private ScriptedBackend(Transcript transcript, Duration deadline) {
        this.sections = transcript.sections();
        this.deadline = deadline;
        this.unplayed.addAll(sections);
        sections.forEach(section -> section.steps().forEach(ScriptedBackend::checkSendable));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("There is no port for the scripted backend", e);
        }
    }

    private static void checkSendable(Step step) {
        if (step instanceof Step.Backend backend) {
            ScriptedConnection.encoded(backend);
        }
    }

    /** Plays the transcript in a file; each expectation has a deadline of ten seconds. */
    public static ScriptedBackend play(Path file) {
        return play(Transcript.read(file), DEADLINE);
    }

    /** Plays a transcript; each expectation has a deadline of ten seconds. */
    public static ScriptedBackend play(String transcript) {
        return play(transcript, DEADLINE);
    }

    /**
     * Plays a transcript.
     *
     * @param deadline how long the client may take for each thing that is expected of it
     */
    public static ScriptedBackend play(String transcript, Duration deadline) {
        return play(Transcript.parse(transcript), deadline);
    }

    private static ScriptedBackend play(Transcript transcript, Duration deadline) {
        ScriptedBackend backend = new ScriptedBackend(transcript, deadline);
        startDaemon(backend::accept, "scripted-backend");
        return backend;
    }

    private static void startDaemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        int next = 0;
        try {
            while (true) {
                Wire wire = new Wire(accepted(server.accept()));
                if (next == sections.size()) {
                    Section last = sections.get(next - 1);
                    failed(new TranscriptMismatch(last.line(), "no further connection", "one more"));
                    wire.close();
                } else {
                    Section section = sections.get(next++);
                    startDaemon(
                            new ScriptedConnection(this, section, wire, deadline),
                            "scripted-backend-" + section.name());
                }
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private synchronized Socket accepted(Socket socket) throws IOException {
        if (closed) {
            socket.close();
        }
        connections.add(socket);
        progressed();
        return socket;
    }

    /** Returns the address that the backend listens on. */
    public String host() {
        return "127.0.0.1";
    }

    /** Returns the TCP port. */
    public int port() {
        return server.getLocalPort();
    }

    /**
     * Waits until every section has been played to its end.
     *
     * @throws TranscriptMismatch if a client did something else than the transcript says, or nothing in time
     */
    public synchronized void await() {
        // The thread that plays an expectation reports first that its deadline is over.
        long patience = deadline.plusSeconds(2).toNanos();
        while (failure == null && !unplayed.isEmpty()) {
            long left = lastProgress + patience - System.nanoTime();
            if (left <= 0) {
                Section late = unplayed.iterator().next();
                failed(new TranscriptMismatch(
                        late.line(), "connection " + late.name() + " played to its end", "no progress"));
            } else {
                waitFor(left);
            }
        }
        report();
    }

    private void report() {
        if (failure != null && !reported) {
            reported = true;
            if (failure instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("The scripted backend failed", failure);
        }
    }

    /**
     * Closes the port and all connections.
     *
     * @throws TranscriptMismatch if a client did something else than the transcript says and {@link #await()} has not
     *     told so; that the transcript was not played to its end is no error
     */
    @Override
    public void close() {
        List<Closeable> open;
        synchronized (this) {
            closed = true;
            notifyAll();
            open = new ArrayList<>(connections);
        }
        open.add(server);
        try {
            for (Closeable closeable : open) {
                closeable.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("A socket of the scripted backend cannot be closed", e);
        }
        synchronized (this) {
            report();
        }
    }

    synchronized void failed(Throwable reason) {
        if (failure == null && !closed) {
            failure = reason;
            notifyAll();
        }
    }

    synchronized void progressed() {
        lastProgress = System.nanoTime();
    }

    synchronized void played(Section section) {
        unplayed.remove(section);
        mark(section.name());
    }

    synchronized void mark(String name) {
        marks.add(name);
        progressed();
        notifyAll();
    }

    /** Returns whether a mark was set before the deadline. */
    synchronized boolean awaitMark(String name) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!marks.contains(name) && !closed && System.nanoTime() < end) {
            waitFor(end - System.nanoTime());
        }
        return marks.contains(name);
    }

    @SuppressWarnings("WaitNotInLoop") // the loops are those of the callers
    private void waitFor(long nanoseconds) {
        try {
            // Object.wait(0) would wait for ever.
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanoseconds)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the scripted backend", e);
        }
    }
}
