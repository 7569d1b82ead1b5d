package io.fluxgres.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestServerTest {

    @Test
    void aUrlNamesEveryPart() {
        assertThat(TestServer.ofUrl("postgresql://ann:s%40c+ret@db.example:6432/shop"))
                .isEqualTo(new TestServer("db.example", 6432, "ann", "s@c+ret", "shop", null, false));
    }

    @Test
    void whatAUrlLeavesOutIsWhatLibpqTakes() {
        assertThat(TestServer.ofUrl("postgresql://ann@[::1]"))
                .isEqualTo(new TestServer("::1", 5432, "ann", "", "ann", null, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://a:b@h/d", "docker", "postgresql://h/d", "postgresql://a@h/d?sslmode=require"})
    void anyOtherChoiceIsRefusedWithoutRepeatingIt(String choice) {
        assertThatThrownBy(() -> TestServer.ofUrl(choice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fluxgres.server")
                .hasMessageNotContaining(choice);
    }
}
