package io.fluxgres.testkit.transcript;

import io.fluxgres.testkit.transcript.Transcript.Section;
import io.fluxgres.testkit.transcript.Wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays the client's side of one section to a real server. */
final class ReplayedConnection implements Step.Player {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final TranscriptReplay.Run run;
    private final Wire wire;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

    ReplayedConnection(TranscriptReplay.Run run, Wire wire) {
        this.run = run;
        this.wire = wire;
    }

    void play(Section section) throws IOException {
        for (Step step : section.steps()) {
            try {
                step.play(this);
            } catch (TranscriptException e) {
                throw e.atLine(step.line());
            }
        }
        send();
    }

    @Override
    public void frontend(Step.Frontend step) {
        write(step.message());
    }

    private void write(Message message) {
        unsent.writeBytes(MessageType.frontend(message.name()).encode(run.resolved(message)));
    }

    @Override
    public void backend(Step.Backend step) throws IOException {
        Message expected = step.message();
        Message received = receive(step.line(), expected);
        if (!expected.accepts(received)) {
            throw new TranscriptMismatch(step.line(), expected, received);
        }
    }

    @Override
    public void startup(Step.Startup step) throws IOException {
        write(run.startupMessage());
        backend(new Step.Backend(step.line(), new Message("AuthenticationOk", List.of(), false)));
        session(new Step.Session(step.line()));
    }

    @Override
    public void session(Step.Session step) throws IOException {
        Message ready = new Message("ReadyForQuery", List.of(Field.of(Value.word("I"))), false);
        Message received = receive(step.line(), ready);
        while (received.name().equals("ParameterStatus") || received.name().equals("BackendKeyData")) {
            received = receive(step.line(), ready);
        }
        if (!ready.accepts(received)) {
            throw new TranscriptMismatch(step.line(), ready, received);
        }
    }

    @Override
    public void scram(Step.Scram step) {
        throw new TranscriptException("scram cannot be replayed");
    }

    @Override
    public void raw(Step.Raw step) {
        throw new TranscriptException("raw cannot be replayed");
    }

    @Override
    public void split(Step.Split step) {
        // How the server cuts its answer does not matter here.
    }

    @Override
    public void expectClose(Step.ExpectClose step) throws IOException {
        send();
        wire.close();
    }

    @Override
    public void expectSilence(Step.ExpectSilence step) throws IOException {
        send();
    }

    @Override
    public void close(Step.Close step) throws IOException {
        Frame frame = read(step.line(), "the end of the stream");
        if (frame != null) {
            throw new TranscriptMismatch(step.line(), "the end of the stream", decoded(frame));
        }
    }

    @Override
    public void reset(Step.Reset step) {
        throw new TranscriptException("reset cannot be replayed");
    }

    @Override
    public void stall(Step.Stall step) {
        throw new TranscriptException("stall cannot be replayed");
    }

    @Override
    public void mark(Step.Mark step) throws IOException {
        send();
    }

    @Override
    public void await(Step.Await step) throws IOException {
        send();
        run.play(step.name());
    }

    private void send() throws IOException {
        wire.write(unsent.toByteArray());
        unsent.reset();
    }

    private Message receive(int line, Message expected) throws IOException {
        if (expected.name().equals("SSLResponse")) {
            send();
            wire.expectWithin(DEADLINE);
            byte[] answer = {(byte) wire.readByte()};
            return MessageType.decodeBackend(MessageType.SINGLE_BYTE, answer);
        }
        Frame frame = read(line, expected);
        if (frame == null) {
            throw new TranscriptMismatch(line, expected, "the end of the stream");
        }
        Message received = decoded(frame);
        if (received.name().equals("BackendKeyData")) {
            run.learn(received);
        }
        return received;
    }

    private static Message decoded(Frame frame) {
        return MessageType.decodeBackend(frame.type(), frame.body());
    }

    private @Nullable Frame read(int line, Object expected) throws IOException {
        send();
        wire.expectWithin(DEADLINE);
        try {
            return wire.read(true);
        } catch (SocketTimeoutException e) {
            throw new TranscriptMismatch(line, expected, "nothing within " + DEADLINE);
        }
    }
}
