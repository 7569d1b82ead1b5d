package io.fluxgres;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.transcript.TranscriptReplay;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Proves the transcripts that claim to be PostgreSQL on a real server: it answers the client of the transcript as the
 * transcript says, and the driver's calls turn out as they do against the script.
 */
@Timeout(60)
class TranscriptIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @BeforeEach
    void needARoleThatIsTrusted() {
        postgres.assumeEmbedded();
    }

    static Stream<Named<String>> transcripts() throws IOException {
        return TranscriptTest.in("postgresql");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void serverAnswersAsTheTranscriptSays(String transcript) {
        TranscriptReplay.against(postgres.host(), postgres.port(), postgres.user(), postgres.database())
                .replay(transcript);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void callsOfTheDriverTurnOutAsTheTranscriptSays(String transcript) throws Exception {
        PgOptions options = PgOptions.parse(postgres.url()).with(PgOption.TIME_ZONE, ZoneOffset.UTC);

        DriverScript.of(transcript).run(options);
    }
}
