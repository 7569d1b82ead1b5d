package io.fluxgres.internal.protocol;

import java.util.HexFormat;

/**
 * One SCRAM-SHA-256 exchange with PostgreSQL for the password {@code pencil}, with the nonces and the salt of RFC 7677 and
 * no user name. The results were computed by another implementation.
 */
final class ScramExchange {

    static final String PASSWORD = "pencil";
    static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    static final String NONCE = CLIENT_NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    static final String SALTED_PASSWORD = "c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d";

    static final String CLIENT_FIRST = "n,,n=,r=" + CLIENT_NONCE;
    static final String SERVER_FIRST = "r=" + NONCE + ",s=" + SALT + ",i=4096";
    static final String CLIENT_FINAL = "c=biws,r=" + NONCE + ",p=qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=";
    static final String SERVER_FINAL = "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=";

    private ScramExchange() {}

    static byte[] saltedPassword() {
        return HexFormat.of().parseHex(SALTED_PASSWORD);
    }

    /** AuthenticationSASL with the mechanisms of a server without TLS. */
    static byte[] sasl() {
        return Wire.authenticationSasl("SCRAM-SHA-256");
    }

    static byte[] saslContinue() {
        return Wire.authentication(11, Wire.text(SERVER_FIRST));
    }

    static byte[] saslFinal() {
        return Wire.authentication(12, Wire.text(SERVER_FINAL));
    }
}
