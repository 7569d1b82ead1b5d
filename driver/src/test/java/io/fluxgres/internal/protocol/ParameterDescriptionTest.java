package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterDescriptionTest {

    @Test
    void readsTheTypes() {
        ParameterDescription parameters = read(parameterDescription(23, 0, 0xfffffffe));

        assertThat(parameters.size()).isEqualTo(3);
        assertThat(parameters.typeOid(0)).isEqualTo(23);
        assertThat(parameters.typeOid(1)).isZero();
        assertThat(parameters.typeOid(2)).isEqualTo(0xfffffffe);
    }

    @Test
    void noParametersAreLegal() {
        assertThat(read(parameterDescription()).size()).isZero();
    }

    @Test
    void theCountIsUnsigned() {
        assertThat(read(parameterDescription(new int[65_535])).size()).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 32_767})
    void aCountThatDoesNotFitTheBodyIsAViolation(int count) {
        assertThatThrownBy(() -> read(message('t', int16(count), int32(23))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ParameterDescription with " + (count & 0xffff) + " parameters in 4 bytes");
    }

    @Test
    void aBodyWithoutACountIsAViolation() {
        assertThatThrownBy(() -> read(message('t'))).isInstanceOf(ProtocolViolation.class);
    }

    private static ParameterDescription read(byte[] message) {
        return Bodies.read(message, ParameterDescription::read);
    }
}
