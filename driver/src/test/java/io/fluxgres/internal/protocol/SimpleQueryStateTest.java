package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.COPY_DONE;
import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_REFUSED;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.SYNTAX_ERROR;
import static io.fluxgres.internal.protocol.Answers.column;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.copyData;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static io.fluxgres.internal.protocol.Answers.textColumn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.ResultSink.Demand;
import org.junit.jupiter.api.Test;

class SimpleQueryStateTest {

    private final Conversation query = Conversation.simpleQuery();

    @Test
    void aSelectIsADescriptionItsRowsAndATag() {
        query.play(rowDescription(int4("id"), textColumn("title")), dataRow("1", "a"), dataRow("2", null));
        assertThat(query.feed().isDone()).isFalse();
        query.play(commandComplete("SELECT 2"), IDLE);

        assertEvents("columns [id:23/0, title:25/0]", "row [1, a]", "row [2, null]", "complete SELECT 2");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void aResultOfBinaryColumnsSaysSo() {
        query.play(rowDescription(column("id", 23, 4, 1)), dataRow("\0\0\0\7"), commandComplete("FETCH 1"), IDLE);

        assertEvents("columns [id:23/1]", "row [\0\0\0\7]", "complete FETCH 1");
    }

    @Test
    void aCommandWithoutRowsIsATag() {
        query.play(commandComplete("BEGIN"), IN_TRANSACTION);

        assertEvents("complete BEGIN -1");
        assertDone(TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void anEmptyQueryIsAResult() {
        query.play(EMPTY_QUERY_RESPONSE, IDLE);

        assertEvents("empty");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void eachStatementHasItsResult() {
        query.play(
                rowDescription(int4("a")),
                dataRow("1"),
                commandComplete("SELECT 1"),
                commandComplete("UPDATE 3"),
                EMPTY_QUERY_RESPONSE,
                rowDescription(textColumn("b")),
                commandComplete("SELECT 0"),
                IDLE);

        assertEvents(
                "columns [a:23/0]",
                "row [1]",
                "complete SELECT 1",
                "complete UPDATE 3",
                "empty",
                "columns [b:25/0]",
                "complete SELECT 0");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void anErrorEndsTheResults() {
        query.play(rowDescription(int4("a")), dataRow("1"), commandComplete("SELECT 1"), error("42703"), IDLE);

        assertEvents("columns [a:23/0]", "row [1]", "complete SELECT 1", "error 42703");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void anErrorMayComeFirst() {
        query.play(SYNTAX_ERROR, FAILED_TRANSACTION);

        assertEvents("error 42601");
        assertDone(TransactionStatus.FAILED);
    }

    @Test
    void anErrorMayComeBetweenRows() {
        query.play(rowDescription(int4("a")), dataRow("1"), error("22012"), IDLE);

        assertEvents("columns [a:23/0]", "row [1]", "error 22012");
    }

    @Test
    void anErrorMayComeBehindTheTagOfACommitThatFails() {
        query.play(commandComplete("INSERT 0 1"), error("23505"), IDLE);

        assertEvents("complete INSERT 1", "error 23505");
    }

    @Test
    void behindAnErrorNothingFollowsButReadyForQuery() {
        query.play(SYNTAX_ERROR);

        assertThatThrownBy(() -> query.play(commandComplete("SELECT 1")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CommandComplete in phase FAILED, which does not allow it");
    }

    @Test
    void aBareReadyForQueryIsTheAnswerToSomethingElse() {
        assertThatThrownBy(() -> query.play(IDLE))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ReadyForQuery in phase FIRST_RESULT, which does not allow it");
    }

    @Test
    void rowsWithoutColumnsAreRows() {
        query.play(rowDescription(), dataRow(), dataRow(), commandComplete("SELECT 2"), IDLE);

        assertEvents("columns []", "row []", "row []", "complete SELECT 2");
    }

    @Test
    void aDescriptionMayBeReplacedBeforeTheFirstRow() {
        query.play(rowDescription(), rowDescription(), rowDescription(int4("a")), dataRow("1"));
        query.play(commandComplete("CALL"), IDLE);

        assertEvents("columns []", "columns []", "columns [a:23/0]", "row [1]", "complete CALL -1");
    }

    @Test
    void aDescriptionMayNotBeReplacedBehindARow() {
        query.play(rowDescription(int4("a")), dataRow("1"));

        assertThatThrownBy(() -> query.play(rowDescription()))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent RowDescription in phase ROWS, which does not allow it");
    }

    @Test
    void aDescriptionMayNotBeReplacedBehindADiscardedRow() {
        query.sink().demand(Demand.DISCARD);
        query.play(rowDescription(int4("a")), dataRow("1"));

        assertThatThrownBy(() -> query.play(rowDescription(int4("a")))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void theColumnsOfAnEarlierResultDoNotDescribeLaterRows() {
        query.play(rowDescription(int4("a")), commandComplete("SELECT 0"));

        assertThatThrownBy(() -> query.play(dataRow("1")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow in phase RESULT, which does not allow it");
    }

    @Test
    void aRowOfAnotherWidthIsAViolation() {
        query.play(rowDescription(int4("a")));

        assertThatThrownBy(() -> query.play(dataRow("1", "2"))).isInstanceOf(ProtocolViolation.class);
        assertEvents("columns [a:23/0]");
    }

    @Test
    void withoutDemandItPausesInFrontOfTheRowAndOffersItAgain() {
        query.sink().demand(Demand.NONE);
        query.play(rowDescription(int4("a")), dataRow("1"), dataRow("2"), commandComplete("SELECT 2"), IDLE);
        for (int i = 0; i < 3; i++) {
            assertThat(query.feed().goOn().signals()).endsWith(Signal.PAUSE);
            assertEvents("columns [a:23/0]");
            assertThat(query.sent()).isEmpty();
        }

        query.sink().demand(Demand.ROW, Demand.NONE);
        query.feed().goOn();
        assertEvents("columns [a:23/0]", "row [1]");

        query.sink().demand(Demand.ROW);
        query.feed().goOn();
        assertEvents("columns [a:23/0]", "row [1]", "row [2]", "complete SELECT 2");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void aRowNobodyWantsIsNotEvenRead() {
        query.sink().demand(Demand.ROW, Demand.DISCARD);
        byte[] malformed = Wire.message('D', Wire.int16(7));
        query.play(rowDescription(int4("a")), dataRow("1"), malformed, dataRow("3"), commandComplete("SELECT 3"), IDLE);

        assertEvents("columns [a:23/0]", "row [1]", "complete SELECT 3");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void onlyRowsWaitForDemand() {
        query.sink().demand(Demand.NONE);
        query.play(commandComplete("BEGIN"), EMPTY_QUERY_RESPONSE, SYNTAX_ERROR, FAILED_TRANSACTION);

        assertEvents("complete BEGIN -1", "empty", "error 42601");
        assertDone(TransactionStatus.FAILED);
    }

    @Test
    void copyInIsRefusedByCopyFailAndItsErrorIsOurs() {
        query.play(COPY_IN_RESPONSE);

        assertEvents("copy IN");
        assertThat(query.sent())
                .isEqualTo(Wire.message('f', Wire.cString("the statement was executed as a query, not as a COPY")));
        assertThat(query.ledger().owed()).isEqualTo(1);

        query.play(COPY_REFUSED, IDLE);
        assertEvents("copy IN");
        assertThat(query.sent()).isEmpty();
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void copyInMayFollowOtherResults() {
        query.play(commandComplete("CREATE TABLE"), COPY_IN_RESPONSE, COPY_REFUSED, IDLE);

        assertEvents("complete CREATE TABLE -1", "copy IN");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void copyIntoAViewFailsOfItselfAndCopyFailIsIgnored() {
        query.play(COPY_IN_RESPONSE, error("42809"), IDLE);

        assertEvents("copy IN");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void theDataOfCopyOutIsDropped() {
        query.play(COPY_OUT_RESPONSE, copyData("1\ta\n"), copyData(""), COPY_DONE, commandComplete("COPY 1"), IDLE);

        assertEvents("copy OUT");
        assertThat(query.sent()).isEmpty();
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void aCopyOutOfNothingIsOne() {
        query.play(COPY_OUT_RESPONSE, COPY_DONE, commandComplete("COPY 0"), IDLE);

        assertEvents("copy OUT");
    }

    @Test
    void resultsBehindCopyOutGoOn() {
        query.play(COPY_OUT_RESPONSE, COPY_DONE, commandComplete("COPY 0"), commandComplete("SET"), IDLE);

        assertEvents("copy OUT", "complete SET -1");
    }

    @Test
    void copyOutMayFailBetweenItsData() {
        query.play(COPY_OUT_RESPONSE, copyData("1\n"), error("22012"), IDLE);

        assertEvents("copy OUT", "error 22012");
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void aMalformedCopyInResponseIsNotAnswered() {
        assertThatThrownBy(() -> query.play(Wire.message('G', Wire.int8(7), Wire.int16(0))))
                .isInstanceOf(ProtocolViolation.class);
        assertThat(query.sent()).isEmpty();
        assertThat(query.events()).isEmpty();
    }

    private void assertEvents(String... events) {
        assertThat(query.events()).containsExactly(events);
    }

    private void assertDone(TransactionStatus status) {
        assertThat(query.feed().isDone()).isTrue();
        assertThat(query.feed().unread()).isEmpty();
        assertThat(query.state().transactionStatus()).isEqualTo(status);
        assertThat(query.ledger().owed()).isZero();
    }
}
