package io.fluxgres.internal.protocol;

/**
 * The server broke the protocol. The connection cannot be trusted any more: it is closed and every waiter fails.
 *
 * <p>The message names the phase and the message type and never contains payload.
 */
public final class ProtocolViolation extends RuntimeException {

    public ProtocolViolation(String message) {
        super(message);
    }

    /** Returns the violation of a message that has no place in a phase. */
    static ProtocolViolation unexpected(Enum<?> phase, byte type) {
        return unexpected(phase, BackendMessage.name(type));
    }

    /** Returns the violation of a message, by its name in the manual, that has no place in a phase. */
    static ProtocolViolation unexpected(Enum<?> phase, String message) {
        return new ProtocolViolation(
                "the server sent " + message + " in phase " + phase.name() + ", which does not allow it");
    }
}
