package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static io.fluxgres.internal.protocol.Answers.textColumn;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrepareStateTest {

    private final Conversation prepare = Conversation.prepare();
    private final PrepareState state = prepare.prepareState();

    @Test
    void describesParametersAndColumns() {
        prepare.play(PARSE_COMPLETE, parameterDescription(23, 25), rowDescription(int4("id"), textColumn("t")), IDLE);

        assertThat(RecordingSink.typeOids(Objects.requireNonNull(state.parameters())))
                .isEqualTo("[23, 25]");
        assertThat(RecordingSink.columns(Objects.requireNonNull(state.columns())))
                .isEqualTo("[id:23/0, t:25/0]");
        assertThat(state.error()).isNull();
        assertDone(TransactionStatus.IDLE);
    }

    @Test
    void aStatementWithoutRowsHasNoColumns() {
        prepare.play(PARSE_COMPLETE, parameterDescription(), NO_DATA, IN_TRANSACTION);

        assertThat(Objects.requireNonNull(state.parameters()).size()).isZero();
        assertThat(state.columns()).isNull();
        assertThat(state.error()).isNull();
        assertDone(TransactionStatus.IN_TRANSACTION);
    }

    @Test
    void anErrorAtEachStepIsKept() {
        byte[][] messages = {PARSE_COMPLETE, parameterDescription(23), rowDescription(int4("id"))};
        for (int step = 0; step <= messages.length; step++) {
            Conversation failing = Conversation.prepare();
            failing.play(Arrays.copyOf(messages, step)).play(error("42P18"), FAILED_TRANSACTION);

            PrepareState failed = failing.prepareState();
            assertThat(Objects.requireNonNull(failed.error()).sqlState()).isEqualTo("42P18");
            assertThat(failed.parameters() != null).isEqualTo(step > 1);
            assertThat(failed.columns() != null).isEqualTo(step > 2);
            assertThat(failing.feed().isDone()).isTrue();
            assertThat(failed.transactionStatus()).isEqualTo(TransactionStatus.FAILED);
            assertThat(failing.ledger().owed()).isZero();
        }
    }

    private void assertDone(TransactionStatus status) {
        assertThat(prepare.feed().isDone()).isTrue();
        assertThat(state.transactionStatus()).isEqualTo(status);
        assertThat(prepare.ledger().owed()).isZero();
        assertThat(prepare.sent()).isEmpty();
    }
}
