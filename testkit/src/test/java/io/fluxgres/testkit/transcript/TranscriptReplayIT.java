package io.fluxgres.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The transcripts of the testkit's own tests are what PostgreSQL says. */
@Timeout(60)
class TranscriptReplayIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @ParameterizedTest
    @ValueSource(strings = {"simple-query", "extended-query", "copy", "cancel"})
    void theServerAnswersAsTheTranscriptSays(String name) {
        postgres.assumeEmbedded();
        replay().replay(Path.of("src/test/resources/transcripts", name + ".txt"));
    }

    @Test
    void aTranscriptThatTheServerDoesNotSpeakIsRefused() {
        postgres.assumeEmbedded();
        assertThatThrownBy(() -> replay().replay("startup\nF Query \"select 1\"\nB RowDescription \"?column?\":int8"))
                .isInstanceOf(TranscriptMismatch.class)
                .hasMessageContaining("received: RowDescription \"?column?\":int4");
    }

    private static TranscriptReplay replay() {
        return TranscriptReplay.against(postgres.host(), postgres.port(), postgres.user(), postgres.database());
    }
}
