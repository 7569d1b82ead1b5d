package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.readyForQuery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionStatusTest {

    @ParameterizedTest
    @CsvSource({"I, IDLE", "T, IN_TRANSACTION", "E, FAILED"})
    void readsTheStatusOfReadyForQuery(char status, TransactionStatus expected) {
        assertThat(read(readyForQuery(status))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(chars = {'X', 'i', 0, 0xff})
    void anyOtherStatusIsAViolation(char status) {
        assertThatThrownBy(() -> read(readyForQuery(status)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ReadyForQuery with an unknown transaction status");
    }

    @Test
    void noStatusAndTwoAreViolations() {
        assertThatThrownBy(() -> read(message('Z'))).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> read(message('Z', int8('I'), int8('I')))).isInstanceOf(ProtocolViolation.class);
    }

    private static TransactionStatus read(byte[] message) {
        return Bodies.read(message, TransactionStatus::read);
    }
}
