package io.fluxgres;

/** A way in which a server lets a client in. */
public enum PgAuthenticationMethod {
    /** The server does not ask (trust, peer). */
    NONE("none"),
    /** The server asks for the password itself. */
    PASSWORD("password"),
    /** The server asks for an MD5 digest of the password; deprecated by PostgreSQL. */
    MD5("md5"),
    /** SCRAM-SHA-256 (RFC 7677), in which the server proves itself too. */
    SCRAM_SHA_256("scram-sha-256");

    private final String word;

    PgAuthenticationMethod(String word) {
        this.word = word;
    }

    /** Returns the word for this method in options, as in libpq's {@code require_auth}. */
    public String word() {
        return word;
    }
}
