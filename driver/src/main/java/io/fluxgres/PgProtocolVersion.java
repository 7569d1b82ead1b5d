package io.fluxgres;

/** A version of the frontend/backend protocol that a connection may ask for. */
public enum PgProtocolVersion {
    /** Version 3.0, which all servers know. */
    V3_0("3.0"),
    /** Version 3.2, known from PostgreSQL 18 on: the keys by which statements are cancelled are longer. */
    V3_2("3.2");

    private final String word;

    PgProtocolVersion(String word) {
        this.word = word;
    }

    /** Returns the word for this version in options, as in libpq's {@code max_protocol_version}. */
    public String word() {
        return word;
    }
}
