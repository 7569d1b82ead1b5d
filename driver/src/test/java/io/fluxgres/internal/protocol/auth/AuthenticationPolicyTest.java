package io.fluxgres.internal.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.internal.protocol.auth.AuthenticationRefused.Fault;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationPolicyTest {

    private static final int MAXIMUM = AuthenticationPolicy.DEFAULT_MAXIMUM_ITERATIONS;

    @ParameterizedTest
    @EnumSource
    void admitsAMethodThatIsAllowed(AuthenticationMethod method) {
        AuthenticationPolicy policy = new AuthenticationPolicy(Set.of(method), true, MAXIMUM);
        assertThatCode(() -> policy.require(method)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, no authentication",
        "PASSWORD, the password in clear text",
        "MD5, an MD5 hash of the password",
        "SCRAM_SHA_256, SCRAM-SHA-256"
    })
    void refusesAMethodThatIsNotAllowed(AuthenticationMethod method, String named) {
        AuthenticationPolicy policy = new AuthenticationPolicy(EnumSet.complementOf(EnumSet.of(method)), true, MAXIMUM);
        AuthenticationRefused refused = catchThrowableOfType(AuthenticationRefused.class, () -> policy.require(method));
        assertThat(refused)
                .hasMessage("the server asks for " + named + ", which the configuration of the client does not allow");
        assertThat(refused.fault()).isEqualTo(Fault.CONFIGURATION);
    }

    @Test
    void refusesClearTextOverAnOpenTransportAndSaysHowToAllowIt() {
        AuthenticationPolicy policy =
                new AuthenticationPolicy(EnumSet.allOf(AuthenticationMethod.class), false, MAXIMUM);
        AuthenticationRefused refused =
                catchThrowableOfType(AuthenticationRefused.class, () -> policy.require(AuthenticationMethod.PASSWORD));
        assertThat(refused).hasMessageContainingAll("not encrypted", "use TLS", "explicitly permit");
        assertThat(refused.fault()).isEqualTo(Fault.CONFIGURATION);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PASSWORD")
    void theTransportMattersToClearTextOnly(AuthenticationMethod method) {
        AuthenticationPolicy policy =
                new AuthenticationPolicy(EnumSet.allOf(AuthenticationMethod.class), false, MAXIMUM);
        assertThatCode(() -> policy.require(method)).doesNotThrowAnyException();
    }

    @Test
    void laterChangesOfTheCallersSetDoNotCount() {
        Set<AuthenticationMethod> methods = EnumSet.of(AuthenticationMethod.SCRAM_SHA_256);
        AuthenticationPolicy policy = new AuthenticationPolicy(methods, false, MAXIMUM);
        methods.add(AuthenticationMethod.NONE);
        assertThat(policy.allowed()).containsExactly(AuthenticationMethod.SCRAM_SHA_256);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 4095})
    void aMaximumBelowTheMinimumIsTheCallersMistake(int maximum) {
        assertThatIllegalArgumentException().isThrownBy(() -> new AuthenticationPolicy(Set.of(), false, maximum));
    }
}
