package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.backendKeyData;
import static io.fluxgres.internal.protocol.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendKeyDataTest {

    @Test
    void inProtocol30TheSecretKeyHas4Bytes() {
        BackendKeyData key =
                read(backendKeyData(4711, (byte) 1, (byte) 0, (byte) 0xff, (byte) 4), ProtocolVersion.V3_0);

        assertThat(key.processId()).isEqualTo(4711);
        assertThat(key.secretKey()).containsExactly(1, 0, 0xff, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 32, 255, 256})
    void inProtocol32TheSecretKeyHas4To256Bytes(int length) {
        assertThat(read(backendKeyData(1, new byte[length]), ProtocolVersion.V3_2)
                        .secretKey())
                .hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 32, 256})
    void inProtocol30AnyOtherLengthIsAViolation(int length) {
        assertThatThrownBy(() -> read(backendKeyData(1, new byte[length]), ProtocolVersion.V3_0))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent BackendKeyData with a secret key of " + length
                        + " bytes; protocol 3.0 allows 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 257, 60_000})
    void inProtocol32AnyOtherLengthIsAViolation(int length) {
        assertThatThrownBy(() -> read(backendKeyData(1, new byte[length]), ProtocolVersion.V3_2))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent BackendKeyData with a secret key of " + length
                        + " bytes; protocol 3.2 allows 4 to 256");
    }

    @Test
    void aBodyWithoutAProcessIdIsAViolation() {
        assertThatThrownBy(() -> read(message('K', new byte[3]), ProtocolVersion.V3_0))
                .isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Integer.MIN_VALUE})
    void anyProcessIdIsLegal(int processId) {
        assertThat(read(backendKeyData(processId, new byte[4]), ProtocolVersion.V3_0)
                        .processId())
                .isEqualTo(processId);
    }

    @Test
    void doesNotShowItsSecret() {
        assertThat(read(backendKeyData(-1, (byte) 0x53, (byte) 0x45, (byte) 0x43, (byte) 0x52), ProtocolVersion.V3_0))
                .hasToString("BackendKeyData[4294967295]");
    }

    private static BackendKeyData read(byte[] message, int protocolVersion) {
        return Bodies.read(message, in -> BackendKeyData.read(in, protocolVersion));
    }
}
