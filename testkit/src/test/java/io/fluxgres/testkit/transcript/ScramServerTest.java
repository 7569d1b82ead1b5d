package io.fluxgres.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages are those of the example in RFC 7677, section 3. */
class ScramServerTest {

    private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String CLIENT_FINAL = "c=biws,r=" + NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    @Test
    void theExampleOfTheRfcIsReproduced() {
        ScramServer server = new ScramServer("pencil", 4096, ScramFault.NONE);
        assertThat(server.first(CLIENT_FIRST)).isEqualTo("r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(server.last(CLIENT_FINAL)).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void aProofOfAnotherPasswordIsRefused() {
        ScramServer server = new ScramServer("pen", 4096, ScramFault.NONE);
        server.first(CLIENT_FIRST);
        assertThatThrownBy(() -> server.last(CLIENT_FINAL)).hasMessageContaining("proof");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c=eSws,r=%s,p=AAAA", "c=biws,r=%s0,p=AAAA", "c=biws,r=%s", "r=%s,c=biws,p=AAAA"})
    void aFinalMessageThatDoesNotRepeatHeaderAndNonceIsRefused(String form) {
        ScramServer server = new ScramServer("pencil", 4096, ScramFault.NONE);
        server.first(CLIENT_FIRST);
        assertThatThrownBy(() -> server.last(form.formatted(NONCE))).hasMessageContaining("GS2 header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n,,", "n,,r=x", "n,,n=,r=", "p=tls-server-end-point,,n=,r=x", "n=,r=x"})
    void aFirstMessageOfAnotherFormIsRefused(String clientFirst) {
        ScramServer server = new ScramServer("pencil", 4096, ScramFault.NONE);
        assertThatThrownBy(() -> server.first(clientFirst)).isInstanceOf(ScramServer.ScramException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "FOREIGN_NONCE, 'r=%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1'",
        "SAME_NONCE, 'r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1'",
        "BAD_SALT, 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=~,i=1'"
    })
    void aFaultOfTheFirstMessageIsInIt(ScramFault fault, String serverFirst) {
        assertThat(new ScramServer("pencil", 1, fault).first(CLIENT_FIRST)).isEqualTo(serverFirst);
    }

    @Test
    void aWrongSignatureHasTheFormOfARightOne() {
        ScramServer server = new ScramServer("pencil", 4096, ScramFault.WRONG_SIGNATURE);
        server.first(CLIENT_FIRST);
        assertThat(server.last(CLIENT_FINAL))
                .matches("v=[A-Za-z0-9+/]{43}=")
                .isNotEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void aServerErrorTakesThePlaceOfTheSignature() {
        ScramServer server = new ScramServer("pencil", 4096, ScramFault.SERVER_ERROR);
        server.first(CLIENT_FIRST);
        assertThat(server.last(CLIENT_FINAL)).isEqualTo("e=other-error");
    }

    @Test
    void anyNumberOfIterationsMayBeAskedForWithoutComputingThem() {
        assertThat(new ScramServer("pencil", Integer.MAX_VALUE, ScramFault.NONE).first(CLIENT_FIRST))
                .endsWith(",i=2147483647");
    }
}
