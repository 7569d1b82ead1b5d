package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.ResultSink.Demand;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchStateTest {

    private static final byte[] INSERTED = commandComplete("INSERT 0 1");
    private static final RowDescription ONE_INT4 =
            new RowDescription(List.of(new Column("id", 0, (short) 0, 23, (short) 4, -1, 1)));

    /** The answers to two items of one statement that returns rows, and two of one that does not, without the end. */
    private static final List<byte[]> ANSWERS = List.of(
            CLOSE_COMPLETE,
            PARSE_COMPLETE,
            parameterDescription(23),
            rowDescription(int4("id")),
            BIND_COMPLETE,
            dataRow("1"),
            INSERTED,
            BIND_COMPLETE,
            dataRow("2"),
            INSERTED,
            PARSE_COMPLETE,
            parameterDescription(),
            NO_DATA,
            BIND_COMPLETE,
            EMPTY_QUERY_RESPONSE,
            BIND_COMPLETE,
            INSERTED);

    private static Conversation fourItems(boolean synced) {
        return Conversation.batch(1, batch -> {
            batch.onParsedItemWritten();
            batch.onItemWritten();
            batch.onParsedItemWritten();
            batch.onItemWritten();
            if (synced) {
                batch.onSyncWritten();
            }
        });
    }

    @Test
    void eachItemHasItsResultAndTheStatementIsDescribedOnce() {
        Conversation batch = fourItems(true);
        ANSWERS.forEach(batch::play);
        batch.play(IN_TRANSACTION);

        assertEvents(
                batch,
                "parsed",
                "parameters [23]",
                "columns [id:23/0]",
                "row [1]",
                "complete INSERT 1",
                "row [2]",
                "complete INSERT 1",
                "parsed",
                "parameters []",
                "no data",
                "empty",
                "complete INSERT 1");
        assertDone(batch, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void itemsMayBeWrittenWhileEarlierOnesAreAnswered() {
        Conversation batch = Conversation.batch(0, state -> {});
        batch.batchState().onParsedItemWritten();
        batch.play(PARSE_COMPLETE, parameterDescription());
        batch.batchState().onItemWritten();
        batch.play(NO_DATA, BIND_COMPLETE, INSERTED, BIND_COMPLETE, commandComplete("INSERT 0 2"));
        batch.batchState().onItemWritten();
        batch.batchState().onPreparedItemWritten(ONE_INT4);
        batch.play(BIND_COMPLETE, commandComplete("INSERT 0 3"), BIND_COMPLETE, dataRow("abcd"));
        batch.play(commandComplete("SELECT 1"));
        batch.batchState().onSyncWritten();
        batch.play(IDLE);

        assertEvents(
                batch,
                "parsed",
                "parameters []",
                "no data",
                "complete INSERT 1",
                "complete INSERT 2",
                "complete INSERT 3",
                "columns [id:23/1]",
                "row [abcd]",
                "complete SELECT 1");
        assertDone(batch, TransactionStatus.IDLE);
    }

    @Test
    void preparedStatementsBringTheirDescriptionsInTurn() {
        RowDescription other = new RowDescription(List.of(new Column("t", 0, (short) 0, 25, (short) -1, -1, 0)));
        Conversation batch = Conversation.batch(0, state -> {
            state.onPreparedItemWritten(ONE_INT4);
            state.onItemWritten();
            state.onPreparedItemWritten(null);
            state.onPreparedItemWritten(other);
            state.onSyncWritten();
        });
        batch.play(BIND_COMPLETE, dataRow("abcd"), commandComplete("SELECT 1"));
        batch.play(BIND_COMPLETE, commandComplete("SELECT 0"), BIND_COMPLETE, commandComplete("UPDATE 3"));
        batch.play(BIND_COMPLETE, dataRow("e"), commandComplete("SELECT 1"), IDLE);

        assertEvents(
                batch,
                "columns [id:23/1]",
                "row [abcd]",
                "complete SELECT 1",
                "complete SELECT 0",
                "complete UPDATE 3",
                "columns [t:25/0]",
                "row [e]",
                "complete SELECT 1");
        assertDone(batch, TransactionStatus.IDLE);
    }

    @Test
    void aBatchWithoutItemsIsReadyAtOnce() {
        Conversation batch = Conversation.batch(0, BatchState::onSyncWritten).play(IDLE);

        assertEvents(batch);
        assertDone(batch, TransactionStatus.IDLE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anErrorAtEachStepIsTheLastWordBeforeTheEnd(boolean syncedBefore) {
        for (int step = 0; step <= ANSWERS.size(); step++) {
            Conversation batch = fourItems(syncedBefore);
            ANSWERS.subList(0, step).forEach(batch::play);
            int events = batch.events().size();
            batch.play(error("22012"));
            assertThat(batch.feed().isDone()).isFalse();
            if (!syncedBefore) {
                batch.batchState().onSyncWritten();
            }
            batch.play(IDLE);

            assertThat(batch.events()).hasSize(events + 1).endsWith("error 22012");
            assertDone(batch, TransactionStatus.IDLE);
        }
    }

    @Test
    void noStepMayBeMissing() {
        Stream<Integer> steps = Stream.iterate(0, step -> step < ANSWERS.size(), step -> step + 1);
        steps.filter(step -> ANSWERS.get(step)[0] != BackendMessage.DATA_ROW).forEach(missing -> {
            Conversation batch = fourItems(true);
            ANSWERS.subList(0, missing).forEach(batch::play);
            byte[] next = missing + 1 < ANSWERS.size() ? ANSWERS.get(missing + 1) : IDLE;

            assertThatThrownBy(() -> batch.play(next))
                    .as("%d is missing", missing)
                    .isInstanceOf(ProtocolViolation.class);
        });
    }

    @Test
    void theResultOfAnItemThatWasNotWrittenIsAViolation() {
        Conversation batch = Conversation.batch(0, state -> state.onPreparedItemWritten(null));
        batch.play(BIND_COMPLETE, INSERTED);

        assertThatThrownBy(() -> batch.play(BIND_COMPLETE))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent BindComplete in phase ANSWERED, which does not allow it");
    }

    @Test
    void readyForQueryBeforeTheSyncIsAViolation() {
        Conversation failed = Conversation.batch(0, state -> state.onPreparedItemWritten(null));
        failed.play(error("22012"));

        assertThatThrownBy(() -> failed.play(IDLE))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ReadyForQuery in phase FAILED, which does not allow it");
    }

    @Test
    void anErrorBehindTheLastItemIsThatOfTheCommit() {
        Conversation batch = Conversation.batch(0, state -> {
            state.onPreparedItemWritten(null);
            state.onSyncWritten();
        });
        batch.play(BIND_COMPLETE, INSERTED, error("23503"), IDLE);

        assertEvents(batch, "complete INSERT 1", "error 23503");
        assertDone(batch, TransactionStatus.IDLE);
    }

    @Test
    void aRowBehindAStatementWithoutRowsIsAViolation() {
        Conversation batch = Conversation.batch(0, state -> {
            state.onPreparedItemWritten(ONE_INT4);
            state.onPreparedItemWritten(null);
        });
        batch.play(BIND_COMPLETE, dataRow("abcd"), commandComplete("SELECT 1"), BIND_COMPLETE);

        assertThatThrownBy(() -> batch.play(dataRow("abcd"))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void withoutDemandItPausesInFrontOfTheRowAndOffersItAgain() {
        Conversation batch = Conversation.batch(0, state -> {
            state.onPreparedItemWritten(ONE_INT4);
            state.onItemWritten();
            state.onSyncWritten();
        });
        batch.sink().demand(Demand.NONE);
        batch.play(BIND_COMPLETE, dataRow("1"), commandComplete("SELECT 1"), BIND_COMPLETE, dataRow("2"));
        batch.play(commandComplete("SELECT 1"), IDLE);
        assertThat(batch.feed().signals()).endsWith(Signal.PAUSE);
        assertEvents(batch, "columns [id:23/1]");

        batch.sink().demand(Demand.ROW, Demand.NONE);
        batch.feed().goOn();
        assertThat(batch.feed().signals()).endsWith(Signal.PAUSE);
        assertEvents(batch, "columns [id:23/1]", "row [1]", "complete SELECT 1");

        batch.sink().demand(Demand.DISCARD);
        batch.feed().goOn();
        assertEvents(batch, "columns [id:23/1]", "row [1]", "complete SELECT 1", "complete SELECT 1");
        assertDone(batch, TransactionStatus.IDLE);
    }

    private static void assertEvents(Conversation batch, String... events) {
        assertThat(batch.events()).containsExactly(events);
    }

    private static void assertDone(Conversation batch, TransactionStatus status) {
        assertThat(batch.feed().isDone()).isTrue();
        assertThat(batch.feed().unread()).isEmpty();
        assertThat(batch.state().transactionStatus()).isEqualTo(status);
        assertThat(batch.ledger().owed()).isZero();
        assertThat(batch.sent()).isEmpty();
    }
}
