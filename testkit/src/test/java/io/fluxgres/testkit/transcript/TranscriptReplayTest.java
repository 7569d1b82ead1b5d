package io.fluxgres.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two players of a transcript play it to each other. */
@Timeout(60)
class TranscriptReplayTest {

    @ParameterizedTest
    @ValueSource(strings = {"simple-query", "extended-query", "copy", "cancel"})
    void bothSidesOfATranscriptFitEachOther(String name) {
        Path file = Path.of("src/test/resources/transcripts", name + ".txt");
        try (ScriptedBackend backend = ScriptedBackend.play(file)) {
            TranscriptReplay.against(backend.host(), backend.port(), "ann", "test")
                    .replay(file);
            backend.await();
        }
    }

    @Test
    void anAnswerThatDiffersIsToldWithItsLine() {
        String query = "startup\nF Query \"select 1\"\nB DataRow \"%d\"\nB ReadyForQuery I";
        try (ScriptedBackend backend = ScriptedBackend.play(query.formatted(1))) {
            TranscriptReplay replay = TranscriptReplay.against(backend.host(), backend.port(), "ann", "test");
            assertThatThrownBy(() -> replay.replay(query.formatted(2)))
                    .isInstanceOf(TranscriptMismatch.class)
                    .hasMessage("line 3%n  expected: DataRow \"2\"%n  received: DataRow \"1\"".formatted());
        }
    }

    @Test
    void theEndOfTheStreamIsADifference() {
        try (ScriptedBackend backend = ScriptedBackend.play("startup\nclose")) {
            TranscriptReplay replay = TranscriptReplay.against(backend.host(), backend.port(), "ann", "test");
            assertThatThrownBy(() -> replay.replay("startup\nB NoData"))
                    .hasMessageContaining("line 2")
                    .hasMessageContaining("the end of the stream");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw 00", "reset", "stall", "scram \"pw\" 4096", "await mark"})
    void whatOnlyAScriptCanDoIsRefused(String step) {
        try (ScriptedBackend backend = ScriptedBackend.play("startup")) {
            TranscriptReplay replay = TranscriptReplay.against(backend.host(), backend.port(), "ann", "test");
            assertThatThrownBy(() -> replay.replay("startup\n" + step))
                    .isInstanceOf(TranscriptException.class)
                    .hasMessageStartingWith("line 2: ");
        }
    }
}
