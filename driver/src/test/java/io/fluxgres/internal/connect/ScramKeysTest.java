package io.fluxgres.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ScramKeysTest {

    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    @Test
    void theExampleOfRfc7677() {
        assertThat(HexFormat.of().formatHex(salted("pencil", 4096)))
                .isEqualTo("c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1023, 1024, 1025, 4096})
    void anyNumberOfIterationsIsThatOfPbkdf2(int iterations) throws GeneralSecurityException {
        PBEKeySpec specification = new PBEKeySpec("pencil".toCharArray(), SALT, iterations, 256);
        assertThat(salted("pencil", iterations))
                .isEqualTo(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(specification)
                        .getEncoded());
    }

    /** The examples of RFC 4013, section 3, that yield a string, and those of PostgreSQL. */
    @ParameterizedTest
    @CsvSource({
        "I\u00adX, IX",
        "user, user",
        "USER, USER",
        "\u00aa, a",
        "\u2168, IX",
        "a\u00a0b, a b",
        "e\u0301, \u00e9",
        "\u212b, \u00c5",
        "p\u200dw, pw"
    })
    void aPasswordIsPreparedBySaslprep(String password, String prepared) {
        assertThat(salted(password, 1)).isEqualTo(ofBytes(prepared));
    }

    /**
     * PostgreSQL takes a password as it is that SASLprep refuses: control characters, mixed directions, code points that
     * Unicode 3.2 had not assigned, and one of which nothing would be left.
     */
    @ParameterizedTest
    @ValueSource(strings = {"\u0007", "a\u0627b", "\u0627\u0031", "\ud83d\ude00", "\u00ad", "\ufffd", "\ue000"})
    void aPasswordThatSaslprepRefusesIsTakenAsItIs(String password) {
        assertThat(salted(password, 1)).isEqualTo(ofBytes(password));
    }

    /** RFC 3454 lists the zero-width space among the spaces and among what is mapped to nothing. */
    @Test
    void aZeroWidthSpaceIsASpaceAsForTheServer() {
        assertThat(salted("a\u200bb", 1)).isEqualTo(ofBytes("a b"));
    }

    /** The server looks for what is prohibited before the normalization, which would replace these. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0340", "\u1d2c"})
    void aPasswordThatOnlyItsNormalizationMakesValidIsTakenAsItIs(String password) {
        assertThat(salted(password, 1)).isEqualTo(ofBytes(password));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "correct horse battery staple", "gr\u00fc\u00df", "\u05d0\u05d1", "\u4f60\u597d"})
    void aPasswordThatIsPreparedAlreadyStaysAsItIs(String password) {
        assertThat(salted(password, 1)).isEqualTo(ofBytes(password));
    }

    @Test
    void theComputationEndsWhenItIsStopped() {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() ->
                        ScramKeys.saltedPassword("pencil", SALT, Integer.MAX_VALUE, () -> asked.incrementAndGet() == 3))
                .isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(3);
    }

    @Test
    void theSaltCounts() {
        assertThat(ScramKeys.saltedPassword("pencil", new byte[16], 1, () -> false))
                .isNotEqualTo(salted("pencil", 1));
    }

    private static byte[] salted(String password, int iterations) {
        return ScramKeys.saltedPassword(password, SALT, iterations, () -> false);
    }

    /** The first block of PBKDF2 with one iteration: the HMAC of the salt and a 1, computed here once more. */
    private static byte[] ofBytes(String prepared) {
        try {
            byte[] key = prepared.getBytes(StandardCharsets.UTF_8);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[64] : key, "HmacSHA256"));
            mac.update(SALT);
            return mac.doFinal(new byte[] {0, 0, 0, 1});
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
