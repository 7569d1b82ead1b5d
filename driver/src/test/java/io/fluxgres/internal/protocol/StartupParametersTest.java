package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupParametersTest {

    @ParameterizedTest
    @ValueSource(ints = {0x30000, 0x30002, 0x3270f})
    void asksForVersionsOfProtocol3(int version) {
        assertThat(new StartupParameters(version, Map.of("user", "app")).protocolVersion())
                .isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 0x20000, 0x30001, 0x40000, 80877102, 80877103, -1})
    void asksForNoOtherVersion(int version) {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> new StartupParameters(version, Map.of("user", "app")))
                .withMessageContaining("version");
    }

    @Test
    void needsAUser() {
        for (Map<String, String> parameters :
                List.of(Map.<String, String>of(), Map.of("user", ""), Map.of("database", "shop"))) {
            assertThatExceptionOfType(InvalidRequest.class)
                    .isThrownBy(() -> new StartupParameters(ProtocolVersion.V3_0, parameters))
                    .withMessageContaining("user");
        }
    }

    @Test
    void refusesANameThatWouldEndTheList() {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() ->
                        new FrontendWriter(Feed.HEAP, new Ledger()).startup(ProtocolVersion.V3_0, Map.of("", "x")))
                .withMessageContaining("no name");
    }

    @Test
    void keepsTheOrderAndNoLaterChange() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("database", "shop");
        parameters.put("application_name", "till");
        StartupParameters asked = new StartupParameters(ProtocolVersion.V3_0, parameters);
        parameters.put("user", "admin");
        parameters.put("options", "-c x=y");
        assertThat(asked.parameters()).containsOnlyKeys("user", "database", "application_name");
        assertThat(asked.parameters().keySet()).containsExactly("user", "database", "application_name");
        assertThat(asked.user()).isEqualTo("app");
    }

    @Test
    void namesNoValues() {
        StartupParameters asked =
                new StartupParameters(ProtocolVersion.V3_2, Map.of("user", "app", "options", "-c app.key=secret"));
        assertThat(asked.toString()).contains("3.2", "options").doesNotContain("secret");
    }
}
