package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.BackendMessages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ErrorResponse in place of the first ReadyForQuery, with fewer fields or more than servers send. */
@Timeout(30)
class StartupErrorTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final byte[] KEY = {1, 2, 3, 4};

    @ParameterizedTest
    @MethodSource("errors")
    void errorIsTheServersWithWhatItSays(BackendMessages answer, String sqlState, String message) throws Exception {
        try (FakeServer server = FakeServer.of(client -> {
            client.readStartup();
            client.send(answer);
            client.finish();
        })) {
            PgException failure = ConnectProbe.failureOf(server, server.options(), SOON);

            assertThat(failure).isInstanceOf(PgServerException.class).hasMessageContaining(message);
            assertThat(failure.getMessage()).as("a text with a letter").containsPattern("\\p{L}");
            assertThat(failure.fault()).isEqualTo(Fault.SERVER);
            assertThat(failure.sqlState()).isEqualTo(sqlState);
        }
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                error("57P03", "starting up", messages -> messages.errorResponse("FATAL", "57P03", "starting up")),
                error(
                        "28P01",
                        "no",
                        messages -> messages.authenticationMd5Password(KEY).errorResponse("FATAL", "28P01", "no")),
                error(
                        "53300",
                        "too many",
                        messages -> messages.authenticationOk().errorResponse("FATAL", "53300", "too many")),
                error(
                        "57P01",
                        "bye",
                        messages -> messages.authenticationOk()
                                .backendKeyData(7, KEY)
                                .errorResponse("FATAL", "57P01", "bye")),
                error(
                        "08P01",
                        "no V",
                        messages -> messages.errorResponse(Map.of('S', "ERROR", 'C', "08P01", 'M', "no V"))),
                error("", "only this", messages -> messages.errorResponse(Map.of('M', "only this"))),
                error("28000", "28000", messages -> messages.errorResponse(Map.of('C', "28000"))),
                error("", "", messages -> messages.errorResponse(Map.of())),
                error("", "", messages -> messages.raw('E', new byte[0])),
                error(
                        "28000",
                        "twice",
                        messages -> messages.raw(
                                'E', "C28000\0Mtwice\0C42601\0Mignored\0\0".getBytes(StandardCharsets.US_ASCII))),
                error(
                        "28000",
                        "open",
                        messages -> messages.raw('E', "C28000\0Mopen\0".getBytes(StandardCharsets.US_ASCII))),
                error(
                        "28000",
                        "odd",
                        messages -> messages.errorResponse(
                                new TreeMap<>(Map.of('C', "28000", 'M', "odd", 'z', "?", '!', "?")))),
                error(
                        "28000",
                        "\uFFFDber",
                        messages -> messages.raw('E', "C28000\0M\u00FCber\0\0".getBytes(StandardCharsets.ISO_8859_1))));
    }

    private static Arguments error(String sqlState, String message, UnaryOperator<BackendMessages> answer) {
        return Arguments.of(answer.apply(new BackendMessages()), sqlState, message);
    }
}
