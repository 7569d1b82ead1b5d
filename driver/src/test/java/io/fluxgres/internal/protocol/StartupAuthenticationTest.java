package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.auth.AuthenticationMethod.MD5;
import static io.fluxgres.internal.protocol.auth.AuthenticationMethod.NONE;
import static io.fluxgres.internal.protocol.auth.AuthenticationMethod.PASSWORD;
import static io.fluxgres.internal.protocol.auth.AuthenticationMethod.SCRAM_SHA_256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.internal.protocol.auth.AuthenticationMethod;
import io.fluxgres.internal.protocol.auth.AuthenticationPolicy;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused.Fault;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may not do to be let near the password, or to be believed. */
class StartupAuthenticationTest {

    private static final byte[] OK = Wire.authentication(0);
    private static final byte[] CLEARTEXT = Wire.authentication(3);
    private static final byte[] MD5_SALT = Wire.authentication(5, Wire.int32(0x01020304));
    private static final byte[] READY = Wire.readyForQuery('I');

    private StartupState state = fresh(Set.of(AuthenticationMethod.values()), true);

    private static StartupState fresh(Set<AuthenticationMethod> allowed, boolean cleartextPermitted) {
        return new StartupState(
                new StartupParameters(ProtocolVersion.V3_0, Map.of("user", "app")),
                new AuthenticationPolicy(allowed, cleartextPermitted, AuthenticationPolicy.DEFAULT_MAXIMUM_ITERATIONS),
                ScramExchange.CLIENT_NONCE);
    }

    private Feed feed() {
        return new Feed(state).onAwait(out -> state.resume(answer(), out));
    }

    private byte[] answer() {
        return state.need() instanceof Need.Password
                ? Wire.text(ScramExchange.PASSWORD)
                : ScramExchange.saltedPassword();
    }

    @Test
    void authenticationOkBeforeAnyScramMessageIsRefused() {
        refuses(feed().play(ScramExchange.sasl()), OK, Fault.SERVER, "before it proved");
    }

