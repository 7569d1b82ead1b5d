package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.negotiateProtocolVersion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiateProtocolVersionTest {

    @Test
    void readsTheVersionAndTheOptions() {
        NegotiateProtocolVersion offer = read(negotiateProtocolVersion(0x30002, "_pq_.a", "_pq_.b"));

        assertThat(offer.version()).isEqualTo(ProtocolVersion.V3_2);
        assertThat(offer.unrecognizedOptions()).containsExactly("_pq_.a", "_pq_.b");
    }

    @Test
    void aBareMinorVersionIsOneOfMajor3() {
        assertThat(read(negotiateProtocolVersion(0)).version()).isEqualTo(ProtocolVersion.V3_0);
        assertThat(read(negotiateProtocolVersion(2)).version()).isEqualTo(ProtocolVersion.V3_2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x10000, 0x20000, 0x20002, 0x40000, 0x80030000})
    void anotherMajorVersionIsNotTakenForMajor3(int version) {
        assertThat(read(negotiateProtocolVersion(version)).version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 8, Integer.MAX_VALUE})
    void anImpossibleNumberOfOptionsIsAViolation(int count) {
        assertThatThrownBy(() -> read(message('v', int32(0x30000), int32(count), cString("_pq_.a"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent NegotiateProtocolVersion with an impossible number of options");
    }

    @Test
    void fewerOptionsThanAnnouncedAreAViolation() {
        assertThatThrownBy(() -> read(message('v', int32(0x30000), int32(2), cString("_pq_.a"))))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void moreOptionsThanAnnouncedAreAViolation() {
        assertThatThrownBy(() -> read(message('v', int32(0x30000), int32(1), cString("_pq_.a"), cString("_pq_.b"))))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aBodyThatIsCutOffIsAViolation() {
        assertThatThrownBy(() -> read(message('v', int32(0x30000)))).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> read(message('v'))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void versionsHaveTheManualsNames() {
        assertThat(ProtocolVersion.name(ProtocolVersion.V3_0)).isEqualTo("3.0");
        assertThat(ProtocolVersion.name(ProtocolVersion.V3_1)).isEqualTo("3.1");
        assertThat(ProtocolVersion.name(ProtocolVersion.V3_2)).isEqualTo("3.2");
        assertThat(ProtocolVersion.name(0xffff0000)).isEqualTo("65535.0");
    }

    private static NegotiateProtocolVersion read(byte[] message) {
        return Bodies.read(message, NegotiateProtocolVersion::read);
    }
}
