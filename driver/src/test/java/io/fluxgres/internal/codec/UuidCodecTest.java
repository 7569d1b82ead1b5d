package io.fluxgres.internal.codec;

import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UuidCodecTest {

    private static final String TEXT = "f190a6b2-7c3d-8e4f-8a5b-ec7d8e9fa0b1";
    private static final String HEX = TEXT.replace("-", "");

    @Test
    void isReadFromBothFormats() {
        assertThat(decodeText(PgType.UUID, Object.class, TEXT)).isEqualTo(UUID.fromString(TEXT));
        assertThat(decodeHex(PgType.UUID, UUID.class, HEX)).isEqualTo(UUID.fromString(TEXT));
        assertThat(decodeHex(PgType.UUID, String.class, HEX)).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "f190a6b27c3d8e4f8a5bec7d8e9fa0b1",
                "{f190a6b2-7c3d-8e4f-8a5b-ec7d8e9fa0b1}",
                "f190a6b2-7c3d-8e4f-8a5b-ec7d8e9fa0bg",
                "f190a6b2-7c3d-8e4f-8a5b-ec7d8e9fa0b",
                "f190a6b-27c3d-8e4f-8a5b-ec7d8e9fa0b1",
                "f190a6b2-7c3d-8e4f-8a5b--c7d8e9fa0b1"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(PgType.UUID, UUID.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of uuid");
    }

    @Test
    void aBinaryValueOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> decodeHex(PgType.UUID, UUID.class, HEX + "00"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of uuid has 17 bytes instead of 16");
    }

    @Test
    void isSentInBothFormats() {
        assertThat(encodeHex(PgType.UUID, UUID.fromString(TEXT))).isEqualTo(HEX);
        assertThat(encodeText(PgType.UUID, UUID.fromString(TEXT))).isEqualTo(TEXT);
    }
}
