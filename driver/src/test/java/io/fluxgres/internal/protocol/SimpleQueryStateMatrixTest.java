package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.COPY_DONE;
import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.copyData;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.rowDescription;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimpleQueryStateMatrixTest {

    private static final byte[] COLUMNS = rowDescription(int4("a"));

    static Stream<StateMatrix> phases() {
        return Stream.of(
                phase("FIRST_RESULT", "CEGHIT"),
                phase("RESULT", "CEGHITZ", commandComplete("BEGIN")),
                phase("RESULT", "CEGHITZ", EMPTY_QUERY_RESPONSE),
                phase("RESULT", "CEGHITZ", COLUMNS, dataRow("1"), commandComplete("SELECT 1")),
                phase("RESULT", "CEGHITZ", COPY_OUT_RESPONSE, COPY_DONE, commandComplete("COPY 0")),
                phase("ROWS", "CDET", COLUMNS),
                phase("ROWS", "CDE", COLUMNS, dataRow("1")),
                phase("COPY_FAILED", "E", COPY_IN_RESPONSE),
                phase("COPY_OUT", "Ecd", COPY_OUT_RESPONSE),
                phase("COPY_OUT", "Ecd", COPY_OUT_RESPONSE, copyData("1\n")),
                phase("COPY_OUT_DONE", "CE", COPY_OUT_RESPONSE, COPY_DONE),
                phase("FAILED", "Z", SYNTAX_ERROR),
                phase("FAILED", "Z", COLUMNS, dataRow("1"), SYNTAX_ERROR),
                phase("FAILED", "Z", COPY_IN_RESPONSE, SYNTAX_ERROR),
                phase("DONE", "", SYNTAX_ERROR, IDLE),
                phase("DONE", "", commandComplete("BEGIN"), IDLE));
    }

    private static StateMatrix phase(String name, String allowed, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, Conversation::simpleQuery, prefix);
    }

    @ParameterizedTest
    @MethodSource("phases")
    void eachMessageIsHandledOrAViolationThatNamesItAndThePhase(StateMatrix phase) {
        phase.check();
    }

    @Test
    void theTableReachesEveryPhase() {
        StateMatrix.assertReachesEveryPhase(SimpleQueryState.class, phases());
    }
}
