package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.join;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendReaderTest {

    private final BackendReader in = new BackendReader(MessageLimits.DEFAULT);

    @Test
    void framesOneMessageAfterTheOther() {
        ByteBuf buffer = buffer(message('1'), message('C', cString("BEGIN")), message('Z', int8('I')));

        assertThat(in.next(buffer)).isTrue();
        assertThat(in.type()).isEqualTo((byte) '1');
        assertThat(in.remaining()).isZero();
        in.finish();

        assertThat(in.next(buffer)).isTrue();
        assertThat(in.type()).isEqualTo((byte) 'C');
        assertThat(in.readCString()).isEqualTo("BEGIN");
        in.finish();

        assertThat(in.next(buffer)).isTrue();
        assertThat(in.readByte()).isEqualTo((byte) 'I');
        in.finish();

        assertThat(buffer.isReadable()).isFalse();
        assertThat(in.next(buffer)).isFalse();
    }

    @Test
    void nextMovesNothingUntilFinish() {
        ByteBuf buffer = buffer(message('Z', int8('I')));

        in.next(buffer);
        in.readByte();

        assertThat(buffer.readerIndex()).isZero();
        assertThat(in.next(buffer)).isTrue();
        assertThat(in.readByte()).isEqualTo((byte) 'I');
    }

    @Test
    void framesBehindBytesThatWereReadBefore() {
        ByteBuf buffer = buffer(text("read"), message('Z', int8('T')));
        buffer.skipBytes(4);

        assertThat(in.next(buffer)).isTrue();
        assertThat(in.readByte()).isEqualTo((byte) 'T');
        in.finish();
        assertThat(buffer.isReadable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 5", "4, 5", "5, 11", "10, 11"})
    void neededIsAHeaderUntilTheHeaderTellsTheLength(int arrived, int needed) {
        ByteBuf buffer = buffer(message('C', cString("BEGIN"))).writerIndex(arrived);

        assertThat(in.next(buffer)).isFalse();
        assertThat(in.needed()).isEqualTo(needed);
        assertThat(buffer.readerIndex()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 3, 0x80000000, 0xfffffffb})
    void aLengthBelowTheLengthWordItselfIsAViolation(int length) {
        in.authenticated();

        assertThatThrownBy(() -> in.next(buffer(int8('T'), int32(length))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage(
                        "the server sent RowDescription with length " + length + ", less than the length word itself");
    }

    @Test
    void anEmptyBodyIsAMessage() {
        assertThat(in.next(buffer(int8('n'), int32(4)))).isTrue();
        assertThat(in.remaining()).isZero();
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(false, 'R', 100),
                Arguments.of(false, 'D', 100),
                Arguments.of(false, 'E', 100),
                Arguments.of(true, 'D', 10_000),
                Arguments.of(true, 'd', 10_000),
                Arguments.of(true, 'R', 1_000),
                Arguments.of(true, 'T', 1_000),
                Arguments.of(true, 'E', 1_000),
                Arguments.of(true, 0xff, 1_000));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aMessageUpToItsLimitIsFramed(boolean authenticated, int type, int limit) {
        for (int length : new int[] {limit - 1, limit}) {
            BackendReader limited = limited(authenticated);

            assertThat(limited.next(buffer(message(type, new byte[length - 4]))))
                    .isTrue();
            assertThat(limited.remaining()).isEqualTo(length - 4);
        }
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aMessageAboveItsLimitIsRefusedByItsHeader(boolean authenticated, int type, int limit) {
        for (int length : new int[] {limit + 1, 0x7fffffff}) {
            BackendReader limited = limited(authenticated);

            assertThatThrownBy(() -> limited.next(buffer(int8(type), int32(length))))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageContaining(BackendMessage.name((byte) type))
                    .hasMessageContaining("length " + length + ", above the limit of " + limit + " bytes");
        }
    }

    private static BackendReader limited(boolean authenticated) {
        BackendReader reader = new BackendReader(new MessageLimits(100, 10_000, 1_000));
        if (authenticated) {
            reader.authenticated();
        }
        return reader;
    }

    @Test
    void aRowMayBeAlmostOneGibibyteAndNothingIsAllocatedForIt() {
        in.authenticated();
        int longest = (1 << 30) - 1;
        ByteBuf buffer = buffer(int8('D'), int32(longest));

        assertThat(in.next(buffer)).isFalse();
        assertThat(in.needed()).isEqualTo(1 << 30);
        assertThat(buffer.capacity()).isEqualTo(BackendReader.HEADER_LENGTH);
        assertThatThrownBy(() -> in.next(buffer(int8('D'), int32(longest + 1)))).isInstanceOf(ProtocolViolation.class);
    }

    static Stream<Arguments> foreignPeers() {
        return Stream.of(
                Arguments.of("HTTP", text("HTTP/1.1 400 Bad Request\r\n\r\n")),
                Arguments.of("SSH", text("SSH-2.0-OpenSSH_9.9\r\n")),
                Arguments.of("SMTP", text("220 mail.example.org ESMTP\r\n")),
                Arguments.of("Redis", text("-ERR unknown command\r\n")),
                Arguments.of("TLS alert", HexFormat.of().parseHex("15030100020228")),
                Arguments.of("TLS 1.3 handshake", HexFormat.of().parseHex("160303007a0200")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foreignPeers")
    void aPeerThatIsNotPostgreSqlIsRefusedWithAHint(String name, byte[] greeting) {
        assertThatThrownBy(() -> in.next(buffer(greeting)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageEndingWith("before authentication; is it a PostgreSQL server?");
    }

    @Test
    void behindAuthenticationTheHintIsGone() {
        assertThat(in.isAuthenticated()).isFalse();
        in.authenticated();

        assertThat(in.isAuthenticated()).isTrue();
        assertThatThrownBy(() -> in.next(buffer(text("HTTP/1.1 400 Bad Request"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageNotContaining("PostgreSQL");
    }

    @Test
    void readsEachKindOfField() {
        in.next(buffer(message(
                'X',
                int8(-2),
                int16(0xfffe),
                int16(0xfffe),
                int32(-3),
                cString("aé\uD83D\uDE00"),
                text("raw"),
                text("skip"))));

        assertThat(in.readByte()).isEqualTo((byte) -2);
        assertThat(in.readUnsignedShort()).isEqualTo(0xfffe);
        assertThat(in.readShort()).isEqualTo((short) -2);
        assertThat(in.readInt()).isEqualTo(-3);
        assertThat(in.readCString()).isEqualTo("aé\uD83D\uDE00");
        assertThat(in.readBytes(3)).isEqualTo("raw".getBytes(StandardCharsets.US_ASCII));
        in.skip(4);
        assertThat(in.remaining()).isZero();
    }

    @Test
    void bytesThatAreNotUtf8BecomeReplacementCharacters() {
        in.next(buffer(message('N', new byte[] {(byte) 0xff, 'a', 0})));

        assertThat(in.readCString()).isEqualTo("\uFFFDa");
    }

    @Test
    void noReadGoesBehindTheEndOfTheBodyIntoTheNextMessage() {
        ByteBuf buffer = buffer(message('X', text("abc")), message('C', cString("SELECT 1")));
        in.next(buffer);

        assertEndsBehindTheMessage(() -> in.readInt());
        assertEndsBehindTheMessage(() -> in.readBytes(4));
        assertEndsBehindTheMessage(() -> in.readBytes(Integer.MAX_VALUE));
        assertEndsBehindTheMessage(() -> in.readBytes(-1));
        assertEndsBehindTheMessage(() -> in.skip(4));
        assertEndsBehindTheMessage(() -> in.skip(-1));
        assertEndsBehindTheMessage(() -> in.skip(Integer.MAX_VALUE));
        in.skip(2);
        assertEndsBehindTheMessage(() -> in.readShort());
        assertEndsBehindTheMessage(() -> in.readUnsignedShort());
        in.skip(1);
        assertEndsBehindTheMessage(() -> in.readByte());
        assertThat(in.remaining()).isZero();
    }

    private static void assertEndsBehindTheMessage(Runnable read) {
        assertThatThrownBy(read::run)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent 0x58 with a field that ends behind the message");
    }

    @Test
    void aStringWithoutItsTerminatorDoesNotBorrowThatOfTheNextMessage() {
        in.next(buffer(message('C', text("SELECT 1")), message('C', cString("SELECT 2"))));

        assertThatThrownBy(in::readCString)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CommandComplete with a string without its terminator");
    }

    @Test
    void aBodyThatIsNotReadToItsEndCannotBeFinished() {
        ByteBuf buffer = buffer(message('Z', int8('I'), int8('I')));
        in.next(buffer);
        in.readByte();

        assertThatThrownBy(in::finish)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ReadyForQuery with 1 bytes behind its last field");
        assertThat(buffer.readerIndex()).isZero();
    }

    @Test
    void finishingTwiceMovesOnce() {
        ByteBuf buffer = buffer(message('1'), message('2'));
        in.next(buffer);

        in.finish();
        in.finish();

        assertThat(in.next(buffer)).isTrue();
        assertThat(in.type()).isEqualTo((byte) '2');
    }

    @Test
    void aSkippedBodyCanBeFinished() {
        ByteBuf buffer = buffer(message('d', text("data")));
        in.next(buffer);

        in.skipBody();
        in.finish();

        assertThat(buffer.isReadable()).isFalse();
    }

    @Test
    void restartReadsTheBodyOnceMore() {
        ByteBuf buffer = buffer(text("x"), message('A', int32(7), cString("c")));
        buffer.skipBytes(1);
        in.next(buffer);
        in.readInt();
        in.readCString();

        in.restart();

        assertThat(in.remaining()).isEqualTo(6);
        assertThat(in.readInt()).isEqualTo(7);
        assertThat(in.readCString()).isEqualTo("c");
        in.finish();
        assertThat(buffer.isReadable()).isFalse();
    }

    @Test
    void violationsNameTheMessageByTheManualOrByItsByte() {
        in.next(buffer(message(0x07)));

        assertThat(in.violation("nonsense")).hasMessage("the server sent 0x07 with nonsense");
    }

    private static ByteBuf buffer(byte[]... parts) {
        return Unpooled.wrappedBuffer(join(parts));
    }
}
