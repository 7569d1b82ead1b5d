package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.COPY_DONE;
import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_REFUSED;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.copyData;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A COPY that came by the extended protocol as an ordinary statement. */
class ExtendedCopyTest {

    private final Conversation query = Conversation.parsing(Describe.PORTAL);

    @BeforeEach
    void executed() {
        query.play(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA);
        query.events().clear();
    }

    @Test
    void copyInIsRefusedByCopyFailAndASyncInPlaceOfTheSwallowedOne() {
        query.play(COPY_IN_RESPONSE);

        assertThat(query.sent())
                .isEqualTo(Wire.join(
                        Wire.message('f', Wire.cString("the statement was executed as a query, not as a COPY")),
                        Wire.message('S')));
        assertThat(query.ledger().owed()).isEqualTo(1);
        assertThat(query.events()).containsExactly("copy IN");

        query.play(COPY_REFUSED);
        assertThat(query.ledger().owed()).isEqualTo(1);
        query.play(IDLE);
        assertThat(query.events()).containsExactly("copy IN");
        assertDone();
    }

    @Test
    void aSecondReadyForQueryBehindCopyInIsASurplus() {
        query.play(COPY_IN_RESPONSE, COPY_REFUSED, IDLE);

        assertThatThrownBy(query.ledger()::received).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void copyIntoAViewFailsBeforeTheSyncIsSwallowedSoBothSyncsAreAnswered() {
        query.play(COPY_IN_RESPONSE, error("42809"));
        assertThat(query.ledger().owed()).isEqualTo(2);
        query.play(IDLE);
        assertThat(query.feed().isDone()).isFalse();
        assertThat(query.ledger().owed()).isEqualTo(1);

        query.play(IDLE);
        assertThat(query.events()).containsExactly("copy IN");
        assertDone();
    }

    @Test
    void betweenTheTwoReadyForQueryNothingElseMayCome() {
        query.play(COPY_IN_RESPONSE, error("42809"));
        assertThatThrownBy(() -> query.play(error("42809")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ErrorResponse in phase SYNC_NOT_SWALLOWED, which does not allow it");
    }

    @Test
    void copyFailIsAnsweredByAnErrorOnly() {
        query.play(COPY_IN_RESPONSE);

        assertThatThrownBy(() -> query.play(commandComplete("COPY 0")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CommandComplete in phase COPY_FAILED, which does not allow it");
    }

    @Test
    void aMalformedCopyInResponseIsNotAnswered() {
        assertThatThrownBy(() -> query.play(Wire.message('G', Wire.int8(0), Wire.int16(-1))))
                .isInstanceOf(ProtocolViolation.class);
        assertThat(query.sent()).isEmpty();
        assertThat(query.ledger().owed()).isEqualTo(1);
        assertThat(query.events()).isEmpty();
    }

    @Test
    void theDataOfCopyOutIsDropped() {
        query.play(
                COPY_OUT_RESPONSE, copyData("1\ta\n"), copyData("2\tb\n"), COPY_DONE, commandComplete("COPY 2"), IDLE);

        assertThat(query.events()).containsExactly("copy OUT");
        assertThat(query.sent()).isEmpty();
        assertDone();
    }

    @Test
    void copyOutMayFailBetweenItsDataAndBehindIt() {
        query.play(COPY_OUT_RESPONSE, copyData("1\n"), error("22012"), IDLE);
        assertThat(query.events()).containsExactly("copy OUT", "error 22012");
        assertDone();

        Conversation behind = Conversation.prepared(0, null);
        behind.play(BIND_COMPLETE, COPY_OUT_RESPONSE, COPY_DONE, error("22012"), IDLE);
        assertThat(behind.events()).containsExactly("copy OUT", "error 22012");
    }

    @Test
    void aCopyCannotBeginBehindARow() {
        Conversation rows = Conversation.parsing(Describe.PORTAL)
                .play(PARSE_COMPLETE, BIND_COMPLETE, rowDescription(int4("a")), dataRow("1"));

        assertThatThrownBy(() -> rows.play(COPY_IN_RESPONSE)).isInstanceOf(ProtocolViolation.class);
        assertThat(rows.sent()).isEmpty();
    }

    private void assertDone() {
        assertThat(query.feed().isDone()).isTrue();
        assertThat(query.ledger().owed()).isZero();
        assertThat(query.state().transactionStatus()).isEqualTo(TransactionStatus.IDLE);
    }
}
