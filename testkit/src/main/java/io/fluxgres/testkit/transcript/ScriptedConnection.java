package io.fluxgres.testkit.transcript;

import io.fluxgres.testkit.BackendMessages;
import io.fluxgres.testkit.transcript.Transcript.Section;
import io.fluxgres.testkit.transcript.Wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays the server's side of one section, on a thread of its own. */
final class ScriptedConnection implements Step.Player, Runnable {

    private static final String CLOSED_CONNECTION = "the connection closed";
    private static final String SCRAM = "SCRAM-SHA-256";
    private static final Field ANYTHING = Field.of(new Value(Value.Kind.NOTHING, "", true));

    /** How the steps left the connection, which decides what the client may do afterwards. */
    private enum End {
        OPEN,
        CLOSED,
        RESET,
        STALLED
    }

    private final ScriptedBackend backend;
    private final Section section;
    private final Wire wire;
    private final Duration deadline;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private Message startup = new Message("StartupMessage", List.of(), false);
    private boolean started;
    private boolean terminated;
    private boolean clientGone;
    private End end = End.OPEN;

    ScriptedConnection(ScriptedBackend backend, Section section, Wire wire, Duration deadline) {
        this.backend = backend;
        this.section = section;
        this.wire = wire;
        this.deadline = deadline;
    }

    static byte[] encoded(Step.Backend step) {
        try {
            return MessageType.backend(step.message().name()).encode(step.message());
        } catch (TranscriptException e) {
            throw e.atLine(step.line());
        }
    }

    @Override
    public void run() {
        int line = section.line();
        try {
            for (Step step : section.steps()) {
                line = step.line();
                step.play(this);
                backend.progressed();
            }
            send();
            backend.played(section);
            leave(line);
        } catch (IOException | RuntimeException | TranscriptMismatch e) {
            backend.failed(e);
            closeQuietly();
        }
    }

    private void leave(int line) throws IOException {
        wire.expectWithin(Duration.ofDays(1));
        if (end == End.CLOSED) {
            int ignored;
            do {
                ignored = wire.readByte();
            } while (ignored >= 0);
        } else if (end == End.OPEN && !terminated && !clientGone) {
            Frame frame = read(line, "Terminate or nothing more");
            if (frame != null && !isTerminate(frame)) {
                throw new TranscriptMismatch(line, "Terminate or nothing more", decoded(frame, ""));
            }
        }
        if (end != End.STALLED) {
            wire.close();
        }
    }

    private void closeQuietly() {
        try {
            wire.close();
        } catch (IOException e) {
            backend.failed(e);
        }
    }

    @Override
    public void frontend(Step.Frontend step) throws IOException {
        receive(step.line(), step.message());
    }

    @Override
    public void backend(Step.Backend step) {
        unsent.writeBytes(encoded(step));
    }

    @Override
    public void startup(Step.Startup step) throws IOException {
        Message any = new Message("StartupMessage", List.of(), true);
        Message received = receiveAny(step.line(), any);
        while (received.name().equals("SSLRequest") || received.name().equals("GSSENCRequest")) {
            unsent.write('N');
            received = receiveAny(step.line(), any);
        }
        compare(step.line(), any, received);
        unsent.writeBytes(new BackendMessages().authenticationOk().toBytes());
        unsent.writeBytes(SessionStart.messages(startup));
    }

    @Override
    public void session(Step.Session step) {
        unsent.writeBytes(SessionStart.messages(startup));
    }

    @Override
    public void scram(Step.Scram step) throws IOException {
        ScramServer server = new ScramServer(step.password(), step.iterations(), step.fault());
        BackendMessages ok = new BackendMessages().authenticationOk();
        unsent.writeBytes(new BackendMessages().authenticationSasl(SCRAM).toBytes());
        Message first = receive(
                step.line(),
                new Message("SASLInitialResponse", List.of(Field.of(Value.bytes(SCRAM)), ANYTHING), false));
        if (step.fault() == ScramFault.EARLY_OK) {
            unsent.writeBytes(ok.toBytes());
            return;
        }
        try {
            String serverFirst = server.first(text(first, 1));
            unsent.writeBytes(new BackendMessages()
                    .authenticationSaslContinue(serverFirst)
                    .toBytes());
            if (step.fault().endsWithServerFirst()) {
                return;
            }
            Message proof = receive(step.line(), new Message("SASLResponse", List.of(ANYTHING), false));
            String serverFinal = server.last(text(proof, 0));
            if (step.fault() != ScramFault.OK_WITHOUT_FINAL) {
                unsent.writeBytes(new BackendMessages()
                        .authenticationSaslFinal(serverFinal)
                        .toBytes());
            }
            unsent.writeBytes(ok.toBytes());
        } catch (ScramServer.ScramException | IllegalArgumentException e) {
            throw new TranscriptMismatch(step.line(), "the client's side of SCRAM", String.valueOf(e.getMessage()));
        }
    }