    @Test
    void authenticationOkBeforeTheServerSignatureIsRefused() {
        Feed feed = feed().play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue()));
        refuses(feed, OK, Fault.SERVER, "before it proved");
        assertThat(feed.in().isAuthenticated()).isFalse();
    }

    @Test
    void readyForQueryBeforeSignatureCheckIsAViolation() {
        Feed feed = feed().play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue()));
        violates(feed, READY, "ReadyForQuery", "SASL_RESPONSE_SENT");
    }

    @Test
    void readyForQueryBeforeAuthenticationOkIsAViolation() {
        Feed feed =
                feed().play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue(), ScramExchange.saslFinal()));
        violates(feed, READY, "ReadyForQuery", "SERVER_VERIFIED");
    }

    @Test
    void aWrongServerSignatureIsRefused() {
        Feed feed = feed().play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue()));
        byte[] forged = Wire.text("v=AAAA6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=");
        refuses(feed, Wire.authentication(12, forged), Fault.SERVER, "failed to prove that it knows the password");
    }

    @Test
    void theServersErrorInPlaceOfItsSignatureIsRefused() {
        Feed feed = feed().play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue()));
        byte[] error = Wire.authentication(12, Wire.text("e=invalid-proof"));
        refuses(feed, error, Fault.CONFIGURATION, "invalid-proof");
    }

    @ParameterizedTest
    @CsvSource({
        "'r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', does not extend",
        "'r=somebodyElse,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', does not extend",
        "'r=rOprNGfwEbeRWgbNEkqOmore,s=???,i=4096', not base64",
        "'r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1', fewer than 4096",
        "'r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095', fewer than 4096",
        "'r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=100001', more than 100000",
        "'r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647', more than 100000",
        "'', malformed"
    })
    void aBadServerFirstIsRefusedBeforeAnythingIsDerived(String serverFirst, String why) {
        Feed feed = new Feed(state)
                .onAwait(out -> {
                    throw new AssertionError("a key must not be asked for");
                })
                .play(ScramExchange.sasl());
        refuses(feed, Wire.authentication(11, Wire.text(serverFirst)), Fault.SERVER, why);
    }

    @Test
    void aSecondExchangeIsAViolation() {
        violates(feed().play(ScramExchange.sasl()), ScramExchange.sasl(), "AuthenticationSASL", "INITIAL_RESPONSE");
        state = fresh(Set.of(AuthenticationMethod.values()), true);
        violates(feed().play(CLEARTEXT), MD5_SALT, "AuthenticationMD5Password", "PASSWORD_SENT");
    }

    @Test
    void theProofIsNotFollowedByAPasswordInAnotherForm() {
        Feed feed = feed().play(ScramExchange.sasl());
        violates(feed, CLEARTEXT, "AuthenticationCleartextPassword", "SASL_INITIAL_RESPONSE_SENT");
    }

    @Test
    void aDowngradeFromScramIsRefused() {
        for (byte[] request : new byte[][] {CLEARTEXT, MD5_SALT, OK}) {
            state = fresh(Set.of(SCRAM_SHA_256), true);
            refuses(feed(), request, Fault.CONFIGURATION, "does not allow");
        }
    }

    @Test
    void aTrustingServerIsRefusedWhereAuthenticationIsDemanded() {
        state = fresh(Set.of(PASSWORD, MD5, SCRAM_SHA_256), true);
        refuses(feed(), OK, Fault.CONFIGURATION, "no authentication");
    }

    @Test
    void scramIsRefusedWhereItIsNotAllowed() {
        state = fresh(Set.of(NONE, PASSWORD, MD5), true);
        refuses(feed(), ScramExchange.sasl(), Fault.CONFIGURATION, "SCRAM-SHA-256");
    }

    @Test
    void clearTextOverAnOpenTransportIsRefused() {
        state = fresh(Set.of(AuthenticationMethod.values()), false);
        refuses(feed(), CLEARTEXT, Fault.CONFIGURATION, "not encrypted");
    }

    @ParameterizedTest
    @CsvSource({
        "2, AuthenticationKerberosV5",
        "6, AuthenticationSCMCredential",
        "7, AuthenticationGSS",
        "8, AuthenticationGSSContinue",
        "9, AuthenticationSSPI",
        "1, the unknown code 1",
        "4, the unknown code 4",
        "13, the unknown code 13",
        "99, the unknown code 99",
        "-1, the unknown code 4294967295"
    })
    void anUnsupportedMethodIsNamed(int code, String name) {
        refuses(feed(), Wire.authentication(code, Wire.text("data")), Fault.CONFIGURATION, name);
    }

    @Test
    void unsupportedMechanismsAreNamed() {
        refuses(
                feed(),
                Wire.authenticationSasl("SCRAM-SHA-256-PLUS", "OAUTHBEARER"),
                Fault.CONFIGURATION,
                "[SCRAM-SHA-256-PLUS, OAUTHBEARER]");
        refuses(feed(), Wire.authenticationSasl(), Fault.CONFIGURATION, "[]");
        refuses(feed(), Wire.authenticationSasl("SCRAM-SHA-256X"), Fault.CONFIGURATION, "256X]");
    }

    @Test
    void aLongListOfMechanismsMakesNoLongError() {
        String[] mechanisms = "A,".repeat(10_000).split(",");
        AuthenticationRefused refused = catchThrowableOfType(
                AuthenticationRefused.class, () -> feed().play(Wire.authenticationSasl(mechanisms)));
        assertThat(refused.getMessage()).hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scram-sha-256", "SCRAM SHA", "ABCDEFGHIJKLMNOPQRSTU", "É", "\u001b[2J"})
    void aMalformedMechanismIsAViolation(String mechanism) {
        violates(feed(), Wire.authenticationSasl("SCRAM-SHA-256", mechanism), "Authentication", "SASL mechanism");
    }

    @Test
    void malformedAuthenticationIsAViolation() {
        violates(feed(), Wire.message('R', new byte[3]), "behind the message");
        violates(feed(), Wire.authentication(5, new byte[3]), "an MD5 salt of 3 bytes");
        violates(feed(), Wire.authentication(5, new byte[5]), "an MD5 salt of 5 bytes");
        violates(feed(), Wire.authentication(3, new byte[1]), "1 bytes behind");
        violates(feed(), Wire.authentication(0, new byte[1]), "1 bytes behind");
        violates(feed(), Wire.authentication(10, Wire.cString("SCRAM-SHA-256")), "terminator");
        violates(feed(), Wire.join(Wire.authentication(10, Wire.cString("A"), new byte[2])), "1 bytes behind");
    }

    @Test
    void authenticationBehindAuthenticationOkIsAViolation() {
        for (byte[] late : new byte[][] {OK, CLEARTEXT, MD5_SALT, ScramExchange.sasl()}) {
            state = fresh(Set.of(AuthenticationMethod.values()), true);
            violates(feed().play(OK), late, "Authentication", "in phase AUTHENTICATED");
        }
    }

    @Test
    void messagesWhileAnAnswerIsAwaitedAreAViolation() {
        for (byte[] early : new byte[][] {OK, READY, Wire.errorResponse("SFATAL", "C57P01")}) {
            state = fresh(Set.of(AuthenticationMethod.values()), true);
            Feed feed = new Feed(state).play(CLEARTEXT);
            assertThat(catchThrowable(() -> feed.play(early).goOn()))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageContaining("CLEARTEXT_PASSWORD_AWAITED");
        }
    }

    private static void refuses(Feed feed, byte[] message, Fault fault, String why) {
        feed.sent();
        AuthenticationRefused refused = catchThrowableOfType(AuthenticationRefused.class, () -> feed.play(message));
        assertThat(refused)
                .hasMessageContaining(why)
                .hasMessageNotContainingAny(
                        ScramExchange.PASSWORD, ScramExchange.CLIENT_NONCE, ScramExchange.SALT, "6Qt1M4MKJrml");
        assertThat(refused.fault()).isEqualTo(fault);
        assertThat(feed.sent()).as("bytes sent").isEmpty();
    }

    private static void violates(Feed feed, byte[] message, String... words) {
        assertThat(catchThrowable(() -> feed.play(message)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContainingAll(words)
                .hasMessageNotContaining(ScramExchange.PASSWORD);
    }
}
