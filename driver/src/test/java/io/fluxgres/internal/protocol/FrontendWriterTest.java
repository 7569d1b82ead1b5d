package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes of each message, compared with what the manual's message formats say. */
class FrontendWriterTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Ledger ledger = new Ledger();
    private final FrontendWriter out = new FrontendWriter(allocator, ledger);

    @AfterEach
    void nothingLeaks() {
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void startupMessage() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "jörg");
        parameters.put("database", "");
        out.startup(ProtocolVersion.V3_2, parameters);

        assertWritten(0, 0, 0, 30, 0, 3, 0, 2, "user", 0, "jörg", 0, "database", 0, 0, 0);
        assertThat(ledger.owed()).isOne();
    }

    @Test
    void cancelRequestRepeatsProcessIdAndSecretKeyUnchanged() {
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        in.next(Unpooled.wrappedBuffer(
                Wire.backendKeyData(-2, (byte) 0xff, (byte) 0, (byte) 1, (byte) 0x80, (byte) 9)));
        out.cancelRequest(BackendKeyData.read(in, ProtocolVersion.V3_2));

        assertWritten(0, 0, 0, 17, 0x04, 0xd2, 0x16, 0x2e, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 1, 0x80, 9);
    }

    @Test
    void passwordMessage() {
        out.password("geheim".getBytes(StandardCharsets.UTF_8));

        assertWritten("p", 0, 0, 0, 11, "geheim", 0);
    }

    @Test
    void saslInitialResponse() {
        out.saslInitialResponse("SCRAM-SHA-256", "n,,n=,r=x".getBytes(StandardCharsets.UTF_8));

        assertWritten("p", 0, 0, 0, 31, "SCRAM-SHA-256", 0, 0, 0, 0, 9, "n,,n=,r=x");
    }

    @Test
    void saslResponseHasNoTerminator() {
        out.saslResponse("c=biws".getBytes(StandardCharsets.UTF_8));

        assertWritten("p", 0, 0, 0, 10, "c=biws");
    }

    @Test
    void queryOwesReadyForQuery() {
        out.query("select 'é😀'");

        assertWritten("Q", 0, 0, 0, 20, "select 'é😀'", 0);
        assertThat(ledger.owed()).isEqualTo(1);
    }

    @Test
    void parse() {
        out.parse(Name.of("s1"), "select $1, $2", new BoundValues().int4(1).text(0, "x"));

        assertWritten("P", 0, 0, 0, 31, "s1", 0, "select $1, $2", 0, 0, 2, 0, 0, 0, 23, 0, 0, 0, 0);
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void parseWithoutParameters() {
        out.parse(Name.UNNAMED, "", Parameters.NONE);

        assertWritten("P", 0, 0, 0, 8, 0, 0, 0, 0);
    }

    @Test
    void bindWithoutParametersAndTextResults() {
        out.bind(Name.UNNAMED, Name.UNNAMED, Parameters.NONE, 0);

        assertWritten("B", 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void bindAsksForBinaryResultsByOneCode() {
        out.bind(Name.of("p1"), Name.of("s1"), Parameters.NONE, 1);

        assertWritten("B", 0, 0, 0, 18, "p1", 0, "s1", 0, 0, 0, 0, 0, 0, 1, 0, 1);
    }

    @Test
    void bindWritesNoFormatCodeIfAllParametersAreText() {
        out.bind(
                Name.UNNAMED,
                Name.UNNAMED,
                new BoundValues().text(25, "ab").text(25, null).text(25, ""),
                0);

        assertWritten("B", 0, 0, 0, 26, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, "ab", 255, 255, 255, 255, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void bindWritesOneFormatCodeIfAllParametersAreEqual() {
        out.bind(Name.UNNAMED, Name.UNNAMED, new BoundValues().int4(7).int4(-1), 1);

        assertWritten(
                "B", 0, 0, 0, 32, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 4, 255, 255, 255, 255, 0, 1,
                0, 1);
    }

    @Test
    void bindWritesEachFormatCodeIfParametersDiffer() {
        out.bind(Name.UNNAMED, Name.UNNAMED, new BoundValues().text(25, "a").int4(7), 0);

        assertWritten("B", 0, 0, 0, 29, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 1, "a", 0, 0, 0, 4, 0, 0, 0, 7, 0, 0);
    }

    @Test
    void describeAndCloseTellStatementsFromPortals() {
        out.describeStatement(Name.of("s1"));
        out.describePortal(Name.UNNAMED);
        out.closeStatement(Name.of("s2"));
        out.closePortal(Name.of("p"));

        assertWritten(
                "D", 0, 0, 0, 8, "Ss1", 0, "D", 0, 0, 0, 6, "P", 0, "C", 0, 0, 0, 8, "Ss2", 0, "C", 0, 0, 0, 7, "Pp",
                0);
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void anOpenGroupOwesItsReadyForQueryFromFlushOnAndSyncAddsNone() {
        out.flushOpenGroup();
        assertThat(ledger.owed()).isOne();

        out.syncOpenGroup();
        assertThat(ledger.owed()).isOne();
        assertWritten("H", 0, 0, 0, 4, "S", 0, 0, 0, 4);
    }

    @Test
    void execute() {
        out.execute(Name.of("p1"), 258);

        assertWritten("E", 0, 0, 0, 11, "p1", 0, 0, 0, 1, 2);
    }

    @Test
    void syncOwesReadyForQueryAndFlushDoesNot() {
        out.flush();
        assertThat(ledger.owed()).isZero();
        out.sync();
        assertThat(ledger.owed()).isEqualTo(1);

        assertWritten("H", 0, 0, 0, 4, "S", 0, 0, 0, 4);
    }

    @Test
    void aSwallowedSyncOwesNothing() {
        out.sync();
        out.syncSwallowed();

        assertThat(ledger.owed()).isZero();
        assertWritten("S", 0, 0, 0, 4);
    }

    @Test
    void copyFailCarriesItsReason() {
        out.copyFail("no");

        assertWritten("f", 0, 0, 0, 7, "no", 0);
    }

    @Test
    void terminate() {
        out.terminate();

        assertWritten("X", 0, 0, 0, 4);
    }

    @Test
    void aRequestIsMessagesBehindEachOther() {
        out.parse(Name.UNNAMED, "select $1", new BoundValues().int4(1));
        out.describeStatement(Name.UNNAMED);
        out.bind(Name.UNNAMED, Name.UNNAMED, new BoundValues().int4(1), 1);
        out.execute(Name.UNNAMED, 0);
        out.sync();

        assertWritten(
                "P",
                0,
                0,
                0,
                21,
                0,
                "select $1",
                0,
                0,
                1,
                0,
                0,
                0,
                23,
                "D",
                0,
                0,
                0,
                6,
                "S",
                0,
                "B",
                0,
                0,
                0,
                24,
                0,
                0,
                0,
                1,
                0,
                1,
                0,
                1,
                0,
                0,
                0,
                4,
                0,
                0,
                0,
                1,
                0,
                1,
                0,
                1,
                "E",
                0,
                0,
                0,
                9,
                0,
                0,
                0,
                0,
                0,
                "S",
                0,
                0,
                0,
                4);
    }

    @Test
    void takesNothingIfNothingWasWritten() {
        assertThat(out.size()).isZero();
        assertThat(out.take()).isNull();
    }

    @Test
    void whatWasTakenIsNotTakenAgain() {
        out.flush();
        assertThat(out.size()).isEqualTo(5);
        assertWritten("H", 0, 0, 0, 4);

        assertThat(out.size()).isZero();
        assertThat(out.take()).isNull();
        out.terminate();
        assertWritten("X", 0, 0, 0, 4);
    }

    @Test
    void aMessageLongerThanTheFirstBufferIsWhole() {
        String sql = "x".repeat(100_000);
        out.flush();
        out.query(sql);

        assertWritten("H", 0, 0, 0, 4, "Q", 0, 1, 0x86, 0xa5, sql, 0);
    }

    /** Compares with strings as UTF-8 and numbers as single bytes. */
    private void assertWritten(Object... expected) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object part : expected) {
            if (part instanceof String string) {
                bytes.writeBytes(string.getBytes(StandardCharsets.UTF_8));
            } else {
                bytes.write((Integer) part);
            }
        }
        assertThat(taken()).isEqualTo(bytes.toByteArray());
    }

    private byte[] taken() {
        ByteBuf taken = out.take();
        assertThat(taken).isNotNull();
        byte[] bytes = new byte[taken.readableBytes()];
        taken.readBytes(bytes);
        taken.release();
        return bytes;
    }
}
