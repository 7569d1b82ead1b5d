package io.fluxgres.internal.protocol;

/**
 * One conversation with the server, as a state machine that consumes its messages.
 *
 * <p>A state is used once. It accepts the messages that its phase allows and refuses any other with a
 * {@link ProtocolViolation} that names both; nothing is skipped until things look right again. NoticeResponse,
 * NotificationResponse, ParameterStatus and errors that end the session may come at any time and are handled above the
 * states.
 */
public interface BackendState {

    /**
     * Consumes the framed message of {@code in}. The caller ends the message by {@link BackendReader#finish} then, unless
     * the answer is PAUSE.
     *
     * @param out where an answer goes, if the protocol demands one
     * @throws ProtocolViolation if the phase does not allow the message or the message is malformed
     */
    Signal onMessage(BackendReader in, FrontendWriter out);

    /** Returns the transaction status of the ReadyForQuery that ended the conversation; defined after DONE only. */
    TransactionStatus transactionStatus();
}
