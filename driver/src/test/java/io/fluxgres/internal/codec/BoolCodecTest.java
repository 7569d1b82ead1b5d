package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.BOOL;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoolCodecTest {

    @Test
    void isTrueOrFalse() {
        assertThat(decodeText(BOOL, boolean.class, "t")).isTrue();
        assertThat(decodeText(BOOL, Boolean.class, "f")).isFalse();
        assertThat(decodeHex(BOOL, boolean.class, "01")).isTrue();
        assertThat(decodeHex(BOOL, Object.class, "00")).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", "T", "1", "tt"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(BOOL, boolean.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of bool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"02", "ff"})
    void otherBytesAreRefused(String hex) {
        assertThatThrownBy(() -> decodeHex(BOOL, boolean.class, hex))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of bool is neither 0 nor 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0001"})
    void otherLengthsAreRefused(String hex) {
        assertThatThrownBy(() -> decodeHex(BOOL, boolean.class, hex))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of bool has " + hex.length() / 2 + " bytes instead of 1");
    }

    @Test
    void isSentAsOneLetterOrOneByte() {
        assertThat(encodeText(BOOL, true)).isEqualTo("t");
        assertThat(encodeText(BOOL, false)).isEqualTo("f");
        assertThat(encodeHex(BOOL, true)).isEqualTo("01");
        assertThat(encodeHex(BOOL, false)).isEqualTo("00");
    }
}
