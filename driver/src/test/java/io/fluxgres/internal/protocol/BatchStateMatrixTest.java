package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;

import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchStateMatrixTest {

    private static final byte[] COLUMNS = rowDescription(int4("a"));
    private static final byte[] TYPES = parameterDescription(23);
    private static final byte[] TAG = commandComplete("SELECT 1");
    private static final RowDescription KNOWN =
            new RowDescription(List.of(new Column("a", 0, (short) 0, 23, (short) 4, -1, 0)));

    private static final Supplier<Conversation> NOTHING_YET = () -> Conversation.batch(0, batch -> {});
    private static final Supplier<Conversation> ONLY_SYNC = () -> Conversation.batch(0, BatchState::onSyncWritten);
    private static final Supplier<Conversation> ONLY_CLOSES = () -> Conversation.batch(2, batch -> {});
    private static final Supplier<Conversation> PARSED = () -> Conversation.batch(1, batch -> {
        batch.onParsedItemWritten();
        batch.onItemWritten();
        batch.onSyncWritten();
    });
    private static final Supplier<Conversation> PREPARED = () -> Conversation.batch(0, batch -> {
        batch.onPreparedItemWritten(KNOWN);
        batch.onPreparedItemWritten(null);
    });

    static Stream<StateMatrix> phases() {
        return Stream.of(
                phase("CLOSE", "3E", ONLY_CLOSES),
                phase("CLOSE", "3E", ONLY_CLOSES, CLOSE_COMPLETE),
                phase("CLOSE", "3E", PARSED),
                phase("PARSE", "1E", PARSED, CLOSE_COMPLETE),
                phase("PARAMETERS", "Et", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE),
                phase("COLUMNS", "ETn", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES),
                phase("BIND", "2E", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES, COLUMNS),
                phase("BIND", "2E", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES, NO_DATA),
                phase("BIND", "2E", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES, NO_DATA, BIND_COMPLETE, TAG),
                phase("BIND", "2E", PREPARED),
                phase("BIND", "2E", PREPARED, BIND_COMPLETE, TAG),
                phase("EXECUTE", "CDEI", PREPARED, BIND_COMPLETE),
                phase("EXECUTE", "CDE", PREPARED, BIND_COMPLETE, dataRow("1")),
                phase("EXECUTE", "CEI", PREPARED, BIND_COMPLETE, dataRow("1"), TAG, BIND_COMPLETE),
                phase("EXECUTE", "CDEI", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES, COLUMNS, BIND_COMPLETE),
                phase("EXECUTE", "CEI", PARSED, CLOSE_COMPLETE, PARSE_COMPLETE, TYPES, NO_DATA, BIND_COMPLETE),
                phase("ANSWERED", "E", NOTHING_YET),
                phase("ANSWERED", "E", ONLY_CLOSES, CLOSE_COMPLETE, CLOSE_COMPLETE),
                phase("ANSWERED", "E", PREPARED, BIND_COMPLETE, TAG, BIND_COMPLETE, EMPTY_QUERY_RESPONSE),
                phase("SYNC", "EZ", ONLY_SYNC),
                phase(
                        "SYNC",
                        "EZ",
                        PARSED,
                        CLOSE_COMPLETE,
                        PARSE_COMPLETE,
                        TYPES,
                        NO_DATA,
                        BIND_COMPLETE,
                        TAG,
                        BIND_COMPLETE,
                        TAG),
                phase("FAILED", "", PREPARED, SYNTAX_ERROR),
                phase("FAILED", "", NOTHING_YET, SYNTAX_ERROR),
                phase("FAILED", "", PREPARED, BIND_COMPLETE, TAG, SYNTAX_ERROR),
                phase("SKIPPING", "Z", PARSED, SYNTAX_ERROR),
                phase("SKIPPING", "Z", ONLY_SYNC, SYNTAX_ERROR),
                phase("DONE", "", ONLY_SYNC, IDLE),
                phase("DONE", "", PARSED, SYNTAX_ERROR, IDLE));
    }

    private static StateMatrix phase(String name, String allowed, Supplier<Conversation> fresh, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, fresh, prefix);
    }

    @ParameterizedTest
    @MethodSource("phases")
    void eachMessageIsHandledOrAViolationThatNamesItAndThePhase(StateMatrix phase) {
        phase.check();
    }

    @Test
    void theTableReachesEveryPhase() {
        StateMatrix.assertReachesEveryPhase(BatchState.class, phases());
    }
}
