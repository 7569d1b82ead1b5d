package io.fluxgres.testkit;

import java.util.Locale;

/**
 * The roles of the embedded server, one for each authentication method of {@code pg_hba.conf} that needs no other
 * program. Each may log in to every database over TCP and over the Unix-domain socket; by no other method than its own.
 */
public enum AuthRole {
    TRUST("trust", "not asked for", "not asked for"),
    /** The password crosses the wire as it is. */
    PASSWORD("password", "cleartext-secret", "cleartext-secret"),
    /** The server stores an MD5 hash, so that it must ask for MD5. */
    MD5("md5", "md5-secret", "md5-secret"),
    SCRAM("scram-sha-256", "scram-secret", "scram-secret"),
    /**
     * SCRAM with a password that SASLprep changes: a soft hyphen is removed, a decomposed letter is composed, a
     * no-break space becomes a space and the Roman numeral nine becomes two letters.
     */
    SASLPREP("scram-sha-256", "r\u00ADe\u0301sum\u00E9\u00A0\u2168", "r\u00E9sum\u00E9 IX");

    private final String method;
    private final String password;
    private final String preparedPassword;

    AuthRole(String method, String password, String preparedPassword) {
        this.method = method;
        this.password = password;
        this.preparedPassword = preparedPassword;
    }

    /** Returns the name of the role, such as {@code auth_scram}. */
    public String user() {
        return "auth_" + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the password as a user types it. */
    public String password() {
        return password;
    }

    /** Returns the password after SASLprep. */
    public String preparedPassword() {
        return preparedPassword;
    }

    /** Returns the method as {@code pg_hba.conf} names it. */
    public String method() {
        return method;
    }

    /** The lines that must stand in front of those for all other roles: the first line that fits counts. */
    String hostBasedAuthentication() {
        return "local all %s %s%nhost all %s all %s%n".formatted(user(), method, user(), method);
    }

    /** Creates the role and, as the method requires it, its stored password. */
    String creation() {
        String encryption = this == MD5 ? "md5" : "scram-sha-256";
        return "set password_encryption = '%s'; create role %s login password '%s'"
                .formatted(encryption, user(), password);
    }
}
