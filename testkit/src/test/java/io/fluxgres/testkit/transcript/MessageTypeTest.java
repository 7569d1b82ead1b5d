package io.fluxgres.testkit.transcript;

import static io.fluxgres.testkit.BackendMessages.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fluxgres.testkit.BackendMessages;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTypeTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', delimiter = '|', textBlock = """
        SSLRequest                                  | 00000008 04d2162f
        GSSENCRequest                               | 00000008 04d21630
        CancelRequest -2 0x0102030405               | 00000011 04d2162e fffffffe 0102030405
        StartupMessage 3.2 user="ä"                 | 00000011 00030002 7573657200 c3a400 00
        PasswordMessage "pw"                        | 70 00000007 707700
        SASLInitialResponse "S" "n,,"               | 70 0000000d 5300 00000003 6e2c2c
        SASLInitialResponse "S" null                | 70 0000000a 5300 ffffffff
        SASLResponse "c=x"                          | 70 00000007 633d78
        Query "a\\"\\\\\\n\\x01"                    | 51 0000000a 61225c0a01 00
        Parse "s" "q" int4 0 4294967295             | 50 00000016 7300 7100 0003 00000017 00000000 ffffffff
        Parse "" "q"                                | 50 00000009 00 7100 0000
        Bind "p" "s" formats text binary values "1" null "" results binary | 42 00000021 7000 7300 0002 0000 0001 0003 00000001 31 ffffffff 00000000 0001 0001
        Bind "" ""                                  | 42 0000000c 00 00 0000 0000 0000
        Bind "" "" results 2                        | 42 0000000e 00 00 0000 0000 0001 0002
        Describe S "s"                              | 44 00000007 53 7300
        Execute "" 100                              | 45 00000009 00 00000064
        Close P "p"                                 | 43 00000007 50 7000
        Flush                                       | 48 00000004
        Sync                                        | 53 00000004
        CopyData 0xff00                             | 64 00000006 ff00
        CopyDone                                    | 63 00000004
        CopyFail "no"                               | 66 00000007 6e6f00
        Terminate                                   | 58 00000004
        """)
    void aFrontendMessageHasTheLayoutOfTheManualInBothDirections(String line, String hex) {
        Message message = LineParser.message(line);
        byte[] bytes = MessageType.frontend(message.name()).encode(message);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex.replace(" ", ""));

        boolean typed = hex.charAt(2) == ' ';
        byte[] body = Arrays.copyOfRange(bytes, typed ? 5 : 4, bytes.length);
        assertThat(MessageType.decodeFrontend(typed ? bytes[0] : 0, body, message.name()))
                .hasToString(line);
    }

    @ParameterizedTest
    @MethodSource
    void aBackendMessageIsTheSameAsTheOneMadeByHandInBothDirections(String line, BackendMessages expected) {
        Message message = LineParser.message(line);
        byte[] bytes = MessageType.backend(message.name()).encode(message);
        assertThat(bytes).isEqualTo(expected.toBytes());
        assertThat(MessageType.decodeBackend(bytes[0], Arrays.copyOfRange(bytes, 5, bytes.length)))
                .hasToString(line);
    }

    static Stream<Arguments> aBackendMessageIsTheSameAsTheOneMadeByHandInBothDirections() {
        byte[] bytes = {0, (byte) 0xff};
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', "ERROR");
        fields.put('C', "42601");
        fields.put('z', "new");
        return Stream.of(
                arguments(
                        "NegotiateProtocolVersion 3.0 \"_pq_.x\"",
                        backend().negotiateProtocolVersion(0x30000, "_pq_.x")),
                arguments("AuthenticationOk", backend().authenticationOk()),
                arguments("AuthenticationKerberosV5", backend().authentication(2, new byte[0])),
                arguments("AuthenticationCleartextPassword", backend().authenticationCleartextPassword()),
                arguments("AuthenticationMD5Password 0x00ff", backend().authenticationMd5Password(bytes)),
                arguments("AuthenticationGSS", backend().authentication(7, new byte[0])),
                arguments("AuthenticationGSSContinue 0x00ff", backend().authentication(8, bytes)),
                arguments("AuthenticationSSPI", backend().authentication(9, new byte[0])),
                arguments("AuthenticationSASL \"A\" \"B\"", backend().authenticationSasl("A", "B")),
                arguments("AuthenticationSASLContinue \"r=\"", backend().authenticationSaslContinue("r=")),
                arguments("AuthenticationSASLFinal \"v=\"", backend().authenticationSaslFinal("v=")),
                arguments("ParameterStatus \"a\" \"b\"", backend().parameterStatus("a", "b")),
                arguments("BackendKeyData -1 0x00ff", backend().backendKeyData(-1, bytes)),
                arguments("ReadyForQuery E", backend().readyForQuery('E')),
                arguments(
                        "RowDescription \"a\":varchar(14) \"b\":bytea:binary \"c\":99999",
                        backend()
                                .rowDescription(
                                        new BackendMessages.Column("a", 0, 0, 1043, -1, 14, 0),
                                        column("b", 17).format(1),
                                        column("c", 99999))),
                arguments("DataRow \"ä\" null 0x00ff \"\"", backend().dataRow("ä", null, bytes, "")),
                arguments("CommandComplete \"SELECT 1\"", backend().commandComplete("SELECT 1")),
                arguments("EmptyQueryResponse", backend().emptyQueryResponse()),
                arguments("ParseComplete", backend().parseComplete()),
                arguments("BindComplete", backend().bindComplete()),
                arguments("CloseComplete", backend().closeComplete()),
                arguments("NoData", backend().noData()),
                arguments("PortalSuspended", backend().portalSuspended()),
                arguments("ParameterDescription int4 text", backend().parameterDescription(23, 25)),
                arguments(
                        "ErrorResponse S=\"ERROR\" C=\"42601\" z=\"new\"",
                        backend().errorResponse(fields)),
                arguments(
                        "NoticeResponse S=\"ERROR\" C=\"42601\" z=\"new\"",
                        backend().noticeResponse(fields)),
                arguments("NotificationResponse 1 \"c\" \"\"", backend().notificationResponse(1, "c", "")),
                arguments("CopyInResponse text text binary", backend().copyInResponse(0, 0, 1)),
                arguments("CopyOutResponse binary", backend().copyOutResponse(1)),
                arguments("CopyBothResponse text", backend().copyBothResponse(0)),
                arguments("CopyData 0x00ff", backend().copyData(bytes)),
                arguments("CopyDone", backend().copyDone()));
    }

    @Test
    void aColumnOfFixedWidthCarriesTheLengthOfItsType() {
        Message message = LineParser.message("RowDescription \"a\":int8");
        assertThat(MessageType.backend("RowDescription").encode(message))
                .isEqualTo(backend()
                        .rowDescription(new BackendMessages.Column("a", 0, 0, 20, 8, -1, 0))
                        .toBytes());
    }

    @Test
    void theAnswerToAnSslRequestIsASingleByte() {
        Message message = LineParser.message("SSLResponse N");
        assertThat(MessageType.backend("SSLResponse").encode(message)).containsExactly('N');
    }

    @Test
    void theContextTellsMessagesOfTheSameTypeApart() {
        byte[] body = "c=x".getBytes(StandardCharsets.UTF_8);
        assertThat(MessageType.decodeFrontend('p', body, "SASLResponse")).hasToString("SASLResponse \"c=x\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "000000", "0000000100", "000000ff"})
    void aBodyThatDoesNotFitItsTypeIsShownAsMalformed(String hex) {
        Message message = MessageType.decodeFrontend('B', HexFormat.of().parseHex(hex), "Bind");
        assertThat(message).hasToString("a malformed Bind of type 'B' and body 0x" + hex);
    }

    @Test
    void anUnknownTypeIsShownAsSuch() {
        assertThat(MessageType.decodeFrontend('y', new byte[] {1}, "Bind"))
                .hasToString("an unknown message of type 'y' and body 0x01");
    }

    private static BackendMessages backend() {
        return new BackendMessages();
    }
}
