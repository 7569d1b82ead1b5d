package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class PgOptionTest {

    /** An option, texts that it reads with what they mean, and texts that it refuses. */
    private record Sample(PgOption<?> option, List<Object> textsAndValues, List<String> refused) {

        Sample refusing(String... texts) {
            return new Sample(option, textsAndValues, List.of(texts));
        }

        @Override
        public String toString() {
            return option.name();
        }
    }

    private static Stream<Sample> samples() {
        return Stream.of(
                sample(PgOption.HOST, "db.example.org", "db.example.org", "::1", "::1")
                        .refusing("", "db1,db2", ","),
                integers(PgOption.PORT, 1, 65535),
                sample(PgOption.SOCKET, "/run/postgresql/.s.PGSQL.5432", "/run/postgresql/.s.PGSQL.5432"),
                sample(PgOption.USER, "app", "app", " two words ", " two words "),
                sample(PgOption.PASSWORD, "s3cret", "s3cret", " with blanks ", " with blanks "),
                sample(PgOption.DATABASE, "shop", "shop", " shop", " shop"),
                sample(PgOption.APPLICATION_NAME, "test", "test"),
                sample(PgOption.TIME_ZONE, "Europe/Berlin", ZoneId.of("Europe/Berlin"), "Z", ZoneOffset.UTC)
                        .refusing("Mars/Olympus", "", "europe/berlin"),
                durations(PgOption.CONNECT_TIMEOUT),
                sample(
                                PgOption.REQUIRE_AUTH,
                                "scram-sha-256",
                                EnumSet.of(PgAuthenticationMethod.SCRAM_SHA_256),
                                "none, md5",
                                EnumSet.of(PgAuthenticationMethod.NONE, PgAuthenticationMethod.MD5),
                                "password,password",
                                EnumSet.of(PgAuthenticationMethod.PASSWORD))
                        .refusing("", "any", "SCRAM-SHA-256", "none,,md5", "!none"),
                flags(PgOption.ALLOW_CLEARTEXT_PASSWORD),
                integers(PgOption.SCRAM_MAX_ITERATIONS, 4096, 10_000_000),
                sample(PgOption.MAX_PROTOCOL_VERSION, "3.0", PgProtocolVersion.V3_0, "3.2", PgProtocolVersion.V3_2)
                        .refusing("", "3", "3.1", "4.0", "V3_2", "v3_2", "3.0,"),
                constants(PgOption.QUERY_MODE, PgQueryMode.values()),
                constants(PgOption.STRING_TYPE, PgStringType.values()),
                integers(PgOption.PREPARE_THRESHOLD, 1, Integer.MAX_VALUE),
                integers(PgOption.STATEMENT_CACHE_SIZE, 0, 65536),
                integers(PgOption.MAX_ROW_BYTES, 1024, (1 << 30) - 1),
                integers(PgOption.MAX_MESSAGE_BYTES, 65536, (1 << 30) - 1),
                integers(PgOption.PIPELINE_DEPTH, 1, 65536),
                integers(PgOption.PIPELINE_BYTES, 1, 1 << 30),
                integers(PgOption.FETCH_SIZE, 0, Integer.MAX_VALUE),
                integers(PgOption.SPOOL_BYTES, 0, 1 << 30),
                longs(PgOption.SPOOL_TOTAL_BYTES),
                durations(PgOption.CANCEL_DELAY),
                longs(PgOption.CANCEL_BYTES),
                durations(PgOption.DRAIN_TIMEOUT),
                longs(PgOption.DRAIN_BYTES),
                durations(PgOption.STATEMENT_TIMEOUT),
                durations(PgOption.CONTROL_TIMEOUT),
                durations(PgOption.VALIDATION_TIMEOUT),
                milliseconds(PgOption.LOCK_TIMEOUT),
                integers(PgOption.SHARED_CONNECTIONS, 1, 65536),
                integers(PgOption.POOL_SIZE, 1, 65536),
                integers(PgOption.MAX_WAITING, 1, Integer.MAX_VALUE),
                durations(PgOption.ACQUIRE_TIMEOUT),
                constants(PgOption.SESSION_RESET, PgSessionReset.values()),
                flags(PgOption.TCP_KEEP_ALIVE),
                seconds(PgOption.KEEP_ALIVE_IDLE),
                seconds(PgOption.KEEP_ALIVE_INTERVAL),
                integers(PgOption.KEEP_ALIVE_COUNT, 1, 127),
                milliseconds(PgOption.TCP_USER_TIMEOUT),
                sample(PgOption.OBSERVER).refusing("", "none", "io.fluxgres.RecordingObserver"));
    }

    @Test
    void allOptionsAreTheConstantsInTheOrderOfTheirDeclaration() throws IllegalAccessException {
        List<PgOption<?>> constants = new ArrayList<>();
        for (Field field : PgOption.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.getType() == PgOption.class) {
                constants.add((PgOption<?>) field.get(null));
            }
        }
        assertThat(constants).isNotEmpty();
        assertThat(PgOption.all()).containsExactlyElementsOf(constants);
        assertThatThrownBy(() -> PgOption.all().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void allOptionsHaveASampleHere() {
        assertThat(samples().map(Sample::option).toList()).containsExactlyInAnyOrderElementsOf(PgOption.all());
    }

    @Test
    void namesAreUniqueAndFitForUris() {
        assertThat(PgOption.all())
                .extracting(PgOption::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z][A-Za-z]*"));
        assertThat(PgOption.all()).allMatch(option -> option.toString().equals(option.name()));
    }

    @Test
    void everyDefaultIsSaidInWords() {
        assertThat(PgOption.all()).noneMatch(option -> option.defaultText().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anOptionReadsItsTexts(Sample sample) {
        for (int i = 0; i < sample.textsAndValues().size(); i += 2) {
            String text = (String) sample.textsAndValues().get(i);
            assertThat((Object) sample.option().parse(text))
                    .as(text)
                    .isEqualTo(sample.textsAndValues().get(i + 1));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anOptionRefusesOtherTextsWithoutRepeatingThem(Sample sample) {
        for (String text : sample.refused()) {
            assertThatThrownBy(() -> sample.option().parse(text))
                    .as(text)
                    .isInstanceOf(PgUsageException.class)
                    .hasMessage("the value of option " + sample.option().name() + " is not "
                            + sample.option().range())
                    .hasNoCause();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theClassOfAnOptionIsThatOfItsValues(Sample sample) {
        Object value = sample.option() == PgOption.OBSERVER
                ? new RecordingObserver()
                : sample.option().parse((String) sample.textsAndValues().get(0));
        assertThat(value).isInstanceOf(sample.option().type());
    }

    @Test
    void aRefusalNamesTheWordsOfAConstant() {
        assertThatThrownBy(() -> PgOption.QUERY_MODE.parse("prepared"))
                .hasMessage("the value of option queryMode is not one of extended, simple, auto");
        assertThatThrownBy(() -> PgOption.STRING_TYPE.parse("int4"))
                .hasMessage("the value of option stringType is not one of auto, varchar, text, untyped");
        assertThatThrownBy(() -> PgOption.MAX_PROTOCOL_VERSION.parse("3.1"))
                .hasMessage("the value of option maxProtocolVersion is not one of 3.0, 3.2");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aDefaultThatIsWrittenAsAValueIsThatValue(Sample sample) {
        PgOption<?> option = sample.option();
        if (option.defaultValue() instanceof Number || option.defaultValue() instanceof Boolean) {
            assertThat(bytesOrNumber(option.defaultText()))
                    .isEqualTo(option.defaultValue().toString());
        } else if (option.defaultValue() instanceof Duration || option.defaultValue() instanceof Enum) {
            assertThat((Object) option.parse(option.defaultText())).isEqualTo(option.defaultValue());
        } else if (option.defaultValue() == null) {
            assertThat(option.defaultText()).isIn("none", "the user's name", "the system's", "one an event loop");
        }
    }

    @Test
    void defaultsThatAreWrittenInWordsAreWhatTheWordsSay() {
        assertThat(PgOption.HOST.defaultValue()).isEqualTo("localhost");
        assertThat(PgOption.USER.defaultValue()).isEqualTo(System.getProperty("user.name"));
        assertThat(PgOption.TIME_ZONE.defaultValue()).isEqualTo(ZoneId.systemDefault());
        assertThat(PgOption.REQUIRE_AUTH.defaultValue()).isEqualTo(Set.of(PgAuthenticationMethod.values()));
        assertThat(PgOption.APPLICATION_NAME.defaultValue()).isEqualTo("fluxgres");
        assertThat(PgOption.MAX_PROTOCOL_VERSION.defaultValue()).isEqualTo(PgProtocolVersion.V3_0);
        assertThat(PgOption.QUERY_MODE.defaultValue()).isEqualTo(PgQueryMode.EXTENDED);
        assertThat(PgOption.STRING_TYPE.defaultValue()).isEqualTo(PgStringType.AUTO);
        assertThat(PgOption.SESSION_RESET.defaultValue()).isEqualTo(PgSessionReset.MARKED);
    }

    /** Returns the plain number for {@code 16 MiB} and the like. */
    private static String bytesOrNumber(String text) {
        String[] words = text.split(" ");
        if (words.length == 1) {
            return text;
        }
        long unit = switch (words[1]) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> throw new AssertionError(text);
        };
        long less = words.length == 4 && words[2].equals("-") ? Long.parseLong(words[3]) : 0;
        return Long.toString(Long.parseLong(words[0]) * unit - less);
    }

    private static Sample sample(PgOption<?> option, Object... textsAndValues) {
        return new Sample(option, List.of(textsAndValues), List.of());
    }

    private static <E extends Enum<E>> Sample constants(PgOption<E> option, E[] constants) {
        Object[] textsAndValues = Stream.of(constants)
                .flatMap(constant -> Stream.of(constant.name().toLowerCase(Locale.ROOT), constant))
                .toArray();
        return sample(option, textsAndValues)
                .refusing("", "x", constants[0].name(), textsAndValues[0] + "x", textsAndValues[0] + ",");
    }

    private static Sample milliseconds(PgOption<Duration> option) {
        return sample(option, "1ms", Duration.ofMillis(1), "2147483647ms", Duration.ofMillis(Integer.MAX_VALUE))
                .refusing("", "0", "5", "0ms", "-1ms", "PT0.0015S", "2147483648ms", "PT1000000000000H");
    }

    private static Sample seconds(PgOption<Duration> option) {
        return sample(option, "1s", Duration.ofSeconds(1), "32767000ms", Duration.ofSeconds(32767))
                .refusing("", "5", "0s", "-1s", "1500ms", "999ms", "32768s");
    }

    private static Sample flags(PgOption<Boolean> option) {
        return sample(option, "true", true, "false", false).refusing("", "yes", "1", "TRUE", "on");
    }

    private static Sample integers(PgOption<Integer> option, int minimum, int maximum) {
        return sample(option, "" + minimum, minimum, "" + maximum, maximum)
                .refusing(
                        "",
                        "x",
                        "1.0",
                        "1e5",
                        "0x1000",
                        " " + minimum,
                        Long.toString(minimum - 1L),
                        Long.toString(maximum + 1L),
                        "99999999999999999999");
    }

    private static Sample longs(PgOption<Long> option) {
        return sample(option, "1", 1L, "9223372036854775807", Long.MAX_VALUE)
                .refusing("", "x", "0", "-1", "9223372036854775808", "1 MiB");
    }

    private static Sample durations(PgOption<Duration> option) {
        return sample(
                        option,
                        "500ms",
                        Duration.ofMillis(500),
                        "10s",
                        Duration.ofSeconds(10),
                        "2m",
                        Duration.ofMinutes(2),
                        "PT1M30S",
                        Duration.ofSeconds(90),
                        "pt0.25s",
                        Duration.ofMillis(250))
                .refusing(
                        "",
                        "s",
                        "ms",
                        "0",
                        "5",
                        "1500",
                        "0s",
                        "-1s",
                        "PT-1S",
                        "1w",
                        "1.5s",
                        "ten",
                        "9999999999999999999m");
    }
}
