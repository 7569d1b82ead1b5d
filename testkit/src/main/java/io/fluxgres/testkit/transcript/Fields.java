package io.fluxgres.testkit.transcript;

import java.util.List;

/** Goes through the fields of a message while it is encoded. */
final class Fields {

    private final Message message;
    private final List<Field> fields;
    private int position;

    Fields(Message message) {
        this.message = message;
        this.fields = message.fields();
    }

    boolean hasNext() {
        return position < fields.size();
    }

    Field peek() {
        return fields.get(position);
    }

    Field next() {
        if (!hasNext()) {
            throw new TranscriptException("%s lacks a field".formatted(message.name()));
        }
        return fields.get(position++);
    }

    byte[] nextBytes() {
        return next().value().bytes();
    }

    String nextWord() {
        return next().value().word();
    }

    int nextNumber() {
        return number(nextWord());
    }

    static int number(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new TranscriptException("%s is no number".formatted(word));
        }
    }
}
