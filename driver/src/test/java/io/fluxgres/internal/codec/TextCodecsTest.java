package io.fluxgres.internal.codec;

import static io.fluxgres.codec.PgType.CHAR;
import static io.fluxgres.codec.PgType.INT4;
import static io.fluxgres.codec.PgType.TEXT;
import static io.fluxgres.internal.codec.CodecFixture.assertNotEncodable;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decodeHex;
import static io.fluxgres.internal.codec.CodecFixture.decodeText;
import static io.fluxgres.internal.codec.CodecFixture.decoder;
import static io.fluxgres.internal.codec.CodecFixture.encode;
import static io.fluxgres.internal.codec.CodecFixture.encodeHex;
import static io.fluxgres.internal.codec.CodecFixture.encodeText;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextCodecsTest {

    static List<PgType> textTypes() {
        return List.of(TEXT, PgType.VARCHAR, PgType.BPCHAR, PgType.NAME, BuiltinTypes.UNKNOWN);
    }

    @ParameterizedTest
    @MethodSource("textTypes")
    void textIsAStringByNature(PgType type) {
        assertThat(decodeText(type, Object.class, "Grüße 😀 ")).isEqualTo("Grüße 😀 ");
        assertThat(decodeHex(type, CharSequence.class, "c3a9")).isEqualTo("é");
    }

    @Test
    void aByteArrayIsTheTextInUtf8() {
        assertThat(decodeText(TEXT, byte[].class, "é")).isEqualTo(new byte[] {(byte) 0xC3, (byte) 0xA9});
        assertThat(encodeHex(TEXT, new byte[] {(byte) 0xC3, (byte) 0xA9})).isEqualTo("c3a9");
    }

    @Test
    void aCharacterIsTextOfOneUnit() {
        assertThat(decodeText(TEXT, char.class, "é")).isEqualTo('é');
        assertThat(decodeText(CHAR, Character.class, "a")).isEqualTo('a');
        assertThat(encodeText(TEXT, 'é')).isEqualTo("é");
        assertThat(encodeHex(CHAR, 'a')).isEqualTo("61");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "😀"})
    void otherTextIsNoCharacter(String text) {
        assertThatThrownBy(() -> decodeText(TEXT, char.class, text))
                .isInstanceOf(CodecException.class)
                .hasMessage("the text is not exactly one char");
    }

    @Test
    void numbersAndBooleansAreNotReadOutOfText() {
        for (PgType type : textTypes()) {
            for (Class<?> asked : List.of(int.class, Long.class, BigDecimal.class, Number.class, boolean.class)) {
                assertThat(decoder(type, Format.TEXT, asked)).isNull();
                assertThat(decoder(type, Format.BINARY, asked)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c3",
                "c328",
                "c0af",
                "c1bf",
                "e28228",
                "e080af",
                "eda080",
                "edbfbf",
                "f0808080",
                "f0288cbc",
                "f4908080",
                "f8888080",
                "ff",
                "6161616161616161c3",
                "61616161616161ff6161616161616161"
            })
    void bytesThatAreNotUtf8AreRefusedAndNotReplaced(String hex) {
        for (Class<?> asked : List.of(String.class, byte[].class)) {
            assertThatThrownBy(() -> decodeHex(TEXT, asked, hex))
                    .isInstanceOf(CodecException.class)
                    .hasMessage("the text is not valid UTF-8");
        }
    }

    @Test
    void aReplacementCharacterThatTheServerSentIsText() {
        assertThat(decodeHex(TEXT, String.class, "61efbfbd62")).isEqualTo("a\uFFFDb");
    }

    @Test
    void utf8IsWhatTheStrictDecoderOfTheJdkTakes() {
        Random random = new Random(3);
        for (int i = 0; i < 50_000; i++) {
            byte[] field = new byte[1 + random.nextInt(6)];
            random.nextBytes(field);
            if (random.nextBoolean()) {
                field[0] = (byte) (0xC0 | random.nextInt(0x40));
            }
            String expected;
            try {
                expected = UTF_8.newDecoder().decode(ByteBuffer.wrap(field)).toString();
            } catch (CharacterCodingException e) {
                assertThatThrownBy(() -> decode(TEXT, Format.TEXT, String.class, field))
                        .isInstanceOf(CodecException.class);
                continue;
            }
            assertThat(decode(TEXT, Format.TEXT, String.class, field)).isEqualTo(expected);
        }
    }

    @Test
    void anyCharacterSequenceIsSent() {
        assertThat(encodeText(TEXT, new StringBuilder("é"))).isEqualTo("é");
        assertThat(encodeHex(PgType.VARCHAR, "a😀é")).isEqualTo("61f09f9880c3a9");
        assertThat(encode(TEXT, Format.BINARY, "ab".repeat(100_000))).hasSize(200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0b", "\ud83d", "\ud83da", "\ude00", "\ude00\ud83d", "é\ud83d\ud83d\ude00"})
    void whatTheServerCannotHoldIsNotSent(String text) {
        assertNotEncodable(TEXT, text);
        assertThatThrownBy(() -> encode(INT4, Format.TEXT, text)).isInstanceOf(CodecException.class);
    }

    @Test
    void aCharThatIsHalfAPairIsNotSent() {
        assertNotEncodable(TEXT, '\ud83d');
        assertNotEncodable(TEXT, '\0');
    }

    @Test
    void aSingleByteIsOneOfAllBytes() {
        for (int octet = 0; octet < 256; octet++) {
            byte[] field = {(byte) octet};
            String text = decode(CHAR, Format.BINARY, String.class, field);
            assertThat(encode(CHAR, Format.BINARY, text)).isEqualTo(field);
            assertThat(encodeText(CHAR, text)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "é", "\0", "\\177", "\\400", "\\20", "\\2000", "\\28 ", "1200"})
    void aSingleByteTakesNoOtherString(String text) {
        assertNotEncodable(CHAR, text);
    }

    @Test
    void aSingleByteHasLengthOne() {
        assertThatThrownBy(() -> decodeHex(CHAR, String.class, "6161"))
                .isInstanceOf(CodecException.class)
                .hasMessage("the binary value of char has 2 bytes instead of 1");
    }
}
