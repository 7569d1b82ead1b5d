package io.fluxgres.internal.protocol.auth;

/** A way by which the server may let the client in. */
public enum AuthenticationMethod {
    /** The server asks nothing: it trusts the client, or the client's certificate was enough. */
    NONE("no authentication"),
    /** The password itself is sent. */
    PASSWORD("the password in clear text"),
    /** A salted MD5 hash of the password is sent; the server proves nothing. */
    MD5("an MD5 hash of the password"),
    /** Both sides prove that they know the password. */
    SCRAM_SHA_256("SCRAM-SHA-256");

    private final String description;

    AuthenticationMethod(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }
}
