package io.fluxgres.testkit.transcript;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A transcript that was read: a section for each connection, in the order in which the client opens them. */
record Transcript(List<Section> sections) {

    /**
     * The steps of one connection.
     *
     * @param name by which others wait for its end; its number, counted from 1, if the transcript gives none
     */
    record Section(String name, int line, List<Step> steps) {}

    static Transcript read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The transcript cannot be read", e);
        }
    }

    static Transcript parse(String text) {
        List<Section> sections = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                try {
                    add(stripped, number, sections);
                } catch (TranscriptException e) {
                    throw e.atLine(number);
                }
            }
        }
        if (sections.isEmpty()) {
            throw new TranscriptException("the transcript has no steps");
        }
        return new Transcript(sections);
    }

    private static void add(String text, int line, List<Section> sections) {
        String[] words = text.split(" ", 2);
        String rest = words.length == 2 ? words[1].strip() : "";
        if (words[0].equals("connection")) {
            String name = rest.isEmpty() ? Integer.toString(sections.size() + 1) : rest;
            sections.add(new Section(name, line, new ArrayList<>()));
            return;
        }
        if (sections.isEmpty()) {
            sections.add(new Section("1", line, new ArrayList<>()));
        }
        List<Step> steps = sections.get(sections.size() - 1).steps();
        if (!steps.isEmpty() && isLast(steps.get(steps.size() - 1))) {
            throw new TranscriptException("nothing of a connection can be played behind its reset or stall");
        }
        steps.add(
                switch (words[0]) {
                    case "F" -> new Step.Frontend(line, message(rest, true));
                    case "B" -> new Step.Backend(line, message(rest, false));
                    case "raw" -> new Step.Raw(line, LineParser.hexadecimal(rest.replace(" ", "")));
                    default -> directive(text, line);
                });
    }

    private static boolean isLast(Step step) {
        return step instanceof Step.Reset || step instanceof Step.Stall;
    }

    /** A message that can be encoded must be written as it would be decoded, else it could never be found equal. */
    private static Message message(String text, boolean frontend) {
        Message message = LineParser.message(text);
        MessageType type = frontend ? MessageType.frontend(message.name()) : MessageType.backend(message.name());
        if (message.isComplete()) {
            Message canonical = type.canonical(message);
            if (!message.accepts(canonical)) {
                throw new TranscriptException("this is written " + canonical);
            }
        }
        return message;
    }

    private static Step directive(String text, int line) {
        Message words = LineParser.message(text);
        Fields fields = new Fields(words);
        Step step = switch (words.name()) {
            case "startup" -> new Step.Startup(line);
            case "session" -> new Step.Session(line);
            case "scram" -> scram(fields, line);
            case "split" -> new Step.Split(line, fields.nextNumber());
            case "expect" -> expectation(fields, line);
            case "close" -> new Step.Close(line);
            case "reset" -> new Step.Reset(line);
            case "stall" -> new Step.Stall(line);
            case "mark" -> new Step.Mark(line, fields.nextWord());
            case "await" -> new Step.Await(line, fields.nextWord());
            default -> throw new TranscriptException("%s is no directive".formatted(words.name()));
        };
        if (fields.hasNext()) {
            throw new TranscriptException("%s is one word too many".formatted(fields.next()));
        }
        return step;
    }

    private static Step scram(Fields fields, int line) {
        String password = new String(fields.nextBytes(), StandardCharsets.UTF_8);
        int iterations = fields.nextNumber();
        ScramFault fault = fields.hasNext() ? ScramFault.of(fields.nextWord()) : ScramFault.NONE;
        return new Step.Scram(line, password, iterations, fault);
    }

    private static Step expectation(Fields fields, int line) {
        String what = fields.nextWord();
        return switch (what) {
            case "close" -> new Step.ExpectClose(line);
            case "silence" -> new Step.ExpectSilence(line, fields.nextNumber());
            default -> throw new TranscriptException("what can be expected is close or silence, not " + what);
        };
    }
}
