package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.BYTEA;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.encode;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteaCodecTest {

    private static final byte[] BYTES = {0, 1, ' ', '\\', 'a', '~', 127, (byte) 0x80, (byte) 0xFF};

    @Test
    void bothFormsOfTextGiveTheBytes() {
        assertThat(decodeText(BYTEA, Object.class, "\\x0001205c617e7f80ff")).isEqualTo(BYTES);
        assertThat(decodeText(BYTEA, byte[].class, "\\x0001205C617E7F80FF")).isEqualTo(BYTES);
        assertThat(decodeText(BYTEA, byte[].class, "\\000\\001 \\\\a~\\177\\200\\377")).isEqualTo(BYTES);
        assertThat(decodeText(BYTEA, byte[].class, "")).isEmpty();
        assertThat(decodeText(BYTEA, byte[].class, "\\x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\x0", "\\xg0", "\\x 0", "\\", "\\1", "\\12", "\\400", "\\08 ", "a\\", "é", "\t"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> decodeText(BYTEA, byte[].class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not a value of bytea");
    }

    @Test
    void aByteBufferIsACopyOnTheHeap() {
        ByteBuffer buffer = decodeHex(BYTEA, ByteBuffer.class, "0102");
        assertThat(buffer.hasArray()).isTrue();
        assertThat(buffer).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(decodeText(BYTEA, ByteBuffer.class, "\\x0102")).isEqualTo(buffer);
    }

    @Test
    void bytesAreSentAsTheyAreOrInHexadecimal() {
        assertThat(encode(BYTEA, Format.BINARY, BYTES)).isEqualTo(BYTES);
        assertThat(encodeText(BYTEA, BYTES)).isEqualTo("\\x0001205c617e7f80ff");
        assertThat(encodeText(BYTEA, new byte[0])).isEqualTo("\\x");
    }

    @Test
    void theRemainingBytesOfAnyBufferAreSentAndTheBufferIsLeftAsItIs() {
        ByteBuffer direct = ByteBuffer.allocateDirect(4).put(new byte[] {9, 1, 2, 9}).position(1).limit(3);
        for (ByteBuffer buffer : new ByteBuffer[] {direct, direct.asReadOnlyBuffer()}) {
            assertThat(encodeHex(BYTEA, buffer)).isEqualTo("0102");
            assertThat(encodeText(BYTEA, buffer)).isEqualTo("\\x0102");
            assertThat(buffer.position()).isEqualTo(1);
            assertThat(buffer.limit()).isEqualTo(3);
        }
    }

    @Test
    void allBytesReturnInBothFormats() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (Format format : Format.values()) {
            assertThat(decode(BYTEA, format, byte[].class, encode(BYTEA, format, all))).isEqualTo(all);
        }
    }
}
