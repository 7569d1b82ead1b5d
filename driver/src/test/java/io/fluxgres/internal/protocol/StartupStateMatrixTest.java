package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.internal.protocol.auth.AuthenticationMethod;
import io.fluxgres.internal.protocol.auth.AuthenticationPolicy;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every phase of {@link StartupState} with every message of the server.
 *
 * <pre>
 * c CONTINUE, w AWAIT, d DONE, r AuthenticationRefused, - ProtocolViolation that names phase and message
 * </pre>
 */
class StartupStateMatrixTest {

    /** Authentication messages by their codes; ? stands for a code that the protocol does not have. */
    private static final String AUTHENTICATION = """
        PHASE                       0 2 3 5 6 7 8 9 10 11 12 ?
        STARTUP_SENT                c r w w r r r r c  -  -  r
        VERSION_NEGOTIATED          c r w w r r r r c  -  -  r
        CLEARTEXT_PASSWORD_AWAITED  - - - - - - - - -  -  -  -
        MD5_PASSWORD_AWAITED        - - - - - - - - -  -  -  -
        PASSWORD_SENT               c - - - - - - - -  -  -  -
        SASL_INITIAL_RESPONSE_SENT  r - - - - - - - -  w  -  -
        SALTED_PASSWORD_AWAITED     - - - - - - - - -  -  -  -
        SASL_RESPONSE_SENT          r - - - - - - - -  -  c  -
        SERVER_VERIFIED             c - - - - - - - -  -  -  -
        AUTHENTICATED               - - - - - - - - -  -  -  -
        KEY_RECEIVED                - - - - - - - - -  -  -  -
        READY                       - - - - - - - - -  -  -  -
        FAILED                      - - - - - - - - -  -  -  -
        """;

    /** All other messages by their type bytes; 0x00, q and 0xff are types that the protocol does not have. */
    private static final String OTHERS = """
        PHASE                       v K Z E A C D G H I N S T V W c d n s t 1 2 3 0x00 q 0xff
        STARTUP_SENT                c - - d - - - - - - - - - - - - - - - - - - - -    - -
        VERSION_NEGOTIATED          - - - d - - - - - - - - - - - - - - - - - - - -    - -
        CLEARTEXT_PASSWORD_AWAITED  - - - - - - - - - - - - - - - - - - - - - - - -    - -
        MD5_PASSWORD_AWAITED        - - - - - - - - - - - - - - - - - - - - - - - -    - -
        PASSWORD_SENT               - - - d - - - - - - - - - - - - - - - - - - - -    - -
        SASL_INITIAL_RESPONSE_SENT  - - - d - - - - - - - - - - - - - - - - - - - -    - -
        SALTED_PASSWORD_AWAITED     - - - - - - - - - - - - - - - - - - - - - - - -    - -
        SASL_RESPONSE_SENT          - - - d - - - - - - - - - - - - - - - - - - - -    - -
        SERVER_VERIFIED             - - - d - - - - - - - - - - - - - - - - - - - -    - -
        AUTHENTICATED               - c d d - - - - - - - - - - - - - - - - - - - -    - -
        KEY_RECEIVED                - - d d - - - - - - - - - - - - - - - - - - - -    - -
        READY                       - - - - - - - - - - - - - - - - - - - - - - - -    - -
        FAILED                      - - - - - - - - - - - - - - - - - - - - - - - -    - -
        """;

    private static final int UNKNOWN_CODE = 99;

    private static final Map<String, String> AUTHENTICATION_NAMES = Map.ofEntries(
            Map.entry("0", "AuthenticationOk"),
            Map.entry("2", "AuthenticationKerberosV5"),
            Map.entry("3", "AuthenticationCleartextPassword"),
            Map.entry("5", "AuthenticationMD5Password"),
            Map.entry("6", "AuthenticationSCMCredential"),
            Map.entry("7", "AuthenticationGSS"),
            Map.entry("8", "AuthenticationGSSContinue"),
            Map.entry("9", "AuthenticationSSPI"),
            Map.entry("10", "AuthenticationSASL"),
            Map.entry("11", "AuthenticationSASLContinue"),
            Map.entry("12", "AuthenticationSASLFinal"),
            Map.entry("?", "the unknown code 99"));

    private final FrontendWriter out = new FrontendWriter(Feed.HEAP, new Ledger());
    private final BackendReader in = new BackendReader(MessageLimits.DEFAULT);
    private final StartupState state = new StartupState(
            new StartupParameters(ProtocolVersion.V3_2, Map.of("user", "app")),
            new AuthenticationPolicy(EnumSet.allOf(AuthenticationMethod.class), true, 4096),
            ScramExchange.CLIENT_NONCE);

    static Stream<Arguments> authenticationMessages() {
        return cells(AUTHENTICATION);
    }

    static Stream<Arguments> otherMessages() {
        return cells(OTHERS);
    }

