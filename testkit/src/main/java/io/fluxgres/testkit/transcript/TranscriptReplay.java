package io.fluxgres.testkit.transcript;

import io.fluxgres.testkit.transcript.Transcript.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Plays the client's side of a transcript to a real server and compares what the server answers, so that a transcript
 * that claims to be PostgreSQL is proven to be.
 *
 * <p>Sections are played one after the other; {@code await} of a section plays it at that point. In a StartupMessage the
 * examples of user and database, and in a CancelRequest those of process and key, are replaced by the real ones. What only
 * a script can do (raw, reset, stall, scram, await of a mark) is refused. The role must be trusted by the server.
 */
public final class TranscriptReplay {

    private final String host;
    private final int port;
    private final String user;
    private final String database;

    private TranscriptReplay(String host, int port, String user, String database) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.database = database;
    }

    /** Returns a replay against a server that trusts the user. */
    public static TranscriptReplay against(String host, int port, String user, String database) {
        return new TranscriptReplay(host, port, user, database);
    }

    /**
     * Plays the transcript in a file.
     *
     * @throws TranscriptMismatch if the server answers anything else
     */
    public void replay(Path file) {
        new Run(Transcript.read(file).sections()).play();
    }

    /**
     * Plays a transcript.
     *
     * @throws TranscriptMismatch if the server answers anything else
     */
    public void replay(String transcript) {
        new Run(Transcript.parse(transcript).sections()).play();
    }

    /** One replay of one transcript: the order of its sections and what the server said about itself. */
    final class Run {

        private final List<Section> sections;
        private final Set<Section> begun = new HashSet<>();
        private Message backendKeyData = new Message("BackendKeyData", List.of(), false);

        private Run(List<Section> sections) {
            this.sections = sections;
        }

        private void play() {
            sections.forEach(this::playOnce);
        }

        private void playOnce(Section section) {
            if (begun.add(section)) {
                try (Wire wire = new Wire(new Socket(host, port))) {
                    new ReplayedConnection(this, wire).play(section);
                } catch (IOException e) {
                    throw new UncheckedIOException("The server cannot be reached", e);
                }
            }
        }

        void play(String name) {
            Section named = sections.stream()
                    .filter(section -> section.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () -> new TranscriptException("the mark %s cannot be awaited in a replay".formatted(name)));
            playOnce(named);
        }

        void learn(Message backendKeyData) {
            this.backendKeyData = backendKeyData;
        }

        Message startupMessage() {
            return new Message(
                    "StartupMessage",
                    List.of(
                            Field.of(Value.word("3.0")),
                            Field.named("user", Value.bytes(user)),
                            Field.named("database", Value.bytes(database))),
                    false);
        }

        /** Puts the server's own values in the place of examples. */
        Message resolved(Message message) {
            return switch (message.name()) {
                case "StartupMessage" ->
                    new Message(
                            message.name(),
                            message.fields().stream().map(this::resolvedName).toList(),
                            false);
                case "CancelRequest" ->
                    message.fields().stream().anyMatch(Run::isExample)
                            ? new Message(message.name(), backendKeyData.fields(), false)
                            : message;
                default -> message;
            };
        }

        private Field resolvedName(Field field) {
            if (!isExample(field) || field.name() == null) {
                return field;
            }
            return switch (field.name()) {
                case "user" -> Field.named("user", Value.bytes(user));
                case "database" -> Field.named("database", Value.bytes(database));
                default -> field;
            };
        }

        private static boolean isExample(Field field) {
            return field.values().stream().anyMatch(Value::any);
        }
    }
}
