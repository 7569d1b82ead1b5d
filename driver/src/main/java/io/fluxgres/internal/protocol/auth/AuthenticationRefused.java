package io.fluxgres.internal.protocol.auth;

/**
 * The client does not go on with authentication: the method is not allowed or not supported, or the server did not prove
 * that it knows the password. Nothing more may be sent; the connection is to be closed.
 *
 * <p>The message never contains a secret, a salt or a nonce.
 */
public final class AuthenticationRefused extends RuntimeException {

    /** Who has to change something. */
    public enum Fault {
        /** What the client is configured with and what the server wants do not fit. */
        CONFIGURATION,
        /** The server did what no server that knows the password does. */
        SERVER
    }

    private final Fault fault;

    public AuthenticationRefused(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    /** Returns who has to change something. */
    public Fault fault() {
        return fault;
    }
}
