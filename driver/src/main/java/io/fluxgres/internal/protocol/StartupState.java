package io.fluxgres.internal.protocol;

import io.fluxgres.internal.protocol.auth.AuthenticationMethod;
import io.fluxgres.internal.protocol.auth.AuthenticationPolicy;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused.Fault;
import io.fluxgres.internal.protocol.auth.Md5Password;
import io.fluxgres.internal.protocol.auth.ScramSha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conversation from StartupMessage to the first ReadyForQuery.
 *
 * <pre>
 * startup        = StartupMessage [NegotiateProtocolVersion] authentication AuthenticationOk [BackendKeyData] ReadyForQuery
 * authentication = nothing
 *                / AuthenticationCleartextPassword AWAIT PasswordMessage
 *                / AuthenticationMD5Password AWAIT PasswordMessage
 *                / AuthenticationSASL SASLInitialResponse
 *                  AuthenticationSASLContinue AWAIT SASLResponse
 *                  AuthenticationSASLFinal
 * </pre>
 *
 * <p>ErrorResponse may stand in place of each message of the server and ends the conversation: {@link #error()}. While an
 * answer is awaited nothing may be offered.
 *
 * <p>AuthenticationOk is accepted where the policy allows to go without authentication, or where the exchange is complete;
 * that of SCRAM is not before the server's signature was verified. It lifts the reader's limit of messages before
 * authentication. Any breach of the policy or failed proof is an {@link AuthenticationRefused}.
 *
 * <p>Confined to the connection's event loop. Borrows the buffer for one call; keeps no password.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-START-UP">Start-up</a>
 */
public final class StartupState implements BackendState {

    private static final int MD5_SALT_LENGTH = 4;
    private static final int MECHANISMS_IN_ERROR = 8;

    private final StartupParameters asked;
    private final AuthenticationPolicy policy;
    private final ScramSha256 scram;

    private Phase phase = Phase.STARTUP_SENT;
    private int protocolVersion;
    private List<String> unrecognizedOptions = List.of();
    private byte[] md5Salt = {};
    private @Nullable Need need;
    private @Nullable BackendKeyData backendKeyData;
    private @Nullable TransactionStatus transactionStatus;
    private @Nullable ErrorFields error;

    private enum Phase {
        STARTUP_SENT,
        VERSION_NEGOTIATED,
        CLEARTEXT_PASSWORD_AWAITED,
        MD5_PASSWORD_AWAITED,
        PASSWORD_SENT,
        SASL_INITIAL_RESPONSE_SENT,
        SALTED_PASSWORD_AWAITED,
        SASL_RESPONSE_SENT,
        SERVER_VERIFIED,
        AUTHENTICATED,
        KEY_RECEIVED,
        READY,
        FAILED
    }

    /**
     * A conversation about to begin.
     *
     * @param clientNonce the nonce for SCRAM: printable ASCII without a comma, unpredictable and never used before
     */
    public StartupState(StartupParameters asked, AuthenticationPolicy policy, String clientNonce) {
        this.asked = asked;
        this.policy = policy;
        this.scram = new ScramSha256(clientNonce, policy.maximumIterations());
        this.protocolVersion = asked.protocolVersion();
    }

    /** Writes StartupMessage. */
    public void begin(FrontendWriter out) {
        out.startup(asked.protocolVersion(), asked.parameters());
    }

    /**
     * Consumes the framed message of {@code in}; DONE follows ReadyForQuery or ErrorResponse.
     *
     * @throws ProtocolViolation if the phase does not allow the message or the message is malformed
     * @throws AuthenticationRefused if the policy forbids to go on or the server failed to prove itself
     */
    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        return switch (in.type()) {
            case BackendMessage.NEGOTIATE_PROTOCOL_VERSION -> onNegotiateProtocolVersion(in);
            case BackendMessage.AUTHENTICATION -> onAuthentication(in, out);
            case BackendMessage.BACKEND_KEY_DATA -> onBackendKeyData(in);
            case BackendMessage.READY_FOR_QUERY -> onReadyForQuery(in);
            case BackendMessage.ERROR_RESPONSE -> onErrorResponse(in);
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        };
    }

    private Signal onNegotiateProtocolVersion(BackendReader in) {
        require(phase == Phase.STARTUP_SENT, in);
        NegotiateProtocolVersion offer = NegotiateProtocolVersion.read(in);
        requireNegotiable(offer, in);
        in.finish();
        protocolVersion = offer.version();
        unrecognizedOptions = offer.unrecognizedOptions();
        phase = Phase.VERSION_NEGOTIATED;
        return Signal.CONTINUE;
    }

    private void requireNegotiable(NegotiateProtocolVersion offer, BackendReader in) {
        int version = offer.version();
        if (version > asked.protocolVersion()) {
            throw in.violation("a newer version than the client asked for");
        }
        if (version < ProtocolVersion.V3_0) {
            throw in.violation("a version below 3.0");
        }
        if (version == ProtocolVersion.V3_1) {
            throw in.violation("version 3.1, which is reserved");
        }
        List<String> options = offer.unrecognizedOptions();
        if (version == asked.protocolVersion() && options.isEmpty()) {
            throw in.violation("nothing to negotiate");
        }
        if (!options.stream().allMatch(asked::asksForOption)) {
            throw in.violation("an option that the client did not ask for");
        }
    }

    private Signal onAuthentication(BackendReader in, FrontendWriter out) {
        int code = in.readInt();
        return switch (code) {
            case AuthenticationRequest.CLEARTEXT_PASSWORD -> onCleartextPassword(in);
            case AuthenticationRequest.MD5_PASSWORD -> onMd5Password(in);
            case AuthenticationRequest.SASL -> onSasl(in, out);
            case AuthenticationRequest.SASL_CONTINUE -> onSaslContinue(in);
            case AuthenticationRequest.SASL_FINAL -> onSaslFinal(in);
            case AuthenticationRequest.OK -> onAuthenticationOk(in);
            default -> {
                requireAuthentication(isBeforeAuthentication(), code);
                throw new AuthenticationRefused(
                        Fault.CONFIGURATION,
                        "the server asks for " + AuthenticationRequest.name(code)
                                + ", which the client does not support");
            }
        };
    }

    private Signal onCleartextPassword(BackendReader in) {
        requireAuthentication(isBeforeAuthentication(), AuthenticationRequest.CLEARTEXT_PASSWORD);
        policy.require(AuthenticationMethod.PASSWORD);
        in.finish();
        return await(Phase.CLEARTEXT_PASSWORD_AWAITED, new Need.Password());
    }

    private Signal onMd5Password(BackendReader in) {
        requireAuthentication(isBeforeAuthentication(), AuthenticationRequest.MD5_PASSWORD);
        policy.require(AuthenticationMethod.MD5);
        if (in.remaining() != MD5_SALT_LENGTH) {
            throw in.violation("an MD5 salt of " + in.remaining() + " bytes");
        }
        md5Salt = in.readBytes(MD5_SALT_LENGTH);
        in.finish();
        return await(Phase.MD5_PASSWORD_AWAITED, new Need.Password());
    }

    private Signal onSasl(BackendReader in, FrontendWriter out) {
        requireAuthentication(isBeforeAuthentication(), AuthenticationRequest.SASL);
        List<String> mechanisms = readMechanisms(in);
        in.finish();
        if (!mechanisms.contains(ScramSha256.MECHANISM)) {
            throw new AuthenticationRefused(
                    Fault.CONFIGURATION,
                    "the server offers the SASL mechanisms " + namesOf(mechanisms) + "; the client supports "
                            + ScramSha256.MECHANISM + " only");
        }
        policy.require(AuthenticationMethod.SCRAM_SHA_256);
        out.saslInitialResponse(ScramSha256.MECHANISM, scram.clientFirst());
        phase = Phase.SASL_INITIAL_RESPONSE_SENT;
        return Signal.CONTINUE;
    }

    private static List<String> readMechanisms(BackendReader in) {
        List<String> mechanisms = new ArrayList<>();
        for (String name = in.readCString(); !name.isEmpty(); name = in.readCString()) {
            // RFC 4422; such a name can be repeated in an error without harm.
            if (!name.matches("[A-Z0-9_-]{1,20}")) {
                throw in.violation("a malformed name of a SASL mechanism");
            }
            mechanisms.add(name);
        }
        return mechanisms;
    }

    /** The names for an error, a few at most: the list may be as long as a message. */
    private static List<String> namesOf(List<String> mechanisms) {
        return mechanisms.subList(0, Math.min(mechanisms.size(), MECHANISMS_IN_ERROR));
    }

    private Signal onSaslContinue(BackendReader in) {
        requireAuthentication(phase == Phase.SASL_INITIAL_RESPONSE_SENT, AuthenticationRequest.SASL_CONTINUE);
        ScramSha256.Challenge challenge = scram.serverFirst(in.readBytes(in.remaining()));
        in.finish();
        return await(Phase.SALTED_PASSWORD_AWAITED, new Need.SaltedPassword(challenge.salt(), challenge.iterations()));
    }

    private Signal onSaslFinal(BackendReader in) {
        requireAuthentication(phase == Phase.SASL_RESPONSE_SENT, AuthenticationRequest.SASL_FINAL);
        scram.verifyServerFinal(in.readBytes(in.remaining()));
        in.finish();
        phase = Phase.SERVER_VERIFIED;
        return Signal.CONTINUE;
    }

    private Signal onAuthenticationOk(BackendReader in) {
        switch (phase) {
            case STARTUP_SENT, VERSION_NEGOTIATED -> policy.require(AuthenticationMethod.NONE);
            case SASL_INITIAL_RESPONSE_SENT, SASL_RESPONSE_SENT ->
                throw new AuthenticationRefused(
                        Fault.SERVER, "the server ended authentication before it proved that it knows the password");
            default ->
                requireAuthentication(
                        phase == Phase.PASSWORD_SENT || phase == Phase.SERVER_VERIFIED, AuthenticationRequest.OK);
        }
        in.finish();
        in.authenticated();
        phase = Phase.AUTHENTICATED;
        return Signal.CONTINUE;
    }

    private Signal await(Phase awaited, Need what) {
        phase = awaited;
        need = what;
        return Signal.AWAIT;
    }

    /**
     * Returns what is needed; defined from AWAIT until {@link #resume} only.
     *
     * @throws IllegalStateException if nothing is
     */
    public Need need() {
        if (need == null) {
            throw new IllegalStateException("nothing is needed in phase " + phase);
        }
        return need;
    }

    /**
     * Answers the server with what was needed.
     *
     * @param answer what {@link #need()} describes; overwritten with zeros
     * @throws InvalidRequest if the protocol cannot carry the password
     */
    public void resume(byte[] answer, FrontendWriter out) {
        try {
            switch (phase) {
                case CLEARTEXT_PASSWORD_AWAITED -> {
                    out.password(answer);
                    phase = Phase.PASSWORD_SENT;
                }
                case MD5_PASSWORD_AWAITED -> {
                    out.password(Md5Password.response(answer, asked.user(), md5Salt));
                    phase = Phase.PASSWORD_SENT;
                }
                case SALTED_PASSWORD_AWAITED -> {
                    out.saslResponse(scram.clientFinal(answer));
                    phase = Phase.SASL_RESPONSE_SENT;
                }
                default -> throw new IllegalStateException("nothing is needed in phase " + phase);
            }
        } finally {
            Arrays.fill(answer, (byte) 0);
        }
        need = null;
    }

    private Signal onBackendKeyData(BackendReader in) {
        require(phase == Phase.AUTHENTICATED, in);
        backendKeyData = BackendKeyData.read(in, protocolVersion);
        in.finish();
        phase = Phase.KEY_RECEIVED;
        return Signal.CONTINUE;
    }

    private Signal onReadyForQuery(BackendReader in) {
        require(phase == Phase.AUTHENTICATED || phase == Phase.KEY_RECEIVED, in);
        transactionStatus = TransactionStatus.read(in);
        in.finish();
        phase = Phase.READY;
        return Signal.DONE;
    }

    private Signal onErrorResponse(BackendReader in) {
        require(need == null && phase != Phase.READY && phase != Phase.FAILED, in);
        error = ErrorFields.read(in);
        in.finish();
        phase = Phase.FAILED;
        return Signal.DONE;
    }

    /** Whether the server may still choose a method of authentication. */
    private boolean isBeforeAuthentication() {
        return phase == Phase.STARTUP_SENT || phase == Phase.VERSION_NEGOTIATED;
    }

    private void require(boolean allowed, BackendReader in) {
        if (!allowed) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
    }

    private void requireAuthentication(boolean allowed, int code) {
        if (!allowed) {
            throw ProtocolViolation.unexpected(phase, AuthenticationRequest.name(code));
        }
    }

    /** Returns the error that ended startup, or null if none did; defined after DONE only. */
    public @Nullable ErrorFields error() {
        return error;
    }

    /** Returns the protocol version that both sides speak. */
    public int protocolVersion() {
        return protocolVersion;
    }

    /** Returns the protocol options that were asked for and that the server does not know. */
    public List<String> unrecognizedOptions() {
        return unrecognizedOptions;
    }

    /** Returns what a cancel request needs, or null if the server sent nothing: then it cannot be cancelled. */
    public @Nullable BackendKeyData backendKeyData() {
        return backendKeyData;
    }

    /**
     * Returns the transaction status of ReadyForQuery.
     *
     * @throws IllegalStateException if startup did not come so far
     */
    @Override
    public TransactionStatus transactionStatus() {
        if (transactionStatus == null) {
            throw new IllegalStateException("startup is in phase " + phase);
        }
        return transactionStatus;
    }
}
