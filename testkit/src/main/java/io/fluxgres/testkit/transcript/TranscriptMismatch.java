package io.fluxgres.testkit.transcript;

/** The peer did something else than the transcript says; the message names the line, what was expected and what came. */
public final class TranscriptMismatch extends AssertionError {

    private static final long serialVersionUID = 1L;

    TranscriptMismatch(int line, Object expected, Object received) {
        super("line %d%n  expected: %s%n  received: %s".formatted(line, expected, received));
    }
}
