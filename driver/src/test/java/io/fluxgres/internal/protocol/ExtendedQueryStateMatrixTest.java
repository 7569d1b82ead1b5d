package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.COPY_DONE;
import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_REFUSED;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.copyData;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;

import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExtendedQueryStateMatrixTest {

    private static final byte[] COLUMNS = rowDescription(int4("a"));
    private static final byte[] TYPES = parameterDescription(23);
    private static final byte[] TAG = commandComplete("SELECT 1");
    private static final RowDescription KNOWN =
            new RowDescription(List.of(new Column("a", 0, (short) 0, 23, (short) 4, -1, 0)));

    private static final Supplier<Conversation> STATEMENT = () -> Conversation.parsing(Describe.STATEMENT);
    private static final Supplier<Conversation> PORTAL = () -> Conversation.parsing(Describe.PORTAL);
    private static final Supplier<Conversation> NOTHING = () -> Conversation.parsing(Describe.NOTHING);
    private static final Supplier<Conversation> TWO_CLOSES = () -> Conversation.parsing(2, Describe.PORTAL, 0);
    private static final Supplier<Conversation> PREPARED = () -> Conversation.prepared(0, KNOWN);
    private static final Supplier<Conversation> PREPARED_COMMAND = () -> Conversation.prepared(1, null);

    static Stream<StateMatrix> phases() {
        return Stream.of(
                phase("CLOSE", "3E", TWO_CLOSES),
                phase("CLOSE", "3E", TWO_CLOSES, CLOSE_COMPLETE),
                phase("CLOSE", "3E", PREPARED_COMMAND),
                phase("PARSE", "1E", TWO_CLOSES, CLOSE_COMPLETE, CLOSE_COMPLETE),
                phase("PARSE", "1E", STATEMENT),
                phase("PARSE", "1E", PORTAL),
                phase("PARSE", "1E", NOTHING),
                phase("PARAMETERS", "Et", STATEMENT, PARSE_COMPLETE),
                phase("STATEMENT_COLUMNS", "ETn", STATEMENT, PARSE_COMPLETE, TYPES),
                phase("BIND", "2E", STATEMENT, PARSE_COMPLETE, TYPES, COLUMNS),
                phase("BIND", "2E", STATEMENT, PARSE_COMPLETE, TYPES, NO_DATA),
                phase("BIND", "2E", PORTAL, PARSE_COMPLETE),
                phase("BIND", "2E", NOTHING, PARSE_COMPLETE),
                phase("BIND", "2E", PREPARED),
                phase("BIND", "2E", PREPARED_COMMAND, CLOSE_COMPLETE),
                phase("PORTAL_COLUMNS", "ETn", PORTAL, PARSE_COMPLETE, BIND_COMPLETE),
                phase("EXECUTE", "CDEGHI", STATEMENT, PARSE_COMPLETE, TYPES, COLUMNS, BIND_COMPLETE),
                phase("EXECUTE", "CDEGHI", PORTAL, PARSE_COMPLETE, BIND_COMPLETE, COLUMNS),
                phase("EXECUTE", "CDEGHI", PREPARED, BIND_COMPLETE),
                phase("EXECUTE", "CEGHI", STATEMENT, PARSE_COMPLETE, TYPES, NO_DATA, BIND_COMPLETE),
                phase("EXECUTE", "CEGHI", PORTAL, PARSE_COMPLETE, BIND_COMPLETE, NO_DATA),
                phase("EXECUTE", "CEGHI", NOTHING, PARSE_COMPLETE, BIND_COMPLETE),
                phase("EXECUTE", "CEGHI", PREPARED_COMMAND, CLOSE_COMPLETE, BIND_COMPLETE),
                phase("EXECUTE", "CDE", PREPARED, BIND_COMPLETE, dataRow("1")),
                phase("COPY_FAILED", "E", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_IN_RESPONSE),
                phase("COPY_OUT", "Ecd", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_OUT_RESPONSE),
                phase("COPY_OUT", "Ecd", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_OUT_RESPONSE, copyData("1")),
                phase("COPY_OUT_DONE", "CE", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_OUT_RESPONSE, COPY_DONE),
                phase("SYNC", "EZ", PREPARED, BIND_COMPLETE, TAG),
                phase("SYNC", "EZ", PREPARED, BIND_COMPLETE, dataRow("1"), TAG),
                phase("SYNC", "EZ", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, EMPTY_QUERY_RESPONSE),
                phase("SYNC", "EZ", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_OUT_RESPONSE, COPY_DONE, TAG),
                phase("FAILED", "Z", STATEMENT, SYNTAX_ERROR),
                phase(
                        "SYNC_NOT_SWALLOWED",
                        "Z",
                        PREPARED_COMMAND,
                        CLOSE_COMPLETE,
                        BIND_COMPLETE,
                        COPY_IN_RESPONSE,
                        SYNTAX_ERROR),
                phase(
                        "FAILED",
                        "Z",
                        PREPARED_COMMAND,
                        CLOSE_COMPLETE,
                        BIND_COMPLETE,
                        COPY_IN_RESPONSE,
                        SYNTAX_ERROR,
                        IDLE),
                phase("FAILED", "Z", NOTHING, PARSE_COMPLETE, BIND_COMPLETE, COPY_IN_RESPONSE, COPY_REFUSED),
                phase("FAILED", "Z", PREPARED, BIND_COMPLETE, TAG, SYNTAX_ERROR),
                phase("DONE", "", PREPARED, BIND_COMPLETE, TAG, IDLE),
                phase("DONE", "", PREPARED, SYNTAX_ERROR, IDLE));
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
        StateMatrix.assertReachesEveryPhase(ExtendedQueryState.class, phases());
    }
}
