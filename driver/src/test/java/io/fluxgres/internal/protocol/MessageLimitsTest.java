package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageLimitsTest {

    @Test
    void theDefaultsAre64KibibytesBeforeAuthenticationOneGibibyteForRowsAnd16MebibytesForOthers() {
        assertThat(MessageLimits.DEFAULT).isEqualTo(new MessageLimits(65_536, 1_073_741_823, 16_777_216));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 1 << 30, Integer.MAX_VALUE})
    void aLimitThatNoMessageCanHaveIsRefusedByName(int limit) {
        assertThatThrownBy(() -> new MessageLimits(limit, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beforeAuthentication must be 4..1073741823, not " + limit);
        assertThatThrownBy(() -> new MessageLimits(4, limit, 4)).hasMessageStartingWith("row must be");
        assertThatThrownBy(() -> new MessageLimits(4, 4, limit)).hasMessageStartingWith("other must be");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, (1 << 30) - 1})
    void theSmallestAndTheGreatestMessageAreLimits(int limit) {
        assertThatCode(() -> new MessageLimits(limit, limit, limit)).doesNotThrowAnyException();
    }
}
