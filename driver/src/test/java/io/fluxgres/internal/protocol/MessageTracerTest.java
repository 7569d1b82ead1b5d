package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.join;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MessageTracerTest {

    private final List<String> lines = new ArrayList<>();
    private final MessageTracer tracer = MessageTracer.withValues(lines::add);
    private final MessageTracer discreet = MessageTracer.withoutValues(lines::add);

    @Test
    void anExtendedQueryOfTheClient() {
        BoundValues values = new BoundValues().int4(258).text(25, "a'b\n").text(25, null);
        frontend(tracer, out -> {
            out.closeStatement(Name.of("old"));
            out.parse(Name.of("s1"), "select $1, $2, $3", values);
            out.describeStatement(Name.of("s1"));
            out.bind(Name.UNNAMED, Name.of("s1"), values, 1);
            out.describePortal(Name.UNNAMED);
            out.execute(Name.UNNAMED, 50);
            out.flush();
            out.sync();
        });

        assertLines(
                "F\t9\tClose\t S \"old\"",
                "F\t39\tParse\t \"s1\" \"select $1, $2, $3\" 3 23 25 25",
                "F\t8\tDescribe\t S \"s1\"",
                "F\t42\tBind\t \"\" \"s1\" 3 1 0 0 3 4 '\\x00\\x00\\x01\\x02' 4 'a'b\\x0a' -1 1 1",
                "F\t6\tDescribe\t P \"\"",
                "F\t9\tExecute\t \"\" 50",
                "F\t4\tFlush",
                "F\t4\tSync");
    }

    @Test
    void theOtherMessagesOfTheClient() {
        frontend(tracer, out -> {
            out.query("SELECT 1");
            out.copyFail("no");
            out.terminate();
        });
        tracer.frontend(Unpooled.wrappedBuffer(message('d', text("1\ta\n")), message('c'), message('F', int32(1))));

        assertLines(
                "F\t13\tQuery\t \"SELECT 1\"",
                "F\t7\tCopyFail\t \"no\"",
                "F\t4\tTerminate",
                "F\t8\tCopyData\t '1\\x09a\\x0a'",
                "F\t4\tCopyDone",
                "F\t8\tUnknown message: 46");
    }

    @Test
    void messagesOfTheClientWithoutATypeByte() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("database", "shop");
        untyped(out -> out.startup(ProtocolVersion.V3_2, parameters));
        untyped(out -> out.cancelRequest(Bodies.read(
                Wire.backendKeyData(4711, text("Geheimes")), in -> BackendKeyData.read(in, ProtocolVersion.V3_2))));
        tracer.frontendUntyped(Unpooled.wrappedBuffer(int32(8), int32(FrontendMessage.SSL_REQUEST_CODE)));
        tracer.frontendUntyped(Unpooled.wrappedBuffer(int32(8), int32(FrontendMessage.GSS_ENC_REQUEST_CODE)));
        tracer.sslResponse((byte) 'S');

        assertLines(
                "F\t32\tStartupMessage\t 3 2 \"user\" \"app\" \"database\" \"shop\"",
                "F\t20\tCancelRequest\t 1234 5678 4711 '...'",
                "F\t8\tSSLRequest\t 1234 5679",
                "F\t8\tGSSENCRequest\t 1234 5680",
                "B\t1\tSSLResponse\t S");
    }

    @Test
    void theStartOfASession() {
        backend(
                tracer,
                Wire.negotiateProtocolVersion(0x30000, "_pq_.a"),
                Wire.authentication(0),
                Wire.parameterStatus("TimeZone", "Europe/Zürich"),
                Wire.backendKeyData(4711, text("Geheim!!")),
                Answers.IDLE);

        assertLines(
                "B\t19\tNegotiateProtocolVersion\t 196608 1 \"_pq_.a\"",
                "B\t8\tAuthenticationOk",
                "B\t28\tParameterStatus\t \"TimeZone\" \"Europe/Zürich\"",
                "B\t16\tBackendKeyData\t 4711 '...'",
                "B\t5\tReadyForQuery\t I");
    }

    @Test
    void theAnswerToAnExtendedQuery() {
        backend(
                tracer,
                Answers.CLOSE_COMPLETE,
                Answers.PARSE_COMPLETE,
                Answers.parameterDescription(23, 25),
                Answers.rowDescription(Answers.int4("?column?"), Answers.textColumn("t")),
                Answers.BIND_COMPLETE,
                Answers.dataRow("1", null),
                Answers.PORTAL_SUSPENDED,
                Answers.commandComplete("SELECT 1"),
                Answers.NO_DATA,
                Answers.EMPTY_QUERY_RESPONSE);

        assertLines(
                "B\t4\tCloseComplete",
                "B\t4\tParseComplete",
                "B\t14\tParameterDescription\t 2 23 25",
                "B\t53\tRowDescription\t 2 \"?column?\" 0 0 23 4 -1 0 \"t\" 0 0 25 65535 -1 0",
                "B\t4\tBindComplete",
                "B\t15\tDataRow\t 2 1 '1' -1",
                "B\t4\tPortalSuspended",
                "B\t13\tCommandComplete\t \"SELECT 1\"",
                "B\t4\tNoData",
                "B\t4\tEmptyQueryResponse");
    }

    @Test
    void errorsNoticesAndNotifications() {
        backend(
                tracer,
                Wire.errorResponse("SERROR", "VERROR", "C42601", "Msyntax error at or near \"x\"\nhere"),
                Wire.noticeResponse("SNOTICE"),
                Answers.notificationResponse(-1, "orders", "7"));

        assertLines(
                "B\t60\tErrorResponse\t S \"ERROR\" V \"ERROR\" C \"42601\" M \"syntax error at or near"
                        + " \"x\"\\x0ahere\" \\x00",
                "B\t13\tNoticeResponse\t S \"NOTICE\" \\x00",
                "B\t17\tNotificationResponse\t -1 \"orders\" \"7\"");
    }

    @Test
    void copyAndFunctionCall() {
        backend(
                tracer,
                message('G', int8(0), int16(2), int16(0), int16(0)),
                message('H', int8(1), int16(1), int16(1)),
                message('W', int8(0), int16(0)),
                Answers.copyData("1\n"),
                Answers.COPY_DONE,
                message('V', int32(2), text("ok")),
                message('V', int32(-1)));

        assertLines(
                "B\t11\tCopyInResponse\t \\x00 2 0 0",
                "B\t9\tCopyOutResponse\t \\x01 1 1",
                "B\t7\tCopyBothResponse\t \\x00 0",
                "B\t6\tCopyData\t '1\\x0a'",
                "B\t4\tCopyDone",
                "B\t10\tFunctionCallResponse\t 2 'ok'",
                "B\t8\tFunctionCallResponse\t -1");
    }

    @Test
    void anAuthenticationResponseHasTheNameThatTheRequestGivesItAndNoSecret() {
        byte[] secret = text("geheim");
        backend(tracer, Wire.authentication(3));
        frontend(tracer, out -> out.password(secret));
        backend(tracer, Wire.authentication(5, text("salt")));
        frontend(tracer, out -> out.password(secret));
        backend(tracer, Wire.authenticationSasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
        frontend(tracer, out -> out.saslInitialResponse("SCRAM-SHA-256", secret));
        backend(tracer, Wire.authentication(11, secret));
        frontend(tracer, out -> out.saslResponse(secret));
        backend(tracer, Wire.authentication(12, secret));
        frontend(tracer, out -> out.saslResponse(secret));
        backend(tracer, Wire.authentication(7), Wire.authentication(8, secret));
        frontend(tracer, out -> out.saslResponse(secret));
        backend(tracer, Wire.authentication(9), Wire.authentication(99, secret), message('R'));

        assertLines(
                "B\t8\tAuthenticationCleartextPassword",
                "F\t11\tPasswordMessage\t '...'",
                "B\t12\tAuthenticationMD5Password\t '...'",
                "F\t11\tPasswordMessage\t '...'",
                "B\t42\tAuthenticationSASL\t \"SCRAM-SHA-256-PLUS\" \"SCRAM-SHA-256\" \"\"",
                "F\t28\tSASLInitialResponse\t \"SCRAM-SHA-256\" 6 '...'",
                "B\t14\tAuthenticationSASLContinue\t '...'",
                "F\t10\tSASLResponse\t '...'",
                "B\t14\tAuthenticationSASLFinal\t '...'",
                "F\t10\tUnknownAuthenticationResponse\t '...'",
                "B\t8\tAuthenticationGSS",
                "B\t14\tAuthenticationGSSContinue\t '...'",
                "F\t10\tGSSResponse\t '...'",
                "B\t8\tAuthenticationSSPI",
                "B\t14\tAuthentication with the unknown code 99\t '...'",
                "B\t4\tAuthentication (ends too early)");
    }

    @Test
    void withoutValuesOnlyTheirLengthsAreShown() {
        frontend(
                discreet,
                out -> out.bind(
                        Name.UNNAMED,
                        Name.UNNAMED,
                        new BoundValues().text(25, "geheim").text(25, null),
                        0));
        discreet.frontend(Unpooled.wrappedBuffer(message('d', text("geheim"))));
        backend(
                discreet,
                Answers.dataRow("geheim", null, ""),
                Answers.copyData("geheim"),
                message('V', int32(6), text("geheim")));

        assertLines(
                "F\t26\tBind\t \"\" \"\" 0 2 6 '...' -1 0",
                "F\t10\tCopyData\t '...'",
                "B\t24\tDataRow\t 3 6 '...' -1 0 '...'",
                "B\t10\tCopyData\t '...'",
                "B\t14\tFunctionCallResponse\t 6 '...'");
    }

    @Test
    void aDamagedMessageIsPrintedAsFarAsItGoes() {
        backend(
                tracer,
                message('C', text("SELECT 1")),
                message('Z', int8('I'), int8('I')),
                message('D', int16(2), int32(1), text("a")),
                message('D', int16(1), int32(-2)),
                message('D', int16(1), int32(7), text("short")),
                message('T', int16(65_535)),
                message('E', cString("SERROR")),
                message('z', text("what")));

        assertLines(
                "B\t12\tCommandComplete (ends too early)",
                "B\t6\tReadyForQuery\t I (1 bytes too many)",
                "B\t11\tDataRow\t 2 1 'a' (ends too early)",
                "B\t10\tDataRow\t 1 -2 (ends too early)",
                "B\t15\tDataRow\t 1 7 (ends too early)",
                "B\t6\tRowDescription\t 65535 (ends too early)",
                "B\t11\tErrorResponse\t S \"ERROR\" (ends too early)",
                "B\t8\tUnknown message: 7a");
    }

    @Test
    void aBrokenFrameEndsTheTrace() {
        backend(tracer, Answers.NO_DATA, int8('T'), int32(3));
        backend(tracer, int8('T'), int32(0x7fffffff), text("start"));
        backend(tracer, new byte[] {'T', 0, 0});
        tracer.frontendUntyped(Unpooled.wrappedBuffer(new byte[] {0, 0}));
        tracer.frontendUntyped(Unpooled.wrappedBuffer(int32(9), int32(196_608)));

        assertLines(
                "B\t4\tNoData",
                "B\t3\tUnknown message",
                "B\t2147483647\tUnknown message",
                "B\t2\tUnknown message",
                "F\t2\tUnknown message",
                "F\t9\tUnknown message");
    }

    @Test
    void movesNoIndex() {
        ByteBuf messages = Unpooled.wrappedBuffer(join(text("read"), Answers.NO_DATA, Answers.IDLE));
        messages.skipBytes(4);

        tracer.backend(messages);

        assertThat(messages.readerIndex()).isEqualTo(4);
        assertThat(messages.refCnt()).isEqualTo(1);
        assertLines("B\t4\tNoData", "B\t5\tReadyForQuery\t I");
    }

    @Test
    void noDamageMakesItFailAndEachMessageStaysOneLine() {
        byte[] all = join(Sample.all().map(Sample::stream).toArray(byte[][]::new));
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] damaged = all.clone();
            for (int i = 0; i < 5; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            tracer.backend(Unpooled.wrappedBuffer(damaged));
            tracer.frontend(Unpooled.wrappedBuffer(damaged));
            tracer.frontendUntyped(Unpooled.wrappedBuffer(damaged));
        }
        assertThat(lines)
                .hasSizeGreaterThan(1_000)
                .allMatch(line -> line.matches("[FB]\t-?\\d+\t[^\t\r\n]+(\t [^\t\r\n]*)?"));
    }

    private static void backend(MessageTracer tracer, byte[]... messages) {
        tracer.backend(Unpooled.wrappedBuffer(join(messages)));
    }

    private static void frontend(MessageTracer tracer, Consumer<FrontendWriter> write) {
        written(write, tracer::frontend);
    }

    private void untyped(Consumer<FrontendWriter> write) {
        written(write, tracer::frontendUntyped);
    }

    private static void written(Consumer<FrontendWriter> write, Consumer<ByteBuf> trace) {
        FrontendWriter out = new FrontendWriter(new UnpooledByteBufAllocator(false), new Ledger());
        write.accept(out);
        ByteBuf written = Objects.requireNonNull(out.take());
        trace.accept(written);
        written.release();
    }

    private void assertLines(String... expected) {
        assertThat(lines).containsExactly(expected);
        assertThat(lines).noneMatch(line -> line.contains("eheim"));
    }
}
