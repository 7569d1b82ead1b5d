package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServerAbilityTest {

    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final ServerAbility ability = new ServerAbility(MEMORY, now::get);

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(ability.isShown()).isFalse();
        assertThat(ability.isRefused()).isFalse();
    }

    @Test
    void whatTheServerHasDoneItDoes() {
        ability.onDone();

        assertThat(ability.isShown()).isTrue();
        assertThat(ability.isRefused()).isFalse();
    }

    @Test
    void aRefusalIsBelievedForAWhile() {
        ability.onDone();
        ability.onRefused();

        now.addAndGet(MEMORY.toNanos() - 1);
        assertThat(ability.isRefused()).isTrue();
        assertThat(ability.isShown()).isFalse();

        now.incrementAndGet();
        assertThat(ability.isRefused()).isFalse();
        assertThat(ability.isShown()).isFalse();
    }

    @Test
    void aRefusalAnewIsBelievedAnew() {
        ability.onRefused();
        now.addAndGet(MEMORY.toNanos());
        assertThat(ability.isRefused()).isFalse();

        ability.onRefused();

        now.addAndGet(MEMORY.toNanos() - 1);
        assertThat(ability.isRefused()).isTrue();
    }
}
