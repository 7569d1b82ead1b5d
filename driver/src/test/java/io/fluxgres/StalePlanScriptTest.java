package io.fluxgres;

import static io.fluxgres.TransactionScript.play;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** How often a statement is repeated that the server does not take any more, message by message. */
@Timeout(60)
class StalePlanScriptTest {

    private static final String UNKNOWN = "S=\"ERROR\" V=\"ERROR\" C=\"26000\" M=\"no such statement\"";
    private static final String CHANGED =
            "S=\"ERROR\" V=\"ERROR\" C=\"0A000\" M=\"geändert\" R=\"RevalidateCachedQuery\"";

    private static final String FIRST = parse("\"\"") + answer();
    private static final String KEPT = parse("*\"s1\"") + answer();
    private static final String STALE = """
        F Bind "" *"s1" results binary
        F Execute "" 0
        F Sync
        """;
    private static final String AGAIN = """
        F Close S *"s1"
        """ + parse("*\"s2\"");

    private static String parse(String name) {
        return """
            F Parse %1$s "select v from t"
            F Describe S %1$s
            F Bind "" %1$s
            F Execute "" 0
            F Sync
            """.formatted(name);
    }

    private static String answer() {
        return """
            B ParseComplete
            B ParameterDescription
            B RowDescription "v":int4
            B BindComplete
            B DataRow "1"
            B CommandComplete "SELECT 1"
            B ReadyForQuery I
            """;
    }

    private static String refusal(String fields) {
        return "B ErrorResponse " + fields + "\nB ReadyForQuery I\n";
    }

    /** Executes three times; the third finds the statement stale. */
    private static Function<PgConnection, Publisher<?>> thrice() {
        return connection -> {
            Flux<Integer> once = connection.query("select v from t").map(row -> row.getInt(0));
            return once.concatWith(once).concatWith(once);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN, CHANGED})
    void aStaleStatementIsClosedAndParsedAgain(String stale) {
        assertThat(play(thrice(), FIRST, KEPT, STALE + refusal(stale), AGAIN + "B CloseComplete\n" + answer()))
                .containsExactly("1", "1", "1", "complete");
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN, CHANGED})
    void theRepetitionIsNotRepeated(String stale) {
        assertThat(play(thrice(), FIRST, KEPT, STALE + refusal(stale), AGAIN + "B CloseComplete\n" + refusal(stale)))
                .containsExactly("1", "1", stale.contains("26000") ? "26000" : "0A000");
    }

    @Test
    void anErrorOfTheSameStateFromAnotherPlaceIsNotRepeated() {
        String notSupported = "S=\"ERROR\" V=\"ERROR\" C=\"0A000\" M=\"not supported\" R=\"transformFrameOffset\"";

        assertThat(play(thrice(), FIRST, KEPT, STALE + refusal(notSupported))).containsExactly("1", "1", "0A000");
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN, CHANGED})
    void aStatementThatWasBoundIsNotRepeated(String late) {
        assertThat(play(thrice(), FIRST, KEPT, STALE + "B BindComplete\n" + refusal(late)))
                .containsExactly("1", "1", late.contains("26000") ? "26000" : "0A000");
    }
}
