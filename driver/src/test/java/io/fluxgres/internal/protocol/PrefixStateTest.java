package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrefixStateTest {

    private static final byte[] BEGIN = commandComplete("BEGIN");
    private static final byte[] LEVEL = dataRow("serializable");

    static Stream<StateMatrix> phases() {
        return Stream.of(
                phase("CLOSE", "3E", 2, 1),
                phase("CLOSE", "3E", 2, 1, CLOSE_COMPLETE),
                phase("PARSE", "1E", 2, 1, CLOSE_COMPLETE, CLOSE_COMPLETE),
                phase("PARSE", "1E", 0, 1),
                phase("BIND", "2E", 0, 1, PARSE_COMPLETE),
                phase("EXECUTE", "CE", 0, 1, PARSE_COMPLETE, BIND_COMPLETE),
                withRow("EXECUTE", "DCE", PARSE_COMPLETE, BIND_COMPLETE),
                withRow("ROW", "CE", PARSE_COMPLETE, BIND_COMPLETE, LEVEL),
                phase("PARSE", "1E", 0, 2, PARSE_COMPLETE, BIND_COMPLETE, BEGIN),
                phase("BIND", "2E", 0, 2, PARSE_COMPLETE, BIND_COMPLETE, BEGIN, PARSE_COMPLETE),
                phase("EXECUTE", "CE", 0, 2, PARSE_COMPLETE, BIND_COMPLETE, BEGIN, PARSE_COMPLETE, BIND_COMPLETE));
    }

    private static StateMatrix phase(String name, String allowed, int closes, int statements, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, () -> Conversation.prefixed(closes, statements), prefix);
    }

    private static StateMatrix withRow(String name, String allowed, byte[]... prefix) {
        return StateMatrix.phase(name, allowed, () -> Conversation.prefixedWithRow(new ArrayList<>()), prefix);
    }

    @Test
    void theRowOfAStatementInFrontIsTold() {
        List<String> rows = new ArrayList<>();
        Conversation group = Conversation.prefixedWithRow(rows);
        group.play(PARSE_COMPLETE, BIND_COMPLETE, LEVEL, commandComplete("SHOW"));
        group.play(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA, commandComplete("LOCK TABLE"), IN_TRANSACTION);

        assertThat(rows).containsExactly("serializable");
        assertEnd(group, TransactionStatus.IN_TRANSACTION, "parsed", "no data", "complete LOCK TABLE -1");
    }

    @ParameterizedTest
    @MethodSource("phases")
    void eachMessageIsHandledOrAViolationThatNamesItAndThePhase(StateMatrix phase) {
        phase.check();
    }

    @Test
    void theTableReachesEveryPhase() {
        StateMatrix.assertReachesEveryPhase(PrefixState.class, phases());
    }

    @Test
    void theStatementsInFrontReachNobody() {
        Conversation group = Conversation.prefixed(1, 2);
        group.play(CLOSE_COMPLETE, PARSE_COMPLETE, BIND_COMPLETE, BEGIN);
        group.play(PARSE_COMPLETE, BIND_COMPLETE, commandComplete("SAVEPOINT"));
        assertThat(group.events()).isEmpty();

        group.play(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA, commandComplete("LOCK TABLE"), IN_TRANSACTION);

        assertEnd(group, TransactionStatus.IN_TRANSACTION, "parsed", "no data", "complete LOCK TABLE -1");
    }

    @Test
    void theErrorOfAStatementInFrontIsThatOfTheRequest() {
        Conversation group = Conversation.prefixed(0, 1);
        group.play(PARSE_COMPLETE, BIND_COMPLETE, error("25006"), IDLE);

        assertEnd(group, TransactionStatus.IDLE, "error 25006");
        assertThat(prefix(group).hasFailed()).isTrue();
    }

    @Test
    void theErrorOfTheRequestLeavesTheTransactionFailed() {
        Conversation group = Conversation.prefixed(0, 1);
        group.play(PARSE_COMPLETE, BIND_COMPLETE, BEGIN, error("42601"), FAILED_TRANSACTION);

        assertEnd(group, TransactionStatus.FAILED, "error 42601");
        assertThat(prefix(group).hasFailed()).isFalse();
    }

    private static PrefixState prefix(Conversation group) {
        return (PrefixState) group.state();
    }

    private static void assertEnd(Conversation group, TransactionStatus status, String... events) {
        assertThat(group.events()).containsExactly(events);
        assertThat(group.feed().isDone()).isTrue();
        assertThat(group.state().transactionStatus()).isEqualTo(status);
        assertThat(group.ledger().owed()).isZero();
    }
}
