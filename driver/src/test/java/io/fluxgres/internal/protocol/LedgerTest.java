package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();

    @Test
    void eachRequestOwesOneReadyForQuery() {
        ledger.sent();
        ledger.sent();
        assertThat(ledger.owed()).isEqualTo(2);

        ledger.received();
        ledger.received();
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void aSurplusIsAViolationAndStaysOne() {
        ledger.sent();
        ledger.received();

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(ledger::received)
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessage("the server sent ReadyForQuery that no request is waiting for");
        }
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void aSwallowedSyncIsNotOwed() {
        ledger.sent();
        ledger.swallowed();
        ledger.sent();

        ledger.received();
        assertThatThrownBy(ledger::received).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aSyncThatIsAnsweredAfterAllComesInAdditionToWhatIsDue() {
        ledger.sent();
        long due = ledger.due();
        ledger.swallowed();
        ledger.sent();
        ledger.notSwallowed();
        assertThat(ledger.owed()).isEqualTo(2);

        ledger.received();
        assertThatThrownBy(() -> ledger.requireBalance(due)).isInstanceOf(ProtocolViolation.class);
        ledger.received();
        ledger.requireBalance(due);
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void aConversationThatEndsBeforeItsReadyForQueryIsAViolation() {
        ledger.sent();
        long due = ledger.due();
        ledger.sent();

        assertThatThrownBy(() -> ledger.requireBalance(due))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server owes 1 ReadyForQuery behind a finished request");
        ledger.received();
        ledger.requireBalance(due);
    }

    @Test
    void whatIsTakenBackIsNotOwed() {
        ledger.sent();
        long mark = ledger.owed();
        ledger.sent();
        ledger.sent();

        ledger.rewind(mark);

        assertThat(ledger.owed()).isEqualTo(1);
    }
}
