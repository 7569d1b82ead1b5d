package io.fluxgres;

import io.fluxgres.testkit.transcript.ScriptedBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the transcripts to the driver: it must say what they say, and its calls must turn out as their
 * {@link DriverScript} says, however the server's bytes are cut and whatever comes between them unasked.
 */
@Timeout(60)
class TranscriptTest {

    static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");

    /** Less than a call may take, so that what the driver failed to say is told before the call is given up. */
    private static final Duration STEP = Duration.ofSeconds(5);

    private static final String UNASKED = """
        B NoticeResponse S="NOTICE" V="NOTICE" C="00000" M="by the way"
        B ParameterStatus "in_hot_standby" "off"
        B NotificationResponse 4711 "channel" "payload"
        """;

    static Stream<Named<String>> transcripts() throws IOException {
        return Stream.concat(in("postgresql"), in("scripted"));
    }

    static Stream<Named<String>> in(String directory) throws IOException {
        try (Stream<Path> files = Files.list(TRANSCRIPTS.resolve(directory))) {
            List<Path> sorted = files.sorted().toList();
            return sorted.stream().map(TranscriptTest::read);
        }
    }

    private static Named<String> read(Path file) {
        try {
            return Named.of(String.valueOf(file.getFileName()), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void driverFollowsTheTranscript(String transcript) throws Exception {
        play(transcript, transcript);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void bytesMayArriveOneByOne(String transcript) throws Exception {
        play("split 1\n" + transcript, transcript);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void bytesMayArriveInPieces(String transcript) throws Exception {
        play("split 7\n" + transcript, transcript);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void anythingMayComeUnaskedBetweenTwoMessages(String transcript) throws Exception {
        String interrupted = transcript
                .lines()
                .map(line -> line.startsWith("B ") ? line + "\n" + UNASKED : line + "\n")
                .collect(Collectors.joining());
        play(interrupted, withoutNotices(transcript));
    }

    /** What is said unasked must change nothing but the notices. */
    private static String withoutNotices(String transcript) {
        return transcript.replaceAll("#> notices\n(#>   .*\n)*", "");
    }

    private static void play(String transcript, String script) throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.play(transcript, STEP)) {
            DriverScript.of(script)
                    .run(PgOptions.defaults()
                            .with(PgOption.HOST, backend.host())
                            .with(PgOption.PORT, backend.port())
                            .with(PgOption.USER, "ann")
                            .with(PgOption.DATABASE, "shop")
                            .with(PgOption.TIME_ZONE, ZoneOffset.UTC)
                            // a statement is not to be cancelled because its answer arrives byte by byte
                            .with(PgOption.CANCEL_DELAY, Duration.ofMinutes(1)));
            backend.await();
        }
    }
}
