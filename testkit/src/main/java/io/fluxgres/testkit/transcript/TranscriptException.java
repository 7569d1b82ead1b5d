package io.fluxgres.testkit.transcript;

/** A transcript is not written as the grammar wants it, or holds a step that its player cannot play. */
public final class TranscriptException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    TranscriptException(String message) {
        super(message);
    }

    TranscriptException atLine(int line) {
        return new TranscriptException("line %d: %s".formatted(line, getMessage()));
    }
}
