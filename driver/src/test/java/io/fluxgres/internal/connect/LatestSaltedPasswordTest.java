package io.fluxgres.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.internal.protocol.Need;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatestSaltedPasswordTest {

    private static final byte[] SALTED = {1, 2, 3};

    private final LatestSaltedPassword latest = new LatestSaltedPassword();

    @Test
    void knowsNothingBeforeTheFirst() {
        assertThat(latest.get("secret", need("salt", 4096))).isNull();
    }

    @Test
    void isFoundByEqualSaltsAndPasswords() {
        latest.keep("secret", need("salt", 4096), SALTED);

        assertThat(latest.get(new String("secret"), need("salt", 4096))).isEqualTo(SALTED);
    }

    @Test
    void isNotThatOfAnotherPasswordSaltOrNumberOfIterations() {
        latest.keep("secret", need("salt", 4096), SALTED);

        assertThat(latest.get("Secret", need("salt", 4096))).isNull();
        assertThat(latest.get("secret", need("Salt", 4096))).isNull();
        assertThat(latest.get("secret", need("salt", 4097))).isNull();
    }

    @Test
    void staysAsItIsWhenItsUsersClearTheirs() {
        byte[] derived = SALTED.clone();
        latest.keep("secret", need("salt", 4096), derived);
        Arrays.fill(derived, (byte) 0);
        Arrays.fill(latest.get("secret", need("salt", 4096)), (byte) 0);

        assertThat(latest.get("secret", need("salt", 4096))).isEqualTo(SALTED);
    }

    @Test
    void onlyTheLatestIsKept() {
        byte[] next = {4, 5, 6};
        latest.keep("secret", need("salt", 4096), SALTED);
        latest.keep("secret", need("pepper", 4096), next);

        assertThat(latest.get("secret", need("salt", 4096))).isNull();
        assertThat(latest.get("secret", need("pepper", 4096))).isEqualTo(next);
    }

    private static Need.SaltedPassword need(String salt, int iterations) {
        return new Need.SaltedPassword(salt.getBytes(StandardCharsets.US_ASCII), iterations);
    }
}
