package io.fluxgres.testkit;

import static io.fluxgres.testkit.BackendMessages.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected bytes are spelled out by hand from the manual: type, length, body. */
class BackendMessagesTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void eachMessageHasTheLayoutOfTheManual(String name, BackendMessages message, String hex) {
        assertThat(hex(message)).isEqualTo(hex.replace(" ", ""));
    }

    static Stream<Arguments> eachMessageHasTheLayoutOfTheManual() {
        return Stream.of(
                arguments("AuthenticationOk", backend().authenticationOk(), "52 00000008 00000000"),
                arguments(
                        "AuthenticationCleartextPassword",
                        backend().authenticationCleartextPassword(),
                        "52 00000008 00000003"),
                arguments(
                        "AuthenticationMD5Password",
                        backend().authenticationMd5Password(new byte[] {1, 2, 3, (byte) 0xff}),
                        "52 0000000c 00000005 010203ff"),
                arguments(
                        "AuthenticationSASL",
                        backend().authenticationSasl("A", "BC"),
                        "52 0000000e 0000000a 4100 424300 00"),
                arguments(
                        "AuthenticationSASLContinue",
                        backend().authenticationSaslContinue("r=x"),
                        "52 0000000b 0000000b 723d78"),
                arguments(
                        "AuthenticationSASLFinal",
                        backend().authenticationSaslFinal("v=y"),
                        "52 0000000b 0000000c 763d79"),
                arguments("AuthenticationGSS", backend().authentication(7, new byte[0]), "52 00000008 00000007"),
                arguments("ParameterStatus", backend().parameterStatus("a", "ä"), "53 00000009 6100 c3a400"),
                arguments(
                        "BackendKeyData",
                        backend().backendKeyData(-2, new byte[] {9, 8, 7, 6, 5}),
                        "4b 0000000d fffffffe 0908070605"),
                arguments(
                        "NegotiateProtocolVersion",
                        backend().negotiateProtocolVersion(0x00030000, "_pq_.x"),
                        "76 00000013 00030000 00000001 5f70715f2e7800"),
                arguments("ReadyForQuery", backend().readyForQuery('T'), "5a 00000005 54"),
                arguments(
                        "RowDescription",
                        backend()
                                .rowDescription(
                                        column("a", 25),
                                        new BackendMessages.Column("b", 16384, 2, 23, 4, -1, BackendMessages.BINARY)),
                        "54 0000002e 0002 6100 00000000 0000 00000019 ffff ffffffff 0000"
                                + " 6200 00004000 0002 00000017 0004 ffffffff 0001"),
                arguments("RowDescription of no columns", backend().rowDescription(), "54 00000006 0000"),
                arguments(
                        "DataRow",
                        backend().dataRow("1", null, new byte[] {0, 1}, 42),
                        "44 0000001b 0004 00000001 31 ffffffff 00000002 0001 00000002 3432"),
                arguments("CommandComplete", backend().commandComplete("BEGIN"), "43 0000000a 424547494e00"),
                arguments("EmptyQueryResponse", backend().emptyQueryResponse(), "49 00000004"),
                arguments("ParseComplete", backend().parseComplete(), "31 00000004"),
                arguments("BindComplete", backend().bindComplete(), "32 00000004"),
                arguments("CloseComplete", backend().closeComplete(), "33 00000004"),
                arguments("NoData", backend().noData(), "6e 00000004"),
                arguments("PortalSuspended", backend().portalSuspended(), "73 00000004"),
                arguments(
                        "ParameterDescription",
                        backend().parameterDescription(23, -1),
                        "74 0000000e 0002 00000017 ffffffff"),
                arguments(
                        "ErrorResponse",
                        backend().errorResponse("ERROR", "42601", "no"),
                        "45 0000001e 53 4552524f5200 56 4552524f5200 43 343236303100 4d 6e6f00 00"),
                arguments(
                        "ErrorResponse of given fields",
                        backend().errorResponse(Map.of('M', "no")),
                        "45 00000009 4d 6e6f00 00"),
                arguments(
                        "NoticeResponse",
                        backend().noticeResponse("INFO", "00000", "hi"),
                        "4e 0000001c 53 494e464f00 56 494e464f00 43 303030303000 4d 686900 00"),
                arguments(
                        "NoticeResponse of given fields",
                        backend().noticeResponse(Map.of('M', "hi")),
                        "4e 00000009 4d 686900 00"),
                arguments(
                        "NotificationResponse",
                        backend().notificationResponse(258, "c", "pp"),
                        "41 0000000d 00000102 6300 707000"),
                arguments("CopyInResponse", backend().copyInResponse(0, 0, 0), "47 0000000b 00 0002 0000 0000"),
                arguments("CopyOutResponse", backend().copyOutResponse(1, 1), "48 00000009 01 0001 0001"),
                arguments("CopyBothResponse", backend().copyBothResponse(0), "57 00000007 00 0000"),
                arguments("CopyData of bytes", backend().copyData(new byte[] {0}), "64 00000005 00"),
                arguments("CopyData of text", backend().copyData("1\n"), "64 00000006 310a"),
                arguments("CopyDone", backend().copyDone(), "63 00000004"),
                arguments("any type and body", backend().raw('q', new byte[] {1}), "71 00000005 01"),
                arguments(
                        "a wrong length", backend().rawWithLength('D', Integer.MAX_VALUE, new byte[0]), "44 7fffffff"),
                arguments("bare bytes", backend().bytes(new byte[] {'N'}), "4e"));
    }

    @Test
    void messagesFollowEachOther() {
        assertThat(hex(backend().parseComplete().bindComplete())).isEqualTo("31000000043200000004");
    }

    @Test
    void aColumnMayBeSentInBinary() {
        assertThat(column("a", 23).format(BackendMessages.BINARY))
                .isEqualTo(new BackendMessages.Column("a", 0, 0, 23, -1, -1, 1));
    }

    private static BackendMessages backend() {
        return new BackendMessages();
    }

    private static String hex(BackendMessages messages) {
        return HexFormat.of().formatHex(messages.toBytes());
    }
}
