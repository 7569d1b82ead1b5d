package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "fluxgres_0a1b2c3d_17"})
    void isWrittenWithItsTerminator(String text) {
        ByteBuf out = Unpooled.buffer();
        Name name = Name.of(text);
        name.write(out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(text + '\0');
        assertThat(name.length()).isEqualTo(out.readableBytes());
        assertThat(name).hasToString(text);
    }

    @Test
    void noNameIsThatOfTheUnnamedOnes() {
        assertThat(Name.of("")).isSameAs(Name.UNNAMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"app\0user\0admin", "\0", "a b", "a\"b", "a;b", "\u00e9", "\uD83D", "\u0661"})
    void whatIsNotALetterADigitOrAnUnderscoreOfAsciiIsRefused(String text) {
        assertThatThrownBy(() -> Name.of(text))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("letters, digits and underscores")
                .hasMessageNotContaining(text);
    }
}
