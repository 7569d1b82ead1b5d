package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.PORTAL_SUSPENDED;
import static io.fluxgres.internal.protocol.Answers.column;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static io.fluxgres.internal.protocol.Answers.textColumn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import io.fluxgres.internal.protocol.ResultSink.Demand;
import io.fluxgres.internal.protocol.RowDescription.Column;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExtendedQueryStateTest {

    private static final RowDescription ONE_INT4 =
            new RowDescription(List.of(new Column("id", 0, (short) 0, 23, (short) 4, -1, 1)));

    @Test
    void theDescriptionOfAStatementComesBeforeBindAndTakesItsFormat() {
        Conversation query = Conversation.parsing(0, Describe.STATEMENT, 1);
        query.play(PARSE_COMPLETE, parameterDescription(23, 25), rowDescription(int4("id"), textColumn("t")));
        query.play(BIND_COMPLETE, dataRow("\0\0\0\7", "x"), commandComplete("SELECT 1"), IDLE);

        assertEvents(
                query,
                "parsed",
                "parameters [23, 25]",
                "columns [id:23/1, t:25/1]",
                "row [\0\0\0\7, x]",
                "complete SELECT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aStateThatHasEndedStartsAgain() {
        Conversation first = Conversation.prepared(0, ONE_INT4);
        first.play(BIND_COMPLETE, dataRow("1"), error("22012"), FAILED_TRANSACTION);
        assertDone(first, TransactionStatus.FAILED);

        Conversation second = first.again(1, ONE_INT4);
        second.play(CLOSE_COMPLETE, BIND_COMPLETE, dataRow("7"), commandComplete("SELECT 1"), IDLE);

        assertEvents(second, "columns [id:23/1]", "row [7]", "complete SELECT 1");
        assertDone(second, TransactionStatus.IDLE);
    }

    @Test
    void aStateThatIsInUseDoesNotStartAgain() {
        Conversation conversation = Conversation.prepared(0, ONE_INT4);
        conversation.play(BIND_COMPLETE);

        assertThatThrownBy(() -> conversation.again(0, ONE_INT4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStateThatParsedIsNotUsedAgain() {
        ExtendedQueryState state =
                ExtendedQueryState.parsing(new RecordingSink(), new DataRow(), 0, Describe.PORTAL, 0);

        assertThat(state.release()).isFalse();
    }

    @Test
    void theDescriptionOfAStatementStaysTextIfBindAskedForText() {
        Conversation query = Conversation.parsing(Describe.STATEMENT);
        query.play(PARSE_COMPLETE, parameterDescription(), rowDescription(int4("id")), BIND_COMPLETE);
        query.play(dataRow("7"), commandComplete("SELECT 1"), IN_TRANSACTION);

        assertEvents(query, "parsed", "parameters []", "columns [id:23/0]", "row [7]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void aStatementWithoutRowsHasNoData() {
        Conversation query = Conversation.parsing(0, Describe.STATEMENT, 1);
        query.play(PARSE_COMPLETE, parameterDescription(23), NO_DATA, BIND_COMPLETE);
        query.play(commandComplete("INSERT 0 1"), IDLE);

        assertEvents(query, "parsed", "parameters [23]", "no data", "complete INSERT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void theDescriptionOfAPortalComesBehindBindWithTheFormatsOfItsRows() {
        Conversation query = Conversation.parsing(0, Describe.PORTAL, 1);
        query.play(PARSE_COMPLETE, BIND_COMPLETE, rowDescription(column("id", 23, 4, 1), textColumn("t")));
        query.play(dataRow("\0\0\0\7", "x"), commandComplete("SELECT 1"), IDLE);

        assertEvents(query, "parsed", "columns [id:23/1, t:25/0]", "row [\0\0\0\7, x]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aPortalWithoutRowsHasNoData() {
        Conversation query = Conversation.parsing(Describe.PORTAL);
        query.play(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA, commandComplete("SET"), IDLE);

        assertEvents(query, "parsed", "no data", "complete SET -1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aCommandNeedsNoDescription() {
        Conversation query = Conversation.parsing(Describe.NOTHING);
        query.play(PARSE_COMPLETE, BIND_COMPLETE, commandComplete("BEGIN"), IN_TRANSACTION);

        assertEvents(query, "parsed", "complete BEGIN -1");
        assertDone(query, TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void aPreparedStatementBringsItsDescription() {
        Conversation query = Conversation.prepared(0, ONE_INT4);
        query.play(BIND_COMPLETE, dataRow("\0\0\0\7"), commandComplete("SELECT 1"), IDLE);

        assertEvents(query, "columns [id:23/1]", "row [\0\0\0\7]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aPreparedStatementWithoutRowsIsATag() {
        Conversation query = Conversation.prepared(0, null);
        query.play(BIND_COMPLETE, commandComplete("UPDATE 3"), IDLE);

        assertEvents(query, "complete UPDATE 3");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void eachCloseInFrontIsAnsweredFirst() {
        Conversation parsing = Conversation.parsing(2, Describe.PORTAL, 0);
        parsing.play(CLOSE_COMPLETE, CLOSE_COMPLETE, PARSE_COMPLETE, BIND_COMPLETE, NO_DATA);
        parsing.play(commandComplete("SET"), IDLE);
        assertEvents(parsing, "parsed", "no data", "complete SET -1");

        Conversation prepared = Conversation.prepared(1, ONE_INT4);
        prepared.play(CLOSE_COMPLETE, BIND_COMPLETE, commandComplete("SELECT 0"), IDLE);
        assertEvents(prepared, "columns [id:23/1]", "complete SELECT 0");
        assertDone(prepared, TransactionStatus.IDLE);
    }

    @Test
    void oneCloseCompleteMoreThanClosesIsAViolation() {
        Conversation query = Conversation.parsing(2, Describe.PORTAL, 0);

        assertThatThrownBy(() -> query.play(CLOSE_COMPLETE, CLOSE_COMPLETE, CLOSE_COMPLETE))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CloseComplete in phase PARSE, which does not allow it");
    }

    @Test
    void anEmptyStatementHasNeitherRowsNorATag() {
        Conversation query = Conversation.parsing(Describe.STATEMENT);
        query.play(PARSE_COMPLETE, parameterDescription(), NO_DATA, BIND_COMPLETE, EMPTY_QUERY_RESPONSE, IDLE);

        assertEvents(query, "parsed", "parameters []", "no data", "empty");
        assertDone(query, TransactionStatus.IDLE);
    }

    /** Whole answers without ReadyForQuery; the server may fail in front of each of their messages and at the end. */
    static Stream<Arguments> shapes() {
        return Stream.of(
                shape(
                        () -> Conversation.parsing(2, Describe.STATEMENT, 0),
                        CLOSE_COMPLETE,
                        CLOSE_COMPLETE,
                        PARSE_COMPLETE,
                        parameterDescription(23),
                        rowDescription(int4("id")),
                        BIND_COMPLETE,
                        dataRow("1"),
                        dataRow("2"),
                        commandComplete("SELECT 2")),
                shape(
                        () -> Conversation.parsing(1, Describe.PORTAL, 1),
                        CLOSE_COMPLETE,
                        PARSE_COMPLETE,
                        BIND_COMPLETE,
                        NO_DATA,
                        commandComplete("INSERT 0 1")),
                shape(
                        () -> Conversation.parsing(Describe.NOTHING),
                        PARSE_COMPLETE,
                        BIND_COMPLETE,
                        commandComplete("COMMIT")),
                shape(
                        () -> Conversation.prepared(1, ONE_INT4),
                        CLOSE_COMPLETE,
                        BIND_COMPLETE,
                        dataRow("1"),
                        commandComplete("SELECT 1")));
    }

    private interface Fresh {
        Conversation conversation();
    }

    private static Arguments shape(Fresh fresh, byte[]... messages) {
        return Arguments.of(fresh, messages);
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("shapes")
    void anErrorAtEachStepEndsTheGroupAtItsSync(Fresh fresh, byte[][] messages) {
        for (int step = 0; step <= messages.length; step++) {
            Conversation query = fresh.conversation();
            IntStream.range(0, step).forEach(i -> query.play(messages[i]));
            int events = query.events().size();
            query.play(error("22012"));
            assertThat(query.feed().isDone()).isFalse();
            query.play(FAILED_TRANSACTION);

            assertThat(query.events()).hasSize(events + 1).endsWith("error 22012");
            assertDone(query, TransactionStatus.FAILED);
        }
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("shapes")
    void noStepOfAGroupMayBeMissing(Fresh fresh, byte[][] messages) {
        for (int missing = 0; missing < messages.length; missing++) {
            if (messages[missing][0] == BackendMessage.DATA_ROW) {
                continue;
            }
            Conversation query = fresh.conversation();
            IntStream.range(0, missing).forEach(i -> query.play(messages[i]));
            byte[] next = missing + 1 < messages.length ? messages[missing + 1] : IDLE;
            boolean repeated = next[0] == messages[missing][0];
            if (!repeated) {
                assertThatThrownBy(() -> query.play(next)).isInstanceOf(ProtocolViolation.class);
            }
        }
    }

    @Test
    void behindAnErrorNothingFollowsButReadyForQuery() {
        Conversation query = Conversation.parsing(Describe.STATEMENT).play(error("42601"));

        assertThatThrownBy(() -> query.play(PARSE_COMPLETE))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ParseComplete in phase FAILED, which does not allow it");
    }

    @Test
    void rowsOfAStatementThatHasNoneAreAViolation() {
        Conversation noData = Conversation.parsing(Describe.PORTAL).play(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA);
        assertThatThrownBy(() -> noData.play(dataRow("1")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow in phase EXECUTE, which does not allow it");

        Conversation prepared = Conversation.prepared(0, null).play(BIND_COMPLETE);
        assertThatThrownBy(() -> prepared.play(dataRow())).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aRowOfAnotherWidthThanThePreparedStatementIsAViolation() {
        Conversation query = Conversation.prepared(0, ONE_INT4).play(BIND_COMPLETE);

        assertThatThrownBy(() -> query.play(dataRow("1", "2")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow with 2 values for 1 columns");
        assertEvents(query, "columns [id:23/1]");
    }

    @Test
    void nothingSuspendsAPortalThatWasExecutedToItsEnd() {
        Conversation query = Conversation.prepared(0, ONE_INT4).play(BIND_COMPLETE, dataRow("1"));

        assertThatThrownBy(() -> query.play(PORTAL_SUSPENDED)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void duringCallDescriptionsWithoutColumnsMayComeBeforeTheEnd() {
        Conversation query = Conversation.parsing(Describe.NOTHING);
        query.play(PARSE_COMPLETE, BIND_COMPLETE, rowDescription(), rowDescription(), commandComplete("CALL"), IDLE);

        assertEvents(query, "parsed", "columns []", "columns []", "complete CALL -1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void duringExecutionNoDescriptionMayBringColumns() {
        Conversation query = Conversation.prepared(0, ONE_INT4).play(BIND_COMPLETE);

        assertThatThrownBy(() -> query.play(rowDescription(int4("other"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent RowDescription in phase EXECUTE, which does not allow it");
    }

    @Test
    void behindARowNoDescriptionMayCome() {
        Conversation query = Conversation.prepared(0, ONE_INT4).play(BIND_COMPLETE, dataRow("1"));

        assertThatThrownBy(() -> query.play(rowDescription())).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void withoutDemandItPausesInFrontOfTheRowAndOffersItAgain() {
        Conversation query = Conversation.prepared(0, ONE_INT4);
        query.sink().demand(Demand.NONE);
        query.play(BIND_COMPLETE, dataRow("1"), dataRow("2"), commandComplete("SELECT 2"), IDLE);
        for (int i = 0; i < 3; i++) {
            assertThat(query.feed().goOn().signals()).endsWith(Signal.PAUSE);
            assertEvents(query, "columns [id:23/1]");
            assertThat(query.sent()).isEmpty();
        }

        query.sink().demand(Demand.ROW, Demand.NONE);
        query.feed().goOn();
        assertEvents(query, "columns [id:23/1]", "row [1]");

        query.sink().demand(Demand.DISCARD);
        query.feed().goOn();
        assertEvents(query, "columns [id:23/1]", "row [1]", "complete SELECT 2");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aPauseInFrontOfTheFirstRowDoesNotCountAsARow() {
        Conversation query = Conversation.prepared(0, ONE_INT4);
        query.sink().demand(Demand.NONE);
        query.play(BIND_COMPLETE, dataRow("1"));
        assertThat(query.feed().signals()).endsWith(Signal.PAUSE);

        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        in.next(Unpooled.wrappedBuffer(rowDescription()));
        assertThat(query.state().onMessage(in, query.feed().out())).isEqualTo(Signal.CONTINUE);
    }

    @Test
    void aRowNobodyWantsIsNotEvenRead() {
        Conversation query = Conversation.prepared(0, ONE_INT4);
        query.sink().demand(Demand.DISCARD);
        query.play(BIND_COMPLETE, Wire.message('D', Wire.int16(7)), commandComplete("SELECT 1"), IDLE);

        assertEvents(query, "columns [id:23/1]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    private static void assertEvents(Conversation query, String... events) {
        assertThat(query.events()).containsExactly(events);
    }

    private static void assertDone(Conversation query, TransactionStatus status) {
        assertThat(query.feed().isDone()).isTrue();
        assertThat(query.feed().unread()).isEmpty();
        assertThat(query.state().transactionStatus()).isEqualTo(status);
        assertThat(query.ledger().owed()).isZero();
        assertThat(query.sent()).isEmpty();
    }
}
