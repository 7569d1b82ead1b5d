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
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.PortalSink.Fetch;
import io.fluxgres.internal.protocol.ResultSink.Demand;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortalStateTest {

    private static final RowDescription ONE_INT4 =
            new RowDescription(List.of(new Column("id", 0, (short) 0, 23, (short) 4, -1, 0)));

    private static final byte[] ROW = dataRow("1");

    private static Conversation portal(int fetchSize) {
        return Conversation.preparedPortal(fetchSize, ONE_INT4).play(BIND_COMPLETE);
    }

    private static void playRows(Conversation query, int rows) {
        IntStream.range(0, rows).forEach(i -> query.play(ROW));
    }

    /** Behind so many rows of the first chunk less than half of it is left. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "7, 4", "10, 6"})
    void theNextExecuteIsSentWhenLessThanHalfOfTheChunkIsLeft(int fetchSize, int rows) {
        Conversation query = portal(fetchSize);
        playRows(query, rows - 1);
        assertThat(query.sentInShort()).isEmpty();

        playRows(query, 1);
        assertThat(query.sentInShort()).isEqualTo("E" + fetchSize + " H");

        playRows(query, fetchSize - rows);
        query.play(PORTAL_SUSPENDED);
        assertThat(query.sentInShort()).isEmpty();
        playRows(query, rows - 1);
        assertThat(query.sentInShort()).isEmpty();
        playRows(query, 1);
        assertThat(query.sentInShort()).isEqualTo("E" + fetchSize + " H");
    }

    @Test
    void aCompletionBehindAsManyRowsAsTheLimitIsToldForTheRestMayBeLost() {
        Conversation query = portal(2);
        query.play(ROW, ROW, commandComplete("SELECT 4"));
        assertThat(query.sentInShort()).isEqualTo("E2 H S");
        query.play(commandComplete("SELECT 0"), IDLE);

        assertEvents(query, "columns [id:23/0]", "row [1]", "row [1]", "limit 2", "complete SELECT 4");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void whenTheRowsEndWithAChunkOneMoreExecuteFindsNone() {
        Conversation query = portal(2);
        query.play(ROW, ROW, PORTAL_SUSPENDED);
        assertThat(query.sentInShort()).isEqualTo("E2 H");
        query.play(commandComplete("SELECT 0"));
        assertThat(query.sentInShort()).isEqualTo("S");
        query.play(IDLE);

        assertEvents(query, "columns [id:23/0]", "row [1]", "row [1]", "complete SELECT 0");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void whenTheRowsEndInFrontOfAnExecuteThatWasSentAheadItsEndIsNotReported() {
        Conversation query = portal(3);
        query.play(ROW, ROW, commandComplete("SELECT 2"));
        assertThat(query.sentInShort()).isEqualTo("E3 H S");
        query.play(commandComplete("SELECT 0"), IDLE);

        assertEvents(query, "columns [id:23/0]", "row [1]", "row [1]", "complete SELECT 2");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void withFewRowsTheSyncFollowsTheEnd() {
        Conversation query = Conversation.parsingPortal(5);
        query.play(PARSE_COMPLETE, parameterDescription(), rowDescription(int4("id")), BIND_COMPLETE, ROW);
        assertThat(query.sentInShort()).isEmpty();
        query.play(commandComplete("SELECT 1"));
        assertThat(query.sentInShort()).isEqualTo("S");
        query.play(IDLE);

        assertEvents(query, "parsed", "parameters []", "columns [id:23/0]", "row [1]", "complete SELECT 1");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aStatementWithoutRowsEndsLikeAnyOther() {
        Conversation query = Conversation.parsingPortal(5);
        query.play(PARSE_COMPLETE, parameterDescription(), NO_DATA, BIND_COMPLETE, commandComplete("INSERT 0 1"));
        assertThat(query.sentInShort()).isEqualTo("S");
        query.play(IDLE);
        assertDone(query, TransactionStatus.IDLE);

        Conversation empty = Conversation.preparedPortal(5, null).play(BIND_COMPLETE, EMPTY_QUERY_RESPONSE);
        assertThat(empty.sentInShort()).isEqualTo("S");
        empty.play(IDLE);
        assertEvents(empty, "empty");
        assertDone(empty, TransactionStatus.IDLE);
    }

    @Test
    void ifSomeoneWaitsAllTheRestIsFetchedAndTheSyncGoesWithIt() {
        Conversation query = portal(4);
        PortalState state = (PortalState) query.state();
        query.play(ROW, ROW);
        query.sink().fetch(Fetch.REST);
        assertThat(state.isSyncSent()).isFalse();
        query.play(ROW);
        assertThat(query.sentInShort()).isEqualTo("E0 S");
        assertThat(state.isSyncSent()).isTrue();

        query.play(ROW, PORTAL_SUSPENDED);
        playRows(query, 20);
        query.play(commandComplete("SELECT 20"), IDLE);

        assertThat(query.sink().fetches()).isOne();
        assertThat(query.events()).hasSize(26).endsWith("complete SELECT 20");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void nothingSuspendsTheRest() {
        Conversation query = portal(1);
        query.sink().fetch(Fetch.REST);
        query.play(ROW, PORTAL_SUSPENDED, ROW);

        assertThatThrownBy(() -> query.play(PORTAL_SUSPENDED))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent PortalSuspended in phase EXECUTE, which does not allow it");
    }

    @Test
    void ifNobodyWantsMoreThePortalIsClosed() {
        Conversation query = portal(2);
        query.sink().demand(Demand.DISCARD);
        query.sink().fetch(Fetch.NOTHING);
        query.play(ROW, ROW);
        assertThat(query.sentInShort()).isEmpty();
        query.play(PORTAL_SUSPENDED);
        assertThat(query.sentInShort()).isEqualTo("C S");
        query.play(CLOSE_COMPLETE, IDLE);

        assertEvents(query, "columns [id:23/0]");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void anExecuteThatWasSentAheadIsReadToItsEndBeforeThePortalIsClosed() {
        Conversation query = portal(2);
        query.play(ROW, ROW);
        assertThat(query.sentInShort()).isEqualTo("E2 H");
        query.sink().demand(Demand.DISCARD);
        query.sink().fetch(Fetch.NOTHING);
        query.play(PORTAL_SUSPENDED, ROW, ROW);
        assertThat(query.sentInShort()).isEmpty();
        query.play(PORTAL_SUSPENDED);
        assertThat(query.sentInShort()).isEqualTo("C S");
        query.play(CLOSE_COMPLETE, IDLE);

        assertDone(query, TransactionStatus.IDLE);
    }

    /** Every answer of a group that ends with CommandComplete, without the ReadyForQuery. */
    private static List<byte[]> answer() {
        return new ArrayList<>(List.of(
                PARSE_COMPLETE,
                parameterDescription(),
                rowDescription(int4("id")),
                BIND_COMPLETE,
                ROW,
                ROW,
                PORTAL_SUSPENDED,
                ROW,
                ROW,
                commandComplete("SELECT 2"),
                commandComplete("SELECT 0")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void anErrorAtEachStepIsFollowedByOneSyncAndEndsTheGroup(int step) {
        Conversation query = Conversation.parsingPortal(2);
        answer().subList(0, step).forEach(query::play);
        query.play(error("57014"));
        assertThat(query.feed().isDone()).isFalse();
        query.play(FAILED_TRANSACTION);

        String sent = query.sentInShort();
        assertThat(sent.chars().filter(type -> type == 'S').count()).isOne();
        assertThat(sent).endsWith("S");
        assertThat(query.events()).endsWith("error 57014");
        assertThat(query.state().transactionStatus()).isEqualTo(TransactionStatus.FAILED);
        assertThat(query.ledger().owed()).isZero();
    }

    @Test
    void anErrorBehindTheSyncOfTheRestIsFollowedByNoOther() {
        Conversation query = portal(1);
        query.sink().fetch(Fetch.REST);
        query.play(ROW, PORTAL_SUSPENDED, ROW, error("22012"), IDLE);

        assertThat(query.sentInShort()).isEqualTo("E0 S");
        assertThat(query.events()).endsWith("error 22012");
        assertThat(query.ledger().owed()).isZero();
    }

    @Test
    void anErrorMayComeInThePlaceOfCloseComplete() {
        Conversation query = portal(1);
        query.sink().fetch(Fetch.NOTHING);
        query.play(ROW, PORTAL_SUSPENDED, error("57014"), IDLE);

        assertThat(query.sentInShort()).isEqualTo("C S");
        assertThat(query.events()).endsWith("error 57014");
        assertThat(query.ledger().owed()).isZero();
    }

    @Test
    void theCommitMayFailBehindTheEnd() {
        Conversation query = portal(2);
        query.play(commandComplete("SELECT 0"), error("23505"), IDLE);

        assertEvents(query, "columns [id:23/0]", "complete SELECT 0", "error 23505");
        assertThat(query.sentInShort()).isEqualTo("S");
        assertDone(query, TransactionStatus.IDLE);
    }

    @Test
    void aChunkThatIsSuspendedTooEarlyOrTooLateIsAViolation() {
        Conversation early = portal(2).play(ROW);
        assertThatThrownBy(() -> early.play(PORTAL_SUSPENDED)).isInstanceOf(ProtocolViolation.class);

        Conversation late = portal(2).play(ROW, ROW);
        assertThatThrownBy(() -> late.play(ROW))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow in phase EXECUTE, which does not allow it");
    }

    @Test
    void readyForQueryBeforeTheSyncIsAViolation() {
        Conversation query = portal(2).play(ROW, ROW, PORTAL_SUSPENDED);

        assertThatThrownBy(() -> query.play(IN_TRANSACTION)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void withoutDemandItPausesInFrontOfTheRowAndFetchesNothing() {
        Conversation query = portal(1);
        query.sink().demand(Demand.NONE);
        query.play(ROW, PORTAL_SUSPENDED);
        for (int i = 0; i < 3; i++) {
            assertThat(query.feed().goOn().signals()).endsWith(Signal.PAUSE);
        }
        assertThat(query.sink().fetches()).isZero();
        assertThat(query.sentInShort()).isEmpty();

        query.sink().demand(Demand.ROW);
        query.feed().goOn();
        assertThat(query.sentInShort()).isEqualTo("E1 H");
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
