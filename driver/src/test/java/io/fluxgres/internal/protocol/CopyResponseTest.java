package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.message;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyResponseTest {

    @Test
    void textAndBinaryFormatsAreLegal() {
        assertThatCode(() -> check(message('G', int8(0), int16(2), int16(0), int16(0))))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(message('H', int8(1), int16(1), int16(1)))).doesNotThrowAnyException();
        assertThatCode(() -> check(message('H', int8(0), int16(0)))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 0x80, 0xff})
    void anyOtherFormatIsAViolation(int format) {
        assertThatThrownBy(() -> check(message('G', int8(format), int16(0))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("CopyInResponse with format code");
        assertThatThrownBy(() -> check(message('G', int8(0), int16(1), int16(format))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CopyInResponse with format code " + format);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 32_767})
    void aCountThatDoesNotFitTheBodyIsAViolation(int columns) {
        assertThatThrownBy(() -> check(message('H', int8(0), int16(columns), int16(0))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CopyOutResponse with " + (columns & 0xffff) + " columns in 2 bytes");
    }

    @Test
    void aBodyThatIsCutOffIsAViolation() {
        assertThatThrownBy(() -> check(message('G'))).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> check(message('G', int8(0), int8(0)))).isInstanceOf(ProtocolViolation.class);
    }

    private static void check(byte[] message) {
        Bodies.read(message, in -> {
            CopyResponse.check(in);
            return in;
        });
    }
}
