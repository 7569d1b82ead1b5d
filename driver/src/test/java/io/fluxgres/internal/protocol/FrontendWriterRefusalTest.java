package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontendWriterRefusalTest {

    /** The greatest length word that PostgreSQL accepts: its PQ_LARGE_MESSAGE_LIMIT. */
    private static final int LONGEST = 0x3ffffffe;

    private final Ledger ledger = new Ledger();

    static Stream<Arguments> stringsOfMessages() {
        return Stream.of(
                strings("the SQL", (out, s) -> out.query(s)),
                strings("the SQL", (out, s) -> out.parse(Name.UNNAMED, s, Parameters.NONE)),
                strings("the reason of CopyFail", FrontendWriter::copyFail),
                strings("the SASL mechanism", (out, s) -> out.saslInitialResponse(s, new byte[0])),
                strings("a startup parameter's name", (out, s) -> out.startup(ProtocolVersion.V3_0, Map.of(s, "x"))),
                strings("a startup parameter", (out, s) -> out.startup(ProtocolVersion.V3_0, Map.of("user", s))));
    }

    private interface Write {
        void write(FrontendWriter out, String string);
    }

    private static Arguments strings(String what, Write write) {
        return Arguments.of(what, write);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("stringsOfMessages")
    void noStringMayContainNul(String what, Write write) {
        assertRefused(out -> write.write(out, "app\0user\0admin"), what + " contains a NUL character");
        assertRefused(out -> write.write(out, "\0"), what + " contains a NUL character");
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("stringsOfMessages")
    void noStringMayContainAnUnpairedSurrogate(String what, Write write) {
        for (String unpaired : new String[] {"a\uD83D", "a\uDE00", "\uD83Da", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"}) {
            assertRefused(
                    out -> write.write(out, unpaired),
                    what + " contains an unpaired surrogate, which UTF-8 cannot carry");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "\u007f",
                "\u0080",
                "\u07ff",
                "\u0800",
                "\ud7ff",
                "\ue000",
                "\uffff",
                "\uD83D\uDE00",
                "é€😀"
            })
    void everyOtherStringIsWrittenAsUtf8(String string) {
        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
        out.query(string);

        assertThat(taken(out)).isEqualTo(Wire.message('Q', Wire.cString(string)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "€", "\uD83D\uDE00", "a€", "é\uD83D\uDE00"})
    void theMemoryReservedForAStringIsEnoughWhateverItsLength(String string) {
        for (int times = 1; times < 6_000; times += 17) {
            String repeated = string.repeat(times);
            FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
            out.query(repeated);

            assertThat(taken(out)).isEqualTo(Wire.message('Q', Wire.cString(repeated)));
        }
    }

    @Test
    void noPasswordMayContainNul() {
        assertRefused(out -> out.password(new byte[] {'a', 0, 'b'}), "the password contains a NUL character");
    }

    @Test
    void aStartupParameterWithoutNameWouldEndTheList() {
        assertRefused(out -> out.startup(ProtocolVersion.V3_0, Map.of("", "x")), "a startup parameter has no name");
    }

    @Test
    void sixtyFiveThousandFiveHundredAndThirtyFiveParametersAreWritten() {
        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
        out.parse(Name.UNNAMED, "", BoundValues.nulls(65_535));
        out.bind(Name.UNNAMED, Name.UNNAMED, BoundValues.nulls(65_535), 0);

        byte[] bytes = taken(out);
        assertThat(bytes).hasSize(1 + 4 + 2 + 2 + 4 * 65_535 + 1 + 4 + 2 + 2 + 2 + 4 * 65_535 + 2);
        assertThat(bytes).startsWith('P', 0, 4, 0, 4, 0, 0, 0xff, 0xff);
    }

    @Test
    void oneParameterMoreIsRefused() {
        String message = "a statement has 65536 parameters; the protocol carries at most 65535";
        assertRefused(out -> out.parse(Name.UNNAMED, "", BoundValues.nulls(65_536)), message);
        assertRefused(out -> out.bind(Name.UNNAMED, Name.UNNAMED, BoundValues.nulls(65_536), 0), message);
    }

    @Test
    void whatWasWrittenSinceAPlaceIsTakenBackWhenAnEncoderThrows() {
        IllegalArgumentException failure = new IllegalArgumentException("cannot encode");
        BoundValues values = new BoundValues().int4(1).add(23, 1, out -> {
            out.writeInt(2);
            throw failure;
        });

        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
        out.query("before");
        int start = out.size();
        long owed = out.owed();
        out.parse(Name.UNNAMED, "select $1", values);
        out.describeStatement(Name.UNNAMED);
        out.sync();
        assertThatThrownBy(() -> out.bind(Name.UNNAMED, Name.UNNAMED, values, 1))
                .isSameAs(failure);
        assertThat(ledger.owed()).isEqualTo(2);
        out.rewind(start, owed);

        assertThat(ledger.owed()).isEqualTo(1);
        out.query("behind");
        assertThat(taken(out))
                .isEqualTo(Wire.join(
                        Wire.message('Q', Wire.cString("before")), Wire.message('Q', Wire.cString("behind"))));
    }

    @Test
    void everythingIsTakenBackToThePlaceBeforeTheFirstByte() {
        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
        out.rewind(0, 0);
        assertThat(out.take()).isNull();

        out.sync();
        out.rewind(0, 0);
        assertThat(ledger.owed()).isZero();
        assertThat(taken(out)).isEmpty();
    }

    @Test
    void anEncoderCannotTurnItsValueIntoNullByTakingBytesBack() {
        BoundValues values = new BoundValues().add(25, 0, out -> out.writerIndex(out.writerIndex() - 1));

        assertRefused(
                out -> out.bind(Name.UNNAMED, Name.UNNAMED, values, 0),
                "the encoder of parameter $1 took back bytes that are not its own");
    }

    @Test
    void theLongestMessageThatTheServerAcceptsIsWritten() {
        FrontendWriter out = new FrontendWriter(new EndlessMemory(), ledger);
        // the length word, two names, two counts, the value's length and the list of result formats
        int around = 4 + 2 + 2 + 2 + 4 + 2;

        assertThatCode(() ->
                        out.bind(Name.UNNAMED, Name.UNNAMED, new BoundValues().add(17, 0, skip(LONGEST - around)), 0))
                .doesNotThrowAnyException();
        assertThat(out.size()).isEqualTo(1 + LONGEST);
        assertThat(start(out, 5)).isEqualTo("423ffffffe");
    }

    @Test
    void aLongerMessageIsRefused() {
        int around = 4 + 2 + 2 + 2 + 4 + 2;

        assertTooLong(out ->
                out.bind(Name.UNNAMED, Name.UNNAMED, new BoundValues().add(17, 0, skip(LONGEST - around + 1)), 0));
    }

    @Test
    void valuesThatAreTooLongOnlyTogetherAreRefused() {
        int half = 1 << 29;
        BoundValues values = new BoundValues().add(17, 0, skip(half)).add(17, 0, skip(half));

        assertTooLong(out -> out.bind(Name.UNNAMED, Name.UNNAMED, values, 0));
    }

    @Test
    void valuesWhoseSumPassesTwoGibibytesNeverWrapAround() {
        Consumer<ByteBuf> most = skip(1_000_000_000);
        BoundValues values = new BoundValues().add(17, 0, most).add(17, 0, most).add(17, 0, most);

        assertTooLong(out -> out.bind(Name.UNNAMED, Name.UNNAMED, values, 0));
    }

    @Test
    void aStringReservesNoMoreThanItsBytes() {
        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), ledger);
        out.query("x".repeat(1_000_000));

        ByteBuf taken = out.take();
        assertThat(taken).isNotNull();
        assertThat(taken.capacity()).isLessThanOrEqualTo(1 << 20);
        taken.release();
    }

    private static Consumer<ByteBuf> skip(int bytes) {
        return out -> out.writerIndex(out.writerIndex() + bytes);
    }

    private void assertTooLong(Consumer<FrontendWriter> write) {
        assertRefused(
                new EndlessMemory(),
                write,
                "a request needs a message of more than 1073741822 bytes, which the server refuses");
    }

    private void assertRefused(Consumer<FrontendWriter> write, String message) {
        assertRefused(new UnpooledByteBufAllocator(false), write, message);
    }

    private void assertRefused(ByteBufAllocator allocator, Consumer<FrontendWriter> write, String message) {
        FrontendWriter out = new FrontendWriter(allocator, ledger);
        assertThatThrownBy(() -> write.accept(out))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(message);
        out.rewind(0, 0);
        assertThat(out.size()).isZero();
        assertThat(ledger.owed()).isZero();
    }

    private static String start(FrontendWriter out, int bytes) {
        ByteBuf taken = out.take();
        assertThat(taken).isNotNull();
        return ByteBufUtil.hexDump(taken, 0, bytes);
    }

    private static byte[] taken(FrontendWriter out) {
        ByteBuf taken = out.take();
        assertThat(taken).isNotNull();
        byte[] bytes = new byte[taken.readableBytes()];
        taken.readBytes(bytes);
        taken.release();
        return bytes;
    }
}