    private static String text(Message message, int field) {
        return new String(message.fields().get(field).value().bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void raw(Step.Raw step) {
        unsent.writeBytes(step.bytes());
    }

    @Override
    public void split(Step.Split step) throws IOException {
        send();
        wire.split(step.size());
    }

    @Override
    public void expectClose(Step.ExpectClose step) throws IOException {
        send();
        wire.expectWithin(deadline);
        Frame frame = clientGone ? null : read(step.line(), CLOSED_CONNECTION);
        if (frame != null && !terminated && isTerminate(frame)) {
            frame = read(step.line(), CLOSED_CONNECTION);
        }
        if (frame != null) {
            throw new TranscriptMismatch(step.line(), CLOSED_CONNECTION, decoded(frame, ""));
        }
        clientGone = true;
    }

    private static boolean isTerminate(Frame frame) {
        return decoded(frame, "").name().equals("Terminate");
    }

    @Override
    public void expectSilence(Step.ExpectSilence step) throws IOException {
        send();
        wire.expectWithin(Duration.ofMillis(step.milliseconds()));
        int first;
        try {
            first = wire.readByte();
        } catch (SocketTimeoutException e) {
            return;
        }
        throw new TranscriptMismatch(
                step.line(),
                "silence for %d ms".formatted(step.milliseconds()),
                first < 0 ? "the end of the stream" : "a message that begins with byte 0x%02x".formatted(first));
    }

    @Override
    public void close(Step.Close step) throws IOException {
        send();
        wire.finish();
        end = End.CLOSED;
    }

    @Override
    public void reset(Step.Reset step) throws IOException {
        send();
        wire.reset();
        end = End.RESET;
    }

    @Override
    public void stall(Step.Stall step) throws IOException {
        send();
        end = End.STALLED;
    }

    @Override
    public void mark(Step.Mark step) throws IOException {
        send();
        backend.mark(step.name());
    }

    @Override
    public void await(Step.Await step) throws IOException {
        send();
        if (!backend.awaitMark(step.name())) {
            throw new TranscriptMismatch(step.line(), "mark " + step.name(), "nothing within " + deadline);
        }
    }

    private void send() throws IOException {
        byte[] bytes = unsent.toByteArray();
        unsent.reset();
        if (bytes.length > 0 && !clientGone) {
            try {
                wire.write(bytes);
            } catch (IOException e) {
                // A client may close in the middle of an answer that it refuses; whether it was to is said by a later
                // line.
                clientGone = true;
            }
        }
    }

    private Message receive(int line, Message expected) throws IOException {
        Message received = receiveAny(line, expected);
        compare(line, expected, received);
        return received;
    }

    private static void compare(int line, Message expected, Message received) {
        if (!expected.accepts(received)) {
            throw new TranscriptMismatch(line, expected, received);
        }
    }

    private Message receiveAny(int line, Message expected) throws IOException {
        send();
        wire.expectWithin(deadline);
        Frame frame = read(line, expected);
        if (frame == null) {
            throw new TranscriptMismatch(line, expected, "the end of the stream");
        }
        Message message = decoded(frame, expected.name());
        if (message.name().equals("StartupMessage")) {
            started = true;
            startup = message;
        }
        terminated |= message.name().equals("Terminate");
        return message;
    }

    private static Message decoded(Frame frame, String expectedName) {
        return MessageType.decodeFrontend(frame.type(), frame.body(), expectedName);
    }

    private @Nullable Frame read(int line, Object expected) {
        try {
            return wire.read(started);
        } catch (SocketTimeoutException e) {
            throw new TranscriptMismatch(line, expected, "nothing within " + deadline);
        } catch (IOException e) {
            throw new TranscriptMismatch(line, expected, "a broken stream: " + e.getMessage());
        }
    }
}
