package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrepareStateMatrixTest {

    private static final byte[] TYPES = parameterDescription(23);

    static Stream<StateMatrix> phases() {
        return Stream.of(
                phase("PARSE", "1E"),
                phase("PARAMETERS", "Et", PARSE_COMPLETE),
                phase("COLUMNS", "ETn", PARSE_COMPLETE, TYPES),
                phase("SYNC", "EZ", PARSE_COMPLETE, TYPES, NO_DATA),
                phase("SYNC", "EZ", PARSE_COMPLETE, TYPES, rowDescription(int4("a"))),
                phase("FAILED", "Z", SYNTAX_ERROR),
                phase("FAILED", "Z", PARSE_COMPLETE, TYPES, NO_DATA, SYNTAX_ERROR),
                phase("DONE", "", SYNTAX_ERROR, IDLE),
                phase("DONE", "", PARSE_COMPLETE, TYPES, NO_DATA, IDLE));
    }

    private static StateMatrix phase(String name, String allowed, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, Conversation::prepare, prefix);
    }

    @ParameterizedTest
    @MethodSource("phases")
    void eachMessageIsHandledOrAViolationThatNamesItAndThePhase(StateMatrix phase) {
        phase.check();
    }

    @Test
    void theTableReachesEveryPhase() {
        StateMatrix.assertReachesEveryPhase(PrepareState.class, phases());
    }
}
