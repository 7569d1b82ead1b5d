package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestTagTest {

    private final BackendReader reader = new BackendReader(MessageLimits.DEFAULT);

    LatestTagTest() {
        reader.authenticated();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SET", "UPDATE", "DISCARD", "SELECT 2", "INSERT 0 17", "INSERT 0 1234567", "CREATE TEXT SEARCH"})
    void theSameTagAgainIsTheSame(String tag) {
        CommandTag first = read(tag);

        assertThat(read(tag)).isEqualTo(first);
        assertThat(read(tag)).isEqualTo(first);
    }

    @Test
    void aTagThatDiffersInOneByteOrInLengthIsAnother() {
        String[] tags = {
            "INSERT 0 17",
            "INSERT 0 18",
            "INSERT 1 18",
            "INSERT 0 1",
            "INSERT 0 10",
            "INSERT 0 100",
            "UPDATE 17",
            "UPDATE 7",
            "DELETE 7",
            "DELETE 77777777",
            "DELETE 77777778"
        };
        for (String before : tags) {
            for (String tag : tags) {
                read(before);
                assertThat(read(tag)).isEqualTo(Bodies.read(commandComplete(tag), CommandTag::read));
            }
        }
    }

    @Test
    void whatLacksItsTerminatorOrGoesOnBehindItIsAViolationEachTime() {
        read("SELECT 17");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> read(message("53454c454354203137"))).isInstanceOf(ProtocolViolation.class);
            assertThatThrownBy(() -> read(message("53454c4543542031370000"))).isInstanceOf(ProtocolViolation.class);
        }
        assertThat(read("SELECT 17")).isEqualTo(new CommandTag("SELECT", 17));
    }

    private CommandTag read(String tag) {
        return read(Unpooled.wrappedBuffer(commandComplete(tag)));
    }

    private static ByteBuf message(String body) {
        byte[] bytes = HexFormat.of().parseHex(body);
        return Unpooled.buffer().writeByte('C').writeInt(4 + bytes.length).writeBytes(bytes);
    }

    private CommandTag read(ByteBuf message) {
        assertThat(reader.next(message)).isTrue();
        CommandTag tag = reader.readCommandTag();
        reader.finish();
        return tag;
    }
}
