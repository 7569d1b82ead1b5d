package io.fluxgres.internal.connect;

import io.fluxgres.internal.protocol.Need;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The salted password that was derived last. The servers of one set of options name the same salt and iterations for
 * each connection, until the password is changed. Lives as long as the options, which hold the password itself. May be
 * used by any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-5.1">RFC 5802, on keeping the salted password</a>
 */
final class LatestSaltedPassword {

    private volatile @Nullable Derivation latest;

    /** Returns the salted password, for its user to clear; null if what was derived last was another one. */
    byte @Nullable [] get(String password, Need.SaltedPassword need) {
        Derivation known = latest;
        return known != null && known.isOf(password, need) ? known.saltedPassword.clone() : null;
    }

    /** Keeps a copy of a salted password in place of the one before. */
    void keep(String password, Need.SaltedPassword need, byte[] saltedPassword) {
        latest = new Derivation(password, need, saltedPassword.clone());
    }

    private static final class Derivation {

        private final String password;
        private final Need.SaltedPassword need;
        private final byte[] saltedPassword;

        Derivation(String password, Need.SaltedPassword need, byte[] saltedPassword) {
            this.password = password;
            this.need = need;
            this.saltedPassword = saltedPassword;
        }

        boolean isOf(String otherPassword, Need.SaltedPassword other) {
            return need.iterations() == other.iterations()
                    && Arrays.equals(need.salt(), other.salt())
                    && password.equals(otherPassword);
        }
    }
}
