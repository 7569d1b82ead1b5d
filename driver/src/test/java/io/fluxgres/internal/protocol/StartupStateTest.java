package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Signal.AWAIT;
import static io.fluxgres.internal.protocol.Signal.CONTINUE;
import static io.fluxgres.internal.protocol.Signal.DONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.internal.protocol.auth.AuthenticationMethod;
import io.fluxgres.internal.protocol.auth.AuthenticationPolicy;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupStateTest {

    private static final byte[] OK = Wire.authentication(0);
    private static final byte[] KEY = Wire.backendKeyData(42, Wire.int32(0x01020304));
    private static final byte[] READY = Wire.readyForQuery('I');
    private static final byte[] SERVER_VERSION = Wire.parameterStatus("server_version", "18.6");
    private static final byte[] NOTICE = Wire.noticeResponse("SWARNING", "C01000", "Mold password hash");

    private StartupState state = fresh(ProtocolVersion.V3_0);

    private static StartupState fresh(int protocolVersion, String... options) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("database", "shop");
        for (String option : options) {
            parameters.put(option, "1");
        }
        return new StartupState(
                new StartupParameters(protocolVersion, parameters),
                new AuthenticationPolicy(EnumSet.allOf(AuthenticationMethod.class), true, 100_000),
                ScramExchange.CLIENT_NONCE);
    }

    private Feed feed(String password) {
        state = fresh(ProtocolVersion.V3_0);
        return new Feed(state).onAwait(out -> state.resume(answer(state.need(), password), out));
    }

    private static byte[] answer(Need need, String password) {
        return need instanceof Need.Password ? Wire.text(password) : ScramExchange.saltedPassword();
    }

    @Test
    void beginsWithStartupMessage() {
        Feed feed = new Feed(state);
        state.begin(feed.out());
        assertThat(feed.sent())
                .isEqualTo(Wire.join(
                        Wire.int32(32),
                        Wire.int32(0x00030000),
                        Wire.cString("user"),
                        Wire.cString("app"),
                        Wire.cString("database"),
                        Wire.cString("shop"),
                        Wire.int8(0)));
    }

    @Test
    void goesWithoutAuthentication() {
        byte[] stream = Wire.join(OK, SERVER_VERSION, KEY, READY);
        Feed.everyWay(stream, () -> feed(""), feed -> {
            assertThat(feed.signals()).containsExactly(CONTINUE, CONTINUE, DONE);
            assertThat(feed.sent()).isEmpty();
            assertThat(state.error()).isNull();
            assertThat(state.transactionStatus()).isEqualTo(TransactionStatus.IDLE);
            assertThat(state.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
        });
    }

    @Test
    void answersWithAPasswordInClearText() {
        byte[] stream = Wire.join(Wire.authentication(3), OK, KEY, READY);
        Feed.everyWay(stream, () -> feed("päss"), feed -> {
            assertThat(feed.signals()).containsExactly(AWAIT, CONTINUE, CONTINUE, DONE);
            assertThat(feed.sent()).isEqualTo(Wire.message('p', Wire.cString("päss")));
        });
    }

    @Test
    void answersWithAnMd5Hash() {
        byte[] stream = Wire.join(Wire.authentication(5, Wire.int32(0x931000ff)), OK, KEY, READY);
        Feed.everyWay(stream, () -> feed("pencil"), feed -> {
            assertThat(feed.signals()).containsExactly(AWAIT, CONTINUE, CONTINUE, DONE);
            assertThat(feed.sent()).isEqualTo(Wire.message('p', Wire.cString("md5442072cf372170b6d2f1c75069ea5e56")));
        });
    }

    @Test
    void exchangesScramProofs() {
        byte[] stream = Wire.join(
                ScramExchange.sasl(), ScramExchange.saslContinue(), ScramExchange.saslFinal(), OK, KEY, READY);
        Feed.everyWay(stream, () -> feed(ScramExchange.PASSWORD), feed -> {
            assertThat(feed.signals()).containsExactly(CONTINUE, AWAIT, CONTINUE, CONTINUE, CONTINUE, DONE);
            assertThat(feed.sent())
                    .isEqualTo(Wire.join(
                            Wire.message(
                                    'p',
                                    Wire.cString("SCRAM-SHA-256"),
                                    Wire.int32(ScramExchange.CLIENT_FIRST.length()),
                                    Wire.text(ScramExchange.CLIENT_FIRST)),
                            Wire.message('p', Wire.text(ScramExchange.CLIENT_FINAL))));
        });
    }

    @Test
    void prefersScramWithoutChannelBindingAmongWhatTheServerOffers() {
        Feed feed = feed("").play(Wire.authenticationSasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "OAUTHBEARER"));
        assertThat(feed.signals()).containsExactly(CONTINUE);
        assertThat(feed.sent()).containsSequence(Wire.join(Wire.cString("SCRAM-SHA-256"), Wire.int32(28)));
    }

    @Test
    void whatComesBetweenTheMessagesDoesNotMatter() {
        byte[] stream = Wire.join(
                NOTICE,
                ScramExchange.sasl(),
                NOTICE,
                ScramExchange.saslContinue(),
                NOTICE,
                ScramExchange.saslFinal(),
                NOTICE,
                OK,
                SERVER_VERSION,
                KEY,
                SERVER_VERSION,
                NOTICE,
                READY);
        Feed.everyWay(stream, () -> feed(ScramExchange.PASSWORD), feed -> {
            assertThat(feed.signals()).containsExactly(CONTINUE, AWAIT, CONTINUE, CONTINUE, CONTINUE, DONE);
            assertThat(feed.asynchronous()).hasSize(7);
        });
    }

    @Test
    void saysWhatItNeedsUntilItIsAnswered() {
        assertThatIllegalStateException().isThrownBy(state::need);

        Feed feed = new Feed(state).play(Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue()));
        assertThat(state.need()).isInstanceOfSatisfying(Need.SaltedPassword.class, need -> {
            assertThat(need.salt()).asBase64Encoded().isEqualTo(ScramExchange.SALT);
            assertThat(need.iterations()).isEqualTo(4096);
        });

        state.resume(ScramExchange.saltedPassword(), feed.out());
        assertThatIllegalStateException().isThrownBy(state::need);
        assertThatIllegalStateException().isThrownBy(() -> state.resume(new byte[32], feed.out()));
    }

    @Test
    void readsOnBehindTheAnswer() {
        Feed feed = new Feed(state).play(Wire.join(Wire.authentication(3), OK));
        assertThat(feed.signals()).containsExactly(AWAIT);
        assertThat(feed.unread()).isEqualTo(OK);

        state.resume(Wire.text("secret"), feed.out());
        assertThat(feed.goOn().signals()).containsExactly(AWAIT, CONTINUE);
    }

    @Test
    void overwritesTheSecretsItWasGiven() {
        assertThat(answered(Wire.authentication(3), Wire.text("secret"))).containsOnly(0);
        assertThat(answered(Wire.authentication(5, Wire.int32(1)), Wire.text("secret")))
                .containsOnly(0);
        byte[] scram = Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue());
        assertThat(answered(scram, ScramExchange.saltedPassword())).containsOnly(0);
    }

    private static byte[] answered(byte[] stream, byte[] answer) {
        StartupState state = fresh(ProtocolVersion.V3_0);
        Feed feed = new Feed(state).play(stream);
        state.resume(answer, feed.out());
        return answer;
    }

    @Test
    void aPasswordThatCannotBeSentIsNamedNowhereAndOverwritten() {
        Feed feed = new Feed(state).play(Wire.authentication(3));
        byte[] answer = Wire.text("pen\0cil");
        assertThat(catchThrowable(() -> state.resume(answer, feed.out())))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageNotContainingAny("pen", "cil");
        assertThat(answer).containsOnly(0);
        assertThat(feed.sent()).isEmpty();
    }

    @Test
    void liftsTheLimitOfMessagesWithAuthenticationOk() {
        MessageLimits limits = new MessageLimits(100, 1000, 1000);
        byte[] longStatus = Wire.parameterStatus("search_path", "x".repeat(500));

        Feed authenticated = feed("").limits(limits).play(Wire.join(OK, longStatus, READY));
        assertThat(authenticated.signals()).containsExactly(CONTINUE, DONE);
        assertThat(authenticated.in().isAuthenticated()).isTrue();

        for (byte[] before : List.of(
                new byte[0],
                Wire.authentication(3),
                ScramExchange.sasl(),
                Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue(), ScramExchange.saslFinal()))) {
            Feed feed = feed(ScramExchange.PASSWORD).limits(limits).play(before);
            assertThatExceptionOfType(ProtocolViolation.class)
                    .isThrownBy(() -> feed.play(longStatus))
                    .withMessageContaining("before authentication");
        }
    }

    @Test
    void needsNoBackendKeyData() {
        Feed feed = feed("").play(Wire.join(OK, READY));
        assertThat(feed.signals()).containsExactly(CONTINUE, DONE);
        assertThat(state.backendKeyData()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void repeatsAnyCancelKeyVerbatim(int value) {
        Feed feed = feed("").play(Wire.join(OK, Wire.backendKeyData(value, Wire.int32(value)), READY));
        feed.out().cancelRequest(state.backendKeyData());
        assertThat(feed.sent())
                .isEqualTo(Wire.join(Wire.int32(16), Wire.int32(80877102), Wire.int32(value), Wire.int32(value)));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 32, 256})
    void takesLongCancelKeysUnderProtocol32(int length) {
        state = fresh(ProtocolVersion.V3_2);
        byte[] key = new byte[length];
        Arrays.fill(key, (byte) 0xa5);
        Feed feed = new Feed(state).play(Wire.join(OK, Wire.backendKeyData(42, key), READY));
        feed.out().cancelRequest(state.backendKeyData());
        assertThat(feed.sent())
                .isEqualTo(Wire.join(Wire.int32(12 + length), Wire.int32(80877102), Wire.int32(42), key));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 257})
    void refusesCancelKeysOfImpossibleLength(int length) {
        state = fresh(ProtocolVersion.V3_2);
        Feed feed = new Feed(state).play(OK);
        violates(feed, Wire.backendKeyData(42, new byte[length]), "BackendKeyData", "4 to 256");
    }

    @Test
    void theLengthOfACancelKeyFollowsTheNegotiatedVersion() {
        state = fresh(ProtocolVersion.V3_2);
        Feed feed = new Feed(state).play(Wire.join(Wire.negotiateProtocolVersion(ProtocolVersion.V3_0), OK));
        violates(feed, Wire.backendKeyData(42, new byte[32]), "BackendKeyData", "protocol 3.0");
    }

    @Test
    void goesOnWithAnOlderVersionAndWithoutUnknownOptions() {
        byte[] bareMinor = Wire.negotiateProtocolVersion(0, "_pq_.x");
        byte[] fullVersion = Wire.negotiateProtocolVersion(ProtocolVersion.V3_0, "_pq_.x");
        for (byte[] offer : List.of(bareMinor, fullVersion)) {
            Feed.everyWay(
                    Wire.join(offer, OK, KEY, READY),
                    () -> {
                        state = fresh(ProtocolVersion.V3_2, "_pq_.x", "_pq_.y");
                        return new Feed(state);
                    },
                    feed -> {
                        assertThat(feed.signals()).containsExactly(CONTINUE, CONTINUE, CONTINUE, DONE);
                        assertThat(state.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
                        assertThat(state.unrecognizedOptions()).containsExactly("_pq_.x");
                    });
        }
    }

    @Test
    void anOptionMayBeUnknownInTheVersionThatWasAskedFor() {
        state = fresh(ProtocolVersion.V3_0, "_pq_.x");
        Feed feed = new Feed(state).play(Wire.negotiateProtocolVersion(ProtocolVersion.V3_0, "_pq_.x"));
        assertThat(feed.signals()).containsExactly(CONTINUE);
        assertThat(state.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
        assertThat(state.unrecognizedOptions()).containsExactly("_pq_.x");
    }

    @Test
    void refusesNegotiationThatMakesNoSense() {
        int v32 = ProtocolVersion.V3_2;
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32 + 1), "newer");
        refusesToNegotiate(Wire.negotiateProtocolVersion(4 << 16), "newer");
        refusesToNegotiate(Wire.negotiateProtocolVersion(Integer.MIN_VALUE), "below 3.0");
        refusesToNegotiate(Wire.negotiateProtocolVersion(2 << 16), "below 3.0");
        refusesToNegotiate(Wire.negotiateProtocolVersion(ProtocolVersion.V3_1), "3.1");
        refusesToNegotiate(Wire.negotiateProtocolVersion(1), "3.1");
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32), "nothing to negotiate");
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32, "_pq_.z"), "did not ask");
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32, "_pq_.x", "_pq_.z"), "did not ask");
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32, "user"), "did not ask");
        refusesToNegotiate(Wire.negotiateProtocolVersion(v32, ""), "did not ask");
        refusesToNegotiate(Wire.message('v', Wire.int32(0), Wire.int32(-1)), "impossible number");
        refusesToNegotiate(Wire.message('v', Wire.int32(0), Wire.int32(Integer.MAX_VALUE)), "impossible number");
        refusesToNegotiate(Wire.message('v', Wire.int32(0), Wire.int32(1), Wire.text("_pq_.x")), "terminator");
        refusesToNegotiate(Wire.message('v', Wire.int32(0), Wire.int32(0), Wire.cString("_pq_.x")), "behind");
        refusesToNegotiate(Wire.message('v', Wire.int32(0)), "behind the message");
    }

    private void refusesToNegotiate(byte[] offer, String why) {
        state = fresh(ProtocolVersion.V3_2, "_pq_.x");
        violates(new Feed(state), offer, "NegotiateProtocolVersion", why);
        assertThat(state.protocolVersion()).isEqualTo(ProtocolVersion.V3_2);
    }

    @Test
    void keepsTheErrorThatEndsStartup() {
        byte[] error = Wire.errorResponse("SERREUR", "VFATAL", "C28P01", "Mauthentification impossible");
        Map<String, UnaryOperator<byte[]>> places = Map.of(
                "at once", e -> e,
                "for the password", e -> Wire.join(Wire.authentication(3), e),
                "for the proof", e -> Wire.join(ScramExchange.sasl(), ScramExchange.saslContinue(), e),
                "before the key", e -> Wire.join(OK, SERVER_VERSION, e),
                "before ReadyForQuery", e -> Wire.join(OK, KEY, NOTICE, e));
        places.forEach((place, stream) -> Feed.everyWay(stream.apply(error), () -> feed("secret"), feed -> {
            assertThat(feed.isDone()).as(place).isTrue();
            assertThat(state.error()).as(place).isNotNull();
            assertThat(state.error().sqlState()).as(place).isEqualTo("28P01");
            assertThat(state.error().isFatal()).as(place).isTrue();
            assertThatIllegalStateException().isThrownBy(state::transactionStatus);
        }));
    }

    @Test
    void anErrorOfAnOldServerHasFewFieldsAndEndsStartupAllTheSame() {
        Feed feed = feed("").play(Wire.errorResponse("SERROR", "C08P01", "Munsupported startup parameter"));
        assertThat(feed.signals()).containsExactly(DONE);
        assertThat(state.error().sqlState()).isEqualTo("08P01");
        assertThat(state.error().message()).isEqualTo("unsupported startup parameter");
    }

    @Test
    void refusesAMalformedReadyForQuery() {
        violates(feed("").play(OK), Wire.readyForQuery('X'), "ReadyForQuery", "status");
        violates(feed("").play(OK), Wire.message('Z'), "ReadyForQuery", "behind the message");
        violates(feed("").play(OK), Wire.message('Z', Wire.text("II")), "ReadyForQuery", "1 bytes behind");
    }

    private static void violates(Feed feed, byte[] message, String... words) {
        assertThat(catchThrowable(() -> feed.play(message)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContainingAll(words);
    }
}
