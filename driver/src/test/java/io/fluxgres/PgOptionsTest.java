package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PgOptionsTest {

    @Test
    void withoutAValueTheDefaultCounts() {
        PgOptions options = PgOptions.defaults();
        for (PgOption<?> option : PgOption.all()) {
            assertThat(options.isSet(option)).isFalse();
            assertThat((Object) options.get(option)).isEqualTo(option.defaultValue());
        }
        assertThat(options).hasToString("{}");
    }

    @Test
    void anotherValueMakesOtherOptionsAndLeavesTheFirst() {
        PgOptions first = PgOptions.defaults().with(PgOption.PORT, 1);
        PgOptions second = first.with(PgOption.PORT, 2).with(PgOption.HOST, "db");
        assertThat(first.get(PgOption.PORT)).isEqualTo(1);
        assertThat(first.isSet(PgOption.HOST)).isFalse();
        assertThat(second.get(PgOption.PORT)).isEqualTo(2);
        assertThat(second.get(PgOption.HOST)).isEqualTo("db");
        assertThat(PgOptions.defaults().isSet(PgOption.PORT)).isFalse();
    }

    @Test
    void aValueThatIsRequiredAndMissingIsAUsageErrorThatNamesTheOption() {
        assertThat(PgOptions.defaults().require(PgOption.PORT)).isEqualTo(5432);
        assertThatThrownBy(() -> PgOptions.defaults().require(PgOption.PASSWORD))
                .isInstanceOf(PgUsageException.class)
                .hasMessage("option password is missing");
    }

    @Test
    void theTextListsTheValuesAndHidesThePassword() {
        PgOptions options = PgOptions.defaults()
                .with(PgOption.PASSWORD, "swordfish")
                .with(PgOption.USER, "app")
                .with(PgOption.HOST, "db");
        assertThat(options).hasToString("{host=db, password=***, user=app}");
    }

    @Test
    void aUriSetsItsPartsAndOptions() {
        PgOptions options = PgOptions.parse("postgresql://app:s3cr%40t@db.example.org:6432/my%20shop"
                + "?connectTimeout=3s&statementCacheSize=0&applicationName=a%26b");
        assertThat(options.get(PgOption.USER)).isEqualTo("app");
        assertThat(options.get(PgOption.PASSWORD)).isEqualTo("s3cr@t");
        assertThat(options.get(PgOption.HOST)).isEqualTo("db.example.org");
        assertThat(options.get(PgOption.PORT)).isEqualTo(6432);
        assertThat(options.get(PgOption.DATABASE)).isEqualTo("my shop");
        assertThat(options.get(PgOption.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.get(PgOption.STATEMENT_CACHE_SIZE)).isZero();
        assertThat(options.get(PgOption.APPLICATION_NAME)).isEqualTo("a&b");
    }

    @Test
    void everyOptionWithATextFormCanBeGivenInAUri() {
        Map<String, String> texts = Map.of(
                "port", "1",
                "timeZone", "Z",
                "requireAuth", "md5",
                "maxProtocolVersion", "3.2",
                "queryMode", "simple",
                "stringType", "text",
                "sessionReset", "always",
                "keepAliveCount", "5");
        List<PgOption<?>> withText = PgOption.all().stream()
                .filter(option -> !option.range().endsWith("no text form"))
                .toList();
        assertThat(withText).hasSize(PgOption.all().size() - 1).doesNotContain(PgOption.OBSERVER);
        for (PgOption<?> option : withText) {
            String text = texts.getOrDefault(option.name(), sample(option));
            PgOptions options = PgOptions.parse("postgres://?" + option.name() + "=" + text);
            assertThat(options.isSet(option)).as(option.name()).isTrue();
            assertThat((Object) options.get(option)).as(option.name()).isEqualTo(option.parse(text));
        }
    }

    @Test
    void anOptionWithoutATextFormIsGivenAsAnObject() {
        PgObserver observer = new RecordingObserver();

        assertThat(PgOptions.defaults().get(PgOption.OBSERVER)).isNull();
        assertThat(PgOptions.defaults().with(PgOption.OBSERVER, observer).get(PgOption.OBSERVER))
                .isSameAs(observer);
        assertThatThrownBy(() -> PgOptions.parse("postgresql://db?observer=io.fluxgres.RecordingObserver"))
                .isInstanceOf(PgUsageException.class)
                .hasMessage("the value of option observer is not a PgObserver object, which has no text form");
    }

    private static String sample(PgOption<?> option) {
        return option.range().equals("true or false")
                ? "true"
                : option.range().startsWith("a time with its unit") ? "1s" : "65536";
    }

    @Test
    void aPasswordKeepsItsBlanks() {
        assertThat(PgOptions.parse("postgresql://app:%20s3cret%20@db").get(PgOption.PASSWORD))
                .isEqualTo(" s3cret ");
        assertThat(PgOptions.parse("postgresql://?password=s3cret%20").get(PgOption.PASSWORD))
                .isEqualTo("s3cret ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jdbc:postgresql://db",
                "http://db",
                "postgresql:/db",
                "postgresql://app:swordfish@db:port",
                "postgresql://app:swordfish@db:0",
                "postgresql://app:swordfish@db:65536",
                "postgresql://app:swordfish@::1/shop",
                "postgresql://app:swordfish@[::1/shop",
                "postgresql://app:swordfish%@db",
                "postgresql://app:swordfish%4@db",
                "postgresql://app:swordfish%zz@db",
                "postgresql://app:swordfish@db?connectTimeout",
                "postgresql://app:swordfish@db?connectTimeout=soon",
                "postgresql://app:swordfish@db?password=swordfish",
                "postgresql://app:swordfish@db?host=other",
                "postgresql://app:swordfish@db?portt=1",
                "postgresql://app:swordfish@db?PORT=1"
            })
    void aMalformedUriIsAUsageErrorThatDoesNotTellThePassword(String uri) {
        assertThatThrownBy(() -> PgOptions.parse(uri))
                .isInstanceOf(PgUsageException.class)
                .hasMessageNotContaining("swordfish");
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> PgOptions.parse("postgresql://db?conectTimeout=3s"))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("conectTimeout")
                .hasMessageContaining("connectTimeout");
    }

    /** A password that was not percent-encoded must not end up in a log by way of the error that it causes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:a?b=swordfish@db/shop",
                "postgresql://app:a?b&swordfish@db/shop",
                "postgresql://app:a/swordfish@db/shop",
                "postgresql://app:swordfish#@db:x/shop"
            })
    void aPasswordWithReservedCharactersIsNotToldAsAValue(String uri) {
        assertThatThrownBy(() -> PgOptions.parse(uri))
                .isInstanceOf(PgUsageException.class)
                .hasMessageNotContaining("swordfish");
    }
}