    private static Stream<Arguments> cells(String table) {
        List<Arguments> cells = new ArrayList<>();
        String[] lines = table.split("\n");
        String[] columns = lines[0].split(" +");
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            String[] row = line.split(" +");
            assertThat(row).as(line).hasSameSizeAs(columns);
            for (int i = 1; i < row.length; i++) {
                cells.add(Arguments.of(row[0], columns[i], row[i]));
            }
        }
        return cells.stream();
    }

    @ParameterizedTest(name = "{0}: Authentication {1} is {2}")
    @MethodSource("authenticationMessages")
    void authenticationIsHandledOrAViolation(String phase, String code, String expected) {
        reach(phase);
        byte[] message = authentication(code);
        assertOutcome(expected, phase, AUTHENTICATION_NAMES.get(code), message);
    }

    @ParameterizedTest(name = "{0}: {1} is {2}")
    @MethodSource("otherMessages")
    void messageIsHandledOrAViolation(String phase, String column, String expected) {
        reach(phase);
        byte type = type(column);
        assertOutcome(expected, phase, BackendMessage.name(type), message(type));
    }

    private void assertOutcome(String expected, String phase, String name, byte[] message) {
        int written = out.size();
        switch (expected) {
            case "c" -> assertThat(offer(message)).isEqualTo(Signal.CONTINUE);
            case "w" -> assertThat(offer(message)).isEqualTo(Signal.AWAIT);
            case "d" -> assertThat(offer(message)).isEqualTo(Signal.DONE);
            case "r" -> assertThat(catchThrowable(() -> offer(message))).isInstanceOf(AuthenticationRefused.class);
            default -> {
                assertThat(catchThrowable(() -> offer(message)))
                        .isInstanceOf(ProtocolViolation.class)
                        .hasMessageContainingAll(name, "in phase " + phase + ",");
                assertThat(out.size()).as("bytes written").isEqualTo(written);
            }
        }
    }

    /** Plays the messages that lead to a phase. */
    private void reach(String phase) {
        switch (phase) {
            case "STARTUP_SENT" -> {}
            case "VERSION_NEGOTIATED" -> offer(Wire.negotiateProtocolVersion(ProtocolVersion.V3_0));
            case "CLEARTEXT_PASSWORD_AWAITED" -> offer(authentication("3"));
            case "MD5_PASSWORD_AWAITED" -> offer(authentication("5"));
            case "PASSWORD_SENT" -> {
                reach("CLEARTEXT_PASSWORD_AWAITED");
                state.resume(Wire.text("secret"), out);
            }
            case "SASL_INITIAL_RESPONSE_SENT" -> offer(authentication("10"));
            case "SALTED_PASSWORD_AWAITED" -> {
                reach("SASL_INITIAL_RESPONSE_SENT");
                offer(authentication("11"));
            }
            case "SASL_RESPONSE_SENT" -> {
                reach("SALTED_PASSWORD_AWAITED");
                state.resume(ScramExchange.saltedPassword(), out);
            }
            case "SERVER_VERIFIED" -> {
                reach("SASL_RESPONSE_SENT");
                offer(authentication("12"));
            }
            case "AUTHENTICATED" -> offer(authentication("0"));
            case "KEY_RECEIVED" -> {
                reach("AUTHENTICATED");
                offer(message(BackendMessage.BACKEND_KEY_DATA));
            }
            case "READY" -> {
                reach("KEY_RECEIVED");
                offer(message(BackendMessage.READY_FOR_QUERY));
            }
            case "FAILED" -> offer(message(BackendMessage.ERROR_RESPONSE));
            default -> throw new IllegalArgumentException(phase);
        }
    }

    private Signal offer(byte[] message) {
        ByteBuf buffer = Unpooled.wrappedBuffer(message);
        assertThat(in.next(buffer)).isTrue();
        Signal signal = state.onMessage(in, out);
        assertThat(buffer.isReadable()).isFalse();
        return signal;
    }

    private static byte[] authentication(String code) {
        return switch (code) {
            case "5" -> Wire.authentication(5, Wire.int32(0x01020304));
            case "10" -> ScramExchange.sasl();
            case "11" -> ScramExchange.saslContinue();
            case "12" -> ScramExchange.saslFinal();
            case "?" -> Wire.authentication(UNKNOWN_CODE);
            default -> Wire.authentication(Integer.parseInt(code));
        };
    }

    private static byte[] message(byte type) {
        return switch (type) {
            case BackendMessage.NEGOTIATE_PROTOCOL_VERSION -> Wire.negotiateProtocolVersion(ProtocolVersion.V3_0);
            case BackendMessage.BACKEND_KEY_DATA -> Wire.backendKeyData(42, Wire.int32(7));
            case BackendMessage.READY_FOR_QUERY -> Wire.readyForQuery('I');
            case BackendMessage.ERROR_RESPONSE -> Wire.errorResponse("SFATAL", "C28P01", "Mno");
            default -> Wire.message(type);
        };
    }

    private static byte type(String column) {
        return column.startsWith("0x") ? (byte) Integer.decode(column).intValue() : (byte) column.charAt(0);
    }

    @Test
    void theTablesHaveEveryMessageOfTheServer() throws IllegalAccessException {
        Map<Byte, String> constants = new TreeMap<>();
        for (Field constant : BackendMessage.class.getFields()) {
            constants.put(constant.getByte(null), constant.getName());
        }
        Set<Byte> columns = new TreeSet<>();
        for (String column : columns(OTHERS)) {
            columns.add(type(column));
        }
        columns.add(BackendMessage.AUTHENTICATION);
        assertThat(constants).hasSizeGreaterThan(20);
        assertThat(columns).containsAll(constants.keySet());
    }

    private static List<String> columns(String table) {
        List<String> columns =
                Arrays.asList(table.lines().findFirst().orElseThrow().split(" +"));
        return columns.subList(1, columns.size());
    }

    @Test
    void theTablesHaveEveryPhase() throws ClassNotFoundException {
        List<String> phases = Arrays.stream(
                        Class.forName(StartupState.class.getName() + "$Phase").getEnumConstants())
                .map(Object::toString)
                .toList();
        assertThat(rows(AUTHENTICATION)).isEqualTo(phases);
        assertThat(rows(OTHERS)).isEqualTo(phases);
    }

    private static List<String> rows(String table) {
        return table.lines().skip(1).map(line -> line.split(" +")[0]).toList();
    }
}
