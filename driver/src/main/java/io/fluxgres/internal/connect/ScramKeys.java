package io.fluxgres.internal.connect;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Option;
import com.ongres.stringprep.Profile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The salted password of SCRAM-SHA-256: PBKDF2 with HMAC-SHA-256 over the password prepared by SASLprep. Costs tens of
 * milliseconds by design: not for an event loop, and it stops when nobody waits for it any more.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-2.2">RFC 5802, Hi()</a>
 */
final class ScramKeys {

    private static final String HMAC = "HmacSHA256";
    private static final int ITERATIONS_BETWEEN_CHECKS = 1024;

    private ScramKeys() {}

    /**
     * Returns the salted password.
     *
     * @param isStopped asked now and then; true ends the computation
     * @throws CancellationException if it was stopped
     */
    static byte[] saltedPassword(String password, byte[] salt, int iterations, BooleanSupplier isStopped) {
        byte[] prepared = prepare(password).getBytes(StandardCharsets.UTF_8);
        try {
            // the zero byte that pads an empty key changes nothing, for HMAC pads keys with zeros
            byte[] key = prepared.length == 0 ? new byte[1] : prepared;
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update(salt);
            byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] result = block.clone();
            for (int i = 1; i < iterations; i++) {
                if (i % ITERATIONS_BETWEEN_CHECKS == 0 && isStopped.getAsBoolean()) {
                    throw new CancellationException("the connect was given up");
                }
                block = mac.doFinal(block);
                for (int j = 0; j < result.length; j++) {
                    result[j] ^= block[j];
                }
            }
            return result;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + HMAC, e);
        } finally {
            Arrays.fill(prepared, (byte) 0);
        }
    }

    /**
     * Prepares the password as PostgreSQL does: by SASLprep where that is possible, else as it is. The server takes the
     * zero-width space for a space and looks for what is prohibited before it normalizes.
     *
     * @see <a href="https://www.postgresql.org/docs/18/sasl-authentication.html">SASL Authentication</a>
     */
    private static String prepare(String password) {
        String spaced = password.replace('\u200b', ' ');
        try {
            new UnnormalizedSaslprep().prepareStored(spaced);
            return new SASLprep().prepareStored(spaced);
        } catch (RuntimeException e) {
            return password;
        }
    }

    /** SASLprep without its normalization, to find what is prohibited before that. */
    private static final class UnnormalizedSaslprep implements Profile {

        private static final SASLprep SASLPREP = new SASLprep();

        @Override
        public Set<Option> profile() {
            Set<Option> options = EnumSet.copyOf(SASLPREP.profile());
            options.remove(Option.NORMALIZE_KC);
            return options;
        }

        @Override
        public int[] additionalMappingTable(int codePoint) {
            return SASLPREP.additionalMappingTable(codePoint);
        }

        @Override
        public boolean prohibitedAdditionalCharacters(int codePoint) {
            return SASLPREP.prohibitedAdditionalCharacters(codePoint);
        }
    }
}
