package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.PORTAL_SUSPENDED;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.ResultSink.Demand;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunks of a named portal, and its Close. */
class PortalChunkStateTest {

    private static final RowDescription ONE_INT4 =
            new RowDescription(List.of(new Column("id", 0, (short) 0, 23, (short) 4, -1, 0)));

    private static final byte[] ROW = dataRow("1");

    @Test
    void aFullChunkEndsSuspended() {
        Conversation query = Conversation.firstChunk(2, ONE_INT4);
        query.play(BIND_COMPLETE, ROW, ROW, PORTAL_SUSPENDED, IN_TRANSACTION);

        assertThat(query.events()).containsExactly("columns [id:23/0]", "row [1]", "row [1]");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void theNextChunkHasTheColumnsOfTheFirst() {
        Conversation query = Conversation.nextChunk(2, ONE_INT4);
        query.play(ROW, commandComplete("SELECT 1"), IN_TRANSACTION);

        assertThat(query.events()).containsExactly("row [1]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void whenTheRowsEndWithAChunkTheNextHasNone() {
        Conversation query = Conversation.nextChunk(2, ONE_INT4);
        query.play(commandComplete("SELECT 0"), IN_TRANSACTION);

        assertThat(query.events()).containsExactly("complete SELECT 0");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void aCompletionBehindAsManyRowsAsTheLimitIsToldForTheRestMayBeLost() {
        Conversation query = Conversation.nextChunk(2, ONE_INT4);
        query.play(ROW, ROW, commandComplete("SELECT 4"), IN_TRANSACTION);

        assertThat(query.events()).containsExactly("row [1]", "row [1]", "limit 2", "complete SELECT 4");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anErrorAtEachStepEndsTheGroup(int rows) {
        Conversation query = Conversation.firstChunk(2, ONE_INT4);
        List.of(BIND_COMPLETE, ROW, ROW).subList(0, rows).forEach(query::play);
        query.play(error("22012"), FAILED_TRANSACTION);

        assertThat(query.events()).endsWith("error 22012");
        assertDone(query, TransactionStatus.FAILED);
    }

    @Test
    void aPortalThatDoesNotExistAnyMoreIsAnError() {
        Conversation query = Conversation.nextChunk(2, ONE_INT4).play(error("34000"), IDLE);

        assertThat(query.events()).containsExactly("error 34000");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aChunkThatIsSuspendedTooEarlyTwiceOrTooLateIsAViolation() {
        Conversation early = Conversation.nextChunk(2, ONE_INT4).play(ROW);
        assertThatThrownBy(() -> early.play(PORTAL_SUSPENDED)).isInstanceOf(ProtocolViolation.class);

        Conversation twice = Conversation.nextChunk(2, ONE_INT4).play(ROW, ROW, PORTAL_SUSPENDED);
        assertThatThrownBy(() -> twice.play(PORTAL_SUSPENDED)).isInstanceOf(ProtocolViolation.class);

        Conversation late = Conversation.nextChunk(2, ONE_INT4).play(ROW, ROW);
        assertThatThrownBy(() -> late.play(ROW))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow in phase EXECUTE, which does not allow it");
    }

    @Test
    void aPauseDoesNotCountAsARow() {
        Conversation query = Conversation.nextChunk(1, ONE_INT4);
        query.sink().demand(Demand.NONE);
        query.play(ROW, PORTAL_SUSPENDED, IN_TRANSACTION);
        for (int i = 0; i < 3; i++) {
            assertThat(query.feed().goOn().signals()).endsWith(Signal.PAUSE);
        }
        query.sink().demand(Demand.ROW);
        query.feed().goOn();

        assertThat(query.events()).containsExactly("row [1]");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void rowsNobodyWantsCountAsWell() {
        Conversation query = Conversation.nextChunk(2, ONE_INT4);
        query.sink().demand(Demand.DISCARD);
        query.play(ROW, ROW, PORTAL_SUSPENDED, IN_TRANSACTION);

        assertThat(query.events()).isEmpty();
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void closeEndsWithTheStatusOfTheTransaction() {
        assertDone(Conversation.closePortal().play(CLOSE_COMPLETE, IN_TRANSACTION), TransactionStatus.IN_TRANSACTION);
        assertDone(Conversation.closePortal().play(CLOSE_COMPLETE, FAILED_TRANSACTION), TransactionStatus.FAILED);
        assertDone(Conversation.closePortal().play(error("57014"), FAILED_TRANSACTION), TransactionStatus.FAILED);
        assertDone(
                Conversation.closePortal().play(CLOSE_COMPLETE, error("57014"), FAILED_TRANSACTION),
                TransactionStatus.FAILED);
    }

    private static void assertDone(Conversation query, TransactionStatus status) {
        assertThat(query.feed().isDone()).isTrue();
        assertThat(query.feed().unread()).isEmpty();
        assertThat(query.state().transactionStatus()).isEqualTo(status);
        assertThat(query.ledger().owed()).isZero();
        assertThat(query.sent()).isEmpty();
    }
}
