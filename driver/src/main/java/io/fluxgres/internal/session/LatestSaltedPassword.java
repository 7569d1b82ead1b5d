package io.fluxgres.internal.session;

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
        latest = new Derivation(password, need.salt(), need.iterations(), saltedPassword.clone());
    }

    private static final class Derivation {

        private final String password;
        private final byte[] salt;
        private final int iterations;
        private final byte[] saltedPassword;

        Derivation(String password, byte[] salt, int iterations, byte[] saltedPassword) {
            this.password = password;
            this.salt = salt;
            this.iterations = iterations;
            this.saltedPassword = saltedPassword;
        }

        boolean isOf(String password, Need.SaltedPassword need) {
            return iterations == need.iterations()
                    && Arrays.equals(salt, need.salt())
                    && this.password.equals(password);
        }
    }
}
