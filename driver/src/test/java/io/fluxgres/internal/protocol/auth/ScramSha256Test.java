package io.fluxgres.internal.protocol.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.internal.protocol.auth.AuthenticationRefused.Fault;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramSha256Test {

    private static final int MAXIMUM = 100_000;

    // RFC 7677, section 3: user "user", password "pencil".
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private static final String SERVER_FIRST = "r=" + NONCE + ",s=" + SALT + ",i=4096";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private final ScramSha256 scram = new ScramSha256("user", CLIENT_NONCE, MAXIMUM);

    @Test
    void passesTheExampleOfRfc7677() throws Exception {
        assertThat(scram.clientFirst()).asString(UTF_8).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");

        ScramSha256.Challenge challenge = scram.serverFirst(SERVER_FIRST.getBytes(UTF_8));
        assertThat(challenge.salt()).isEqualTo(Base64.getDecoder().decode(SALT));
        assertThat(challenge.iterations()).isEqualTo(4096);

        assertThat(scram.clientFinal(saltedPassword("pencil", challenge)))
                .asString(UTF_8)
                .isEqualTo("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThatCode(() -> scram.verifyServerFinal(SERVER_FINAL.getBytes(UTF_8)))
                .doesNotThrowAnyException();
    }

    @Test
    void leavesTheUserNameEmptyForPostgres() {
        assertThat(new ScramSha256(CLIENT_NONCE, MAXIMUM).clientFirst())
                .asString(UTF_8)
                .isEqualTo("n,,n=,r=rOprNGfwEbeRWgbNEkqO");
    }

    @Test
    void escapesTheUserName() {
        assertThat(new ScramSha256("a=b,c=2Cä", CLIENT_NONCE, MAXIMUM).clientFirst())
                .asString(UTF_8)
                .isEqualTo("n,,n=a=3Db=2Cc=3D2Cä,r=rOprNGfwEbeRWgbNEkqO");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with,comma", "with space", "tab\t", "ünicode", "\u007f"})
    void aClientNonceThatCannotBeSentIsTheCallersMistake(String nonce) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ScramSha256(nonce, MAXIMUM));
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 4097, 99_999, 100_000})
    void acceptsIterationCountsWithinTheBounds(int iterations) {
        assertThat(scram.serverFirst(serverFirst("i=" + iterations)).iterations())
                .isEqualTo(iterations);
    }

    @ParameterizedTest
    @CsvSource({
        "1, fewer than 4096",
        "4095, fewer than 4096",
        "100001, more than 100000",
        "2147483647, more than 100000",
        "4294971392, more than 100000",
        "99999999999, more than 100000",
        "18446744073709555712, more than 100000",
        "99999999999999999999999999999999999999999, more than 100000"
    })
    void refusesIterationCountsOutOfBounds(String iterations, String why) {
        refusesServerFirst(serverFirst("i=" + iterations), why);
    }

    @Test
    void theMostIterationsAreConfigurable() {
        ScramSha256 generous = new ScramSha256(CLIENT_NONCE, 10_000_000);
        assertThat(generous.serverFirst(serverFirst("i=10000000")).iterations()).isEqualTo(10_000_000);
        assertThatExceptionOfType(AuthenticationRefused.class)
                .isThrownBy(() -> new ScramSha256(CLIENT_NONCE, 10_000_000).serverFirst(serverFirst("i=10000001")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"i=", "i=0", "i=-4096", "i=+4096", "i=04096", "i=4096 ", "i=0x1000", "i=4096.0", "i=४०९६"})
    void refusesIterationCountsThatAreNoNumber(String iterations) {
        refusesServerFirst(serverFirst(iterations), "malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {CLIENT_NONCE, "", "rOprNGfwEbeRWgbNEkq", "xOprNGfwEbeRWgbNEkqOmore", "ropRNGFWeBErwGBneKQomore"})
    void refusesANonceThatDoesNotExtendTheClients(String nonce) {
        refusesServerFirst(("r=" + nonce + ",s=" + SALT + ",i=4096").getBytes(UTF_8), "does not extend");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\u0000", "\u007f", "\u00e4", "\n"})
    void refusesANonceThatIsNotPrintable(String character) {
        refusesServerFirst(
                ("r=" + CLIENT_NONCE + "a" + character + ",s=" + SALT + ",i=4096").getBytes(UTF_8), "not printable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s=", "s=*", "s=W22ZaJ0SNY7soEsUEjb6gQ=", "s=W22Z aJ0S", "s=W22ZaJ0SNY7soEsUEjb6gQ==="})
    void refusesASaltThatIsNotBase64(String salt) {
        refusesServerFirst(("r=" + NONCE + "," + salt + ",i=4096").getBytes(UTF_8), "its salt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                ",,",
                "garbage",
                "r=" + NONCE,
                "r=" + NONCE + ",s=" + SALT,
                "s=" + SALT + ",r=" + NONCE + ",i=4096",
                "r=" + NONCE + ",i=4096,s=" + SALT,
                "r=" + NONCE + ",s=" + SALT + ",i=4096,",
                "r=" + NONCE + ",s=" + SALT + ",i=4096,x",
                "r=" + NONCE + ",s=" + SALT + ",i=4096,1=x",
                "e=other-error",
                SERVER_FINAL
            })
    void refusesAMalformedServerFirst(String message) {
        refusesServerFirst(message.getBytes(UTF_8), "malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m=x,r=" + NONCE + ",s=" + SALT + ",i=4096", "r=" + NONCE + ",s=" + SALT + ",i=4096,m=x"})
    void refusesAMandatoryExtension(String message) {
        refusesServerFirst(message.getBytes(UTF_8), "extension that the client does not know");
    }

    @Test
    void theProofCoversOptionalExtensionsByteForByte() throws Exception {
        byte[] plain = proofOf(SERVER_FIRST);
        byte[] extended = proofOf(SERVER_FIRST + ",x=\u0080\u00ff");
        byte[] replaced = proofOf(SERVER_FIRST + ",x=??");
        assertThat(extended).isNotEqualTo(plain).isNotEqualTo(replaced);
    }

    private static byte[] proofOf(String serverFirst) throws Exception {
        ScramSha256 scram = new ScramSha256("user", CLIENT_NONCE, MAXIMUM);
        return scram.clientFinal(saltedPassword("pencil", scram.serverFirst(serverFirst.getBytes(ISO_8859_1))));
    }

    @Test
    void ignoresOptionalExtensionsOfServerFinal() throws Exception {
        answer("pencil");
        assertThatCode(() -> scram.verifyServerFinal((SERVER_FINAL + ",x=y").getBytes(UTF_8)))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesTheSignatureOfAServerThatKnowsAnotherPassword() throws Exception {
        answer("pen");
        refusesServerFinal(SERVER_FINAL, Fault.SERVER, "failed to prove");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=",
                "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=AAAA",
                "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            })
    void refusesAWrongSignature(String serverFinal) throws Exception {
        answer("pencil");
        refusesServerFinal(serverFinal, Fault.SERVER, "failed to prove");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v", "x=y", "x=y," + SERVER_FINAL, SERVER_FINAL + ",", SERVER_FIRST})
    void refusesAMalformedServerFinal(String serverFinal) throws Exception {
        answer("pencil");
        refusesServerFinal(serverFinal, Fault.SERVER, "malformed");
    }

    @Test
    void refusesAMandatoryExtensionOfServerFinal() throws Exception {
        answer("pencil");
        refusesServerFinal(SERVER_FINAL + ",m=x", Fault.SERVER, "extension that the client does not know");
    }

    @ParameterizedTest
    @CsvSource({"invalid-proof, invalid-proof", "unknown-user, unknown-user", "<script>, other-error", "'', other-error"
    })
    void namesTheServersErrorOnlyIfTheRfcKnowsIt(String error, String named) throws Exception {
        answer("pencil");
        refusesServerFinal("e=" + error, Fault.CONFIGURATION, "refused the SCRAM proof of the client: " + named);
    }

    @Test
    void nothingIsVerifiedBeforeClientFinal() {
        assertThatIllegalStateException().isThrownBy(() -> scram.verifyServerFinal(SERVER_FINAL.getBytes(UTF_8)));
        scram.serverFirst(SERVER_FIRST.getBytes(UTF_8));
        assertThatIllegalStateException().isThrownBy(() -> scram.verifyServerFinal(SERVER_FINAL.getBytes(UTF_8)));
    }

    @Test
    void clientFinalNeedsAnAcceptedServerFirst() {
        assertThatIllegalStateException().isThrownBy(() -> scram.clientFinal(new byte[32]));
        refusesServerFirst(serverFirst("i=1"), "fewer");
        assertThatIllegalStateException().isThrownBy(() -> scram.clientFinal(new byte[32]));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 31, 33})
    void aSaltedPasswordOfAnotherLengthIsTheCallersMistake(int length) {
        scram.serverFirst(SERVER_FIRST.getBytes(UTF_8));
        assertThatIllegalArgumentException().isThrownBy(() -> scram.clientFinal(new byte[length]));
    }

    private static byte[] serverFirst(String iterations) {
        return ("r=" + NONCE + ",s=" + SALT + "," + iterations).getBytes(UTF_8);
    }

    private void refusesServerFirst(byte[] message, String why) {
        AuthenticationRefused refused =
                catchThrowableOfType(AuthenticationRefused.class, () -> scram.serverFirst(message));
        assertThat(refused).hasMessageContaining(why).hasMessageNotContainingAny(NONCE, CLIENT_NONCE, SALT);
        assertThat(refused.fault()).isEqualTo(Fault.SERVER);
    }

    private void answer(String password) throws Exception {
        scram.clientFinal(saltedPassword(password, scram.serverFirst(SERVER_FIRST.getBytes(UTF_8))));
    }

    private void refusesServerFinal(String message, Fault fault, String why) {
        AuthenticationRefused refused = catchThrowableOfType(
                AuthenticationRefused.class, () -> scram.verifyServerFinal(message.getBytes(UTF_8)));
        assertThat(refused).hasMessageContaining(why).hasMessageNotContainingAny(NONCE, SALT, SERVER_FINAL);
        assertThat(refused.fault()).isEqualTo(fault);
    }

    private static byte[] saltedPassword(String password, ScramSha256.Challenge challenge) throws Exception {
        PBEKeySpec key = new PBEKeySpec(password.toCharArray(), challenge.salt(), challenge.iterations(), 256);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(key)
                .getEncoded();
    }
}
