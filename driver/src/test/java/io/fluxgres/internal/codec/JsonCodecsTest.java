package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.JSON;
import static io.fluxgres.codec.PgType.JSONB;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecsTest {

    @Test
    void aDocumentIsItsText() {
        assertThat(decodeText(JSON, Object.class, "{\"a\" : 1}")).isEqualTo("{\"a\" : 1}");
        assertThat(decodeHex(JSON, String.class, "7b7d")).isEqualTo("{}");
        assertThat(decodeText(JSONB, CharSequence.class, "{}")).isEqualTo("{}");
        assertThat(decodeHex(JSONB, Object.class, "017b7d")).isEqualTo("{}");
    }

    @Test
    void aByteArrayIsTheTextInUtf8WithoutTheVersion() {
        assertThat(decodeHex(JSON, byte[].class, "7b7d")).isEqualTo("{}".getBytes(UTF_8));
        assertThat(decodeHex(JSONB, byte[].class, "017b7d")).isEqualTo("{}".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7b7d", "027b7d", "00"})
    void anotherVersionIsRefused(String hex) {
        assertThatThrownBy(() -> decodeHex(JSONB, String.class, hex))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of jsonb is not of version 1");
    }

    @Test
    void theVersionIsSentInBinaryOnly() {
        assertThat(encodeHex(JSON, "{}")).isEqualTo("7b7d");
        assertThat(encodeHex(JSONB, "{}")).isEqualTo("017b7d");
        assertThat(encodeText(JSONB, new StringBuilder("{}"))).isEqualTo("{}");
        assertThat(encodeHex(JSONB, "{}".getBytes(UTF_8))).isEqualTo("017b7d");
        assertThat(encodeText(JSONB, "{}".getBytes(UTF_8))).isEqualTo("{}");
        assertThat(encodeHex(JSON, "{}".getBytes(UTF_8))).isEqualTo("7b7d");
    }

    @Test
    void whatTheServerCannotHoldIsNotSent() {
        assertNotEncodable(JSON, "\"\0\"");
        assertNotEncodable(JSONB, "\"\ud83d\"");
    }
}
