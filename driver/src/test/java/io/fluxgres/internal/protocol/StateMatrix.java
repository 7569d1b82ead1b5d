package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One row of the matrix of phases and messages: how to reach a phase and which of the 256 message types it allows. The
 * messages are well-formed, so that only the phase decides.
 */
record StateMatrix(String phase, String allowed, Supplier<Conversation> fresh, List<byte[]> prefix) {

    /**
     * @param allowed the type bytes of the messages that the phase handles; any other is a violation
     * @param prefix the messages that lead to the phase
     */
    static StateMatrix phase(String phase, String allowed, Supplier<Conversation> fresh, byte[]... prefix) {
        return new StateMatrix(phase, allowed, fresh, List.of(prefix));
    }

    @Override
    public String toString() {
        return phase + " allows " + allowed;
    }

    /** Whether a table reaches all phases of a state. */
    static void assertReachesEveryPhase(Class<? extends BackendState> state, Stream<StateMatrix> table) {
        Set<String> phases = Arrays.stream(state.getDeclaredClasses())
                .filter(nested -> nested.getSimpleName().equals("Phase"))
                .flatMap(nested -> Arrays.stream(nested.getEnumConstants()))
                .map(Object::toString)
                .collect(Collectors.toSet());
        assertThat(table.map(StateMatrix::phase).collect(Collectors.toSet()))
                .isNotEmpty()
                .isEqualTo(phases);
    }

    /** Offers each message, of the protocol or not, to a state of its own in this phase. */
    void check() {
        for (int type = 0; type < 256; type++) {
            check((byte) type);
        }
    }

    private void check(byte type) {
        Conversation conversation = fresh.get();
        prefix.forEach(conversation::play);
        conversation.sent();
        List<String> before = List.copyOf(conversation.events());
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        assertThat(in.next(Unpooled.wrappedBuffer(wellFormed(type)))).isTrue();
        String message = BackendMessage.name(type);

        if (allowed.indexOf(type) >= 0) {
            Signal signal =
                    conversation.state().onMessage(in, conversation.feed().out());
            boolean last = type == 'Z' && !phase.equals("SYNC_NOT_SWALLOWED");
            assertThat(signal).as(message).isEqualTo(last ? Signal.DONE : Signal.CONTINUE);
            assertThat(in.remaining()).as(message).isZero();
        } else {
            assertThatThrownBy(() -> conversation
                            .state()
                            .onMessage(in, conversation.feed().out()))
                    .as(message)
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessage("the server sent " + message + " in phase " + phase + ", which does not allow it");
            assertThat(conversation.events()).as(message).isEqualTo(before);
            assertThat(conversation.sent()).as(message).isEmpty();
        }
    }

    private static byte[] wellFormed(int type) {
        return switch (type) {
            case 'A' -> Answers.notificationResponse(1, "channel", "payload");
            case 'C' -> Answers.commandComplete("SELECT 1");
            case 'D' -> Answers.dataRow("1");
            case 'E' -> Answers.SYNTAX_ERROR;
            case 'G' -> COPY_IN_RESPONSE;
            case 'H' -> COPY_OUT_RESPONSE;
            case 'K' -> Wire.backendKeyData(1, new byte[4]);
            case 'N' -> Wire.noticeResponse("SNOTICE", "C00000", "Mnotice");
            case 'R' -> Wire.authentication(0);
            case 'S' -> Wire.parameterStatus("TimeZone", "UTC");
            case 'T' -> Answers.rowDescription(Answers.int4("a"));
            case 'V' -> message('V', int32(-1));
            case 'W' -> message('W', Wire.int8(0), int16(0));
            case 'Z' -> Answers.IDLE;
            case 'd' -> Answers.copyData("1\n");
            case 't' -> Answers.parameterDescription(23);
            case 'v' -> message('v', int32(ProtocolVersion.V3_0), int32(1), cString("_pq_.a"));
            default -> message(type);
        };
    }
}
