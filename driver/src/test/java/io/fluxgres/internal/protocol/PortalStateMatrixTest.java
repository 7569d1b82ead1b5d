package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.PORTAL_SUSPENDED;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.internal.protocol.PortalSink.Fetch;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the states of portals allow; those of their phases that are of every group have the names of that. */
class PortalStateMatrixTest {

    private static final byte[] COLUMNS = rowDescription(int4("a"));
    private static final byte[] TYPES = parameterDescription();
    private static final byte[] ROW = dataRow("1");
    private static final byte[] TAG = commandComplete("SELECT 1");
    private static final RowDescription KNOWN =
            new RowDescription(List.of(new Column("a", 0, (short) 0, 23, (short) 4, -1, 0)));

    private static final Supplier<Conversation> PARSING = () -> Conversation.parsingPortal(2);
    private static final Supplier<Conversation> ONE = () -> Conversation.preparedPortal(1, KNOWN);
    private static final Supplier<Conversation> TWO = () -> Conversation.preparedPortal(2, KNOWN);
    private static final Supplier<Conversation> ONE_WITH_REST = () -> fetching(Fetch.REST);
    private static final Supplier<Conversation> ONE_AND_NO_MORE = () -> fetching(Fetch.NOTHING);
    private static final Supplier<Conversation> FIRST_CHUNK = () -> Conversation.firstChunk(2, KNOWN);
    private static final Supplier<Conversation> NEXT_CHUNK = () -> Conversation.nextChunk(2, KNOWN);
    private static final Supplier<Conversation> CLOSING = Conversation::closePortal;

    private static Conversation fetching(Fetch fetch) {
        Conversation conversation = ONE.get();
        conversation.sink().fetch(fetch);
        return conversation;
    }

    static Stream<StateMatrix> portals() {
        return Stream.of(
                phase("PARSE", "1E", PARSING),
                phase("PARAMETERS", "Et", PARSING, PARSE_COMPLETE),
                phase("STATEMENT_COLUMNS", "ETn", PARSING, PARSE_COMPLETE, TYPES),
                phase("BIND", "2E", PARSING, PARSE_COMPLETE, TYPES, COLUMNS),
                phase("BIND", "2E", TWO),
                phase("EXECUTE", "CEI", PARSING, PARSE_COMPLETE, TYPES, NO_DATA, BIND_COMPLETE),
                phase("EXECUTE", "CDEI", TWO, BIND_COMPLETE),
                phase("EXECUTE", "CDE", TWO, BIND_COMPLETE, ROW),
                phase("EXECUTE", "CEs", TWO, BIND_COMPLETE, ROW, ROW),
                phase("EXECUTE", "CDE", TWO, BIND_COMPLETE, ROW, ROW, PORTAL_SUSPENDED),
                phase("EXECUTE", "CEs", ONE, BIND_COMPLETE, ROW),
                phase("EXECUTE", "CEs", ONE, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, ROW),
                phase("EXECUTE", "CDE", ONE_WITH_REST, BIND_COMPLETE, ROW, PORTAL_SUSPENDED),
                phase("EXECUTE", "CDE", ONE_WITH_REST, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, ROW, ROW),
                phase("SENT_AHEAD", "CE", ONE, BIND_COMPLETE, ROW, TAG),
                phase("SENT_AHEAD", "CE", ONE_WITH_REST, BIND_COMPLETE, ROW, TAG),
                phase("CLOSE", "3E", ONE_AND_NO_MORE, BIND_COMPLETE, ROW, PORTAL_SUSPENDED),
                phase("SYNC", "EZ", ONE_AND_NO_MORE, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, CLOSE_COMPLETE),
                phase("SYNC", "EZ", ONE, BIND_COMPLETE, ROW, TAG, TAG),
                phase("SYNC", "EZ", ONE, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, TAG),
                phase("SYNC", "EZ", ONE_WITH_REST, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, ROW, TAG),
                phase("SYNC", "EZ", TWO, BIND_COMPLETE, EMPTY_QUERY_RESPONSE),
                phase("FAILED", "Z", PARSING, SYNTAX_ERROR),
                phase("FAILED", "Z", ONE, BIND_COMPLETE, ROW, TAG, SYNTAX_ERROR),
                phase("FAILED", "Z", ONE_AND_NO_MORE, BIND_COMPLETE, ROW, PORTAL_SUSPENDED, SYNTAX_ERROR),
                phase("DONE", "", PARSING, SYNTAX_ERROR, IDLE),
                phase("DONE", "", TWO, BIND_COMPLETE, TAG, IDLE));
    }

    static Stream<StateMatrix> chunks() {
        return Stream.of(
                phase("BIND", "2E", FIRST_CHUNK),
                phase("EXECUTE", "CDEI", FIRST_CHUNK, BIND_COMPLETE),
                phase("EXECUTE", "CDEI", NEXT_CHUNK),
                phase("EXECUTE", "CDE", NEXT_CHUNK, ROW),
                phase("EXECUTE", "CEs", NEXT_CHUNK, ROW, ROW),
                phase("SYNC", "EZ", NEXT_CHUNK, ROW, ROW, PORTAL_SUSPENDED),
                phase("SYNC", "EZ", NEXT_CHUNK, TAG),
                phase("FAILED", "Z", NEXT_CHUNK, SYNTAX_ERROR),
                phase("DONE", "", NEXT_CHUNK, TAG, IDLE));
    }

    static Stream<StateMatrix> closes() {
        return Stream.of(
                phase("CLOSE", "3E", CLOSING),
                phase("SYNC", "EZ", CLOSING, CLOSE_COMPLETE),
                phase("FAILED", "Z", CLOSING, SYNTAX_ERROR),
                phase("FAILED", "Z", CLOSING, CLOSE_COMPLETE, SYNTAX_ERROR),
                phase("DONE", "", CLOSING, CLOSE_COMPLETE, IDLE));
    }

    private static StateMatrix phase(String name, String allowed, Supplier<Conversation> fresh, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, fresh, prefix);
    }

    @ParameterizedTest
    @MethodSource({"portals", "chunks", "closes"})
    void eachMessageIsHandledOrAViolationThatNamesItAndThePhase(StateMatrix phase) {
        phase.check();
    }

    @Test
    void theTablesReachEveryPhase() {
        Set<String> reached = portals().map(StateMatrix::phase).collect(Collectors.toSet());
        assertThat(reached).contains("SENT_AHEAD", "CLOSE", "SYNC", "EXECUTE");
        StateMatrix.assertReachesEveryPhase(ClosePortalState.class, closes());
    }
}
