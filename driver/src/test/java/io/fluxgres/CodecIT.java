package io.fluxgres;

import static io.fluxgres.ColumnReading.ASKED;
import static io.fluxgres.ColumnReading.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.ColumnReading.Outcome;
import io.fluxgres.codec.Format;
import io.fluxgres.testkit.PostgresExtension;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values of results against a real server: the first execution of a statement brings text, later ones bring binary where
 * the driver can read it, and nobody may see a difference.
 */
@Timeout(60)
class CodecIT {

    private static final int COLD_TO_WARM = 3;

    /** Seconds since 1970 of a local timestamp; the server rounds {@code extract(epoch ...)} where a bigint overflows. */
    private static final String SECONDS =
            "($::date - date '1970-01-01')::numeric * 86400 + extract(epoch from $::time)";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeAll
    static void createTypes() {
        postgres.execute(
                "create type mood as enum ('happy', 'it''s \u00e4'); create type pair as (number int, word text)");
    }

    @BeforeEach
    void connect() {
        connection =
                Objects.requireNonNull(PgClient.create(postgres.url()).connect().block(PATIENCE));
    }

    @AfterEach
    void close() {
        connection.close().block(PATIENCE);
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.CodecSamples#all")
    void aWarmStatementGivesWhatTheColdOneGave(CodecSamples samples) {
        SoftAssertions differences = new SoftAssertions();
        for (String expression : samples.expressions()) {
            ColumnReading cold = ColumnReading.of(connection, expression);
            ColumnReading preparing = ColumnReading.of(connection, expression);
            ColumnReading warm = ColumnReading.of(connection, expression);
            assertThat(cold.format()).isEqualTo(Format.TEXT);
            assertThat(warm.format()).isEqualTo(samples.isBinary() ? Format.BINARY : Format.TEXT);
            cold.outcomes().forEach((getter, outcome) -> {
                String label = getter + " of " + expression;
                differences.assertThat(preparing.by(getter)).as(label).isEqualTo(outcome);
                differences.assertThat(warm.by(getter)).as(label).isEqualTo(outcome);
            });
        }
        differences.assertAll();
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.CodecSamples#all")
    void aStringIsTheServersTextOrRefused(CodecSamples samples) {
        SoftAssertions differences = new SoftAssertions();
        for (String expression : samples.expressions()) {
            String text = ColumnReading.serversText(connection, expression);
            for (int i = 0; i < COLD_TO_WARM; i++) {
                Outcome string = ColumnReading.outcome(connection, expression, String.class);
                if (string.failure() == null) {
                    differences.assertThat(string.value()).as(expression).isEqualTo(text);
                }
            }
        }
        differences.assertAll();
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.CodecSamples#all")
    void aGetterOfAPrimitiveDoesWhatItsClassDoes(CodecSamples samples) {
        for (String expression : samples.expressions()) {
            ColumnReading reading = ColumnReading.of(connection, expression);
            assertThat(reading.by("getBoolean")).as(expression).isEqualTo(reading.as(boolean.class));
            assertThat(reading.by("getInt")).as(expression).isEqualTo(reading.as(int.class));
            assertThat(reading.by("getLong")).as(expression).isEqualTo(reading.as(long.class));
            assertThat(reading.by("getDouble")).as(expression).isEqualTo(reading.as(double.class));
            assertThat(reading.by("getString")).as(expression).isEqualTo(reading.as(String.class));
            assertThat(reading.by("get")).as(expression).isEqualTo(reading.as(Object.class));
        }
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.CodecSamples#all")
    void anOutcomeIsAValueOfTheClassOrNullOrAConversionError(CodecSamples samples) {
        for (String expression : samples.expressions()) {
            ColumnReading reading = ColumnReading.of(connection, expression);
            boolean isNull = ColumnReading.serversText(connection, expression) == null;
            for (Class<?> asked : ASKED) {
                Outcome outcome = reading.as(asked);
                if (outcome.failure() != null) {
                    assertThat(outcome.failure())
                            .startsWith(PgConversionException.class.getName() + ": column 0 \"v\" of type ")
                            .contains(" cannot be read as " + asked.getTypeName() + ": ");
                } else if (isNull) {
                    assertThat(asked.isPrimitive()).isFalse();
                    assertThat(outcome.value())
                            .as("%s of %s", asked, expression)
                            .isNull();
                } else if (!asked.isPrimitive()) {
                    assertThat(outcome.value())
                            .as("%s of %s", asked, expression)
                            .isInstanceOf(asked);
                }
            }
        }
    }

    private static Stream<Arguments> longValues() {
        return Stream.of(
                Arguments.of("repeat('x\u00e4\u20ac', 100000)", String.class),
                Arguments.of("convert_to(repeat('x\u00e4\u20ac', 100000), 'UTF8')", byte[].class),
                Arguments.of("('[' || repeat('\"\u00e4\",', 50000) || '1]')::jsonb", String.class),
                Arguments.of("(repeat('9', 131072) || '.' || repeat('8', 16383))::numeric", BigDecimal.class),
                Arguments.of("('-' || repeat('1000000000', 5000))::numeric", BigInteger.class));
    }

    @ParameterizedTest
    @MethodSource("longValues")
    void aValueLongerThanAReadIsTheSameInBothFormats(String expression, Class<?> asked) {
        Object cold = ColumnReading.value(connection, expression, asked);
        assertThat(cold).isNotNull();
        for (int i = 1; i < COLD_TO_WARM; i++) {
            assertThat(Objects.deepEquals(ColumnReading.value(connection, expression, asked), cold))
                    .isTrue();
        }
    }

    @Test
    void integersAreThoseThatTheServerPrints() {
        eachNaturalValue(List.of("int2", "int4", "int8", "oid"), "format('%s', $)", (value, text) -> {
            assertThat(value).isInstanceOf(Number.class);
            assertThat(value).hasToString(text);
        });
    }

    @Test
    void booleansAreThoseThatTheServerCasts() {
        eachNaturalValue(
                List.of("bool"),
                "($::int)::text",
                (value, text) -> assertThat(value).isEqualTo(text.equals("1")));
    }

    @Test
    void doublesHaveTheBitsThatTheServerSends() {
        eachNaturalValue(
                List.of("float8"),
                "encode(float8send($), 'hex')",
                (value, hex) ->
                        assertThat(value).isEqualTo(Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(hex))));
    }

    @Test
    void floatsHaveTheBitsThatTheServerSends() {
        eachNaturalValue(
                List.of("float4"),
                "encode(float4send($), 'hex')",
                (value, hex) -> assertThat(value).isEqualTo(Float.intBitsToFloat(HexFormat.fromHexDigits(hex))));
    }

    @Test
    void numericsHaveTheDigitsAndTheScaleThatTheServerPrints() {
        eachNaturalValue(
                List.of("numeric"),
                "format('%s', $)",
                (value, text) -> assertThat(value).isEqualTo(new BigDecimal(text)));
    }

    @Test
    void textsAreThoseThatTheServerEncodes() {
        eachNaturalValue(
                List.of("text", "varchar", "varchar(30)", "bpchar(3)", "name", "json", "jsonb"),
                "encode(convert_to(format('%s', $), 'UTF8'), 'hex')",
                (value, hex) -> assertThat(value)
                        .hasToString(new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8)));
    }

    @Test
    void bytesAreThoseThatTheServerEncodes() {
        eachNaturalValue(
                List.of("bytea"),
                "encode($, 'hex')",
                (value, hex) -> assertThat(value).isEqualTo(HexFormat.of().parseHex(hex)));
    }

    @Test
    void uuidsHaveTheBytesThatTheServerSends() {
        eachNaturalValue(
                List.of("uuid"),
                "encode(uuid_send($), 'hex')",
                (value, hex) -> assertThat(value)
                        .isEqualTo(new UUID(
                                HexFormat.fromHexDigitsToLong(hex, 0, 16),
                                HexFormat.fromHexDigitsToLong(hex, 16, 32))));
    }

    @Test
    void datesAreAsFarFrom2000AsTheServerCounts() {
        LocalDate origin = LocalDate.of(2000, 1, 1);
        eachNaturalValue(
                List.of("date"),
                "case when isfinite($) then ($ - date '2000-01-01')::text else format('%s', $) end",
                (value, days) -> assertThat(value)
                        .isEqualTo(
                                switch (days) {
                                    case "infinity" -> LocalDate.MAX;
                                    case "-infinity" -> LocalDate.MIN;
                                    default -> origin.plusDays(Long.parseLong(days));
                                }));
    }

    @Test
    void timesAreAsFarFromMidnightAsTheServerCounts() {
        eachNaturalValue(
                List.of("time"),
                "extract(epoch from $)::text",
                (value, seconds) -> assertThat(value)
                        .isEqualTo(
                                nanos(seconds) == Duration.ofDays(1).toNanos()
                                        ? LocalTime.MAX
                                        : LocalTime.MIDNIGHT.plusNanos(nanos(seconds))));
    }

    @Test
    void timestampsAreAsFarFrom1970AsTheServerCounts() {
        eachNaturalValue(
                List.of("timestamp"),
                "case when isfinite($) then (" + SECONDS + ")::text else format('%s', $) end",
                (value, seconds) -> assertThat(value)
                        .isEqualTo(
                                switch (seconds) {
                                    case "infinity" -> LocalDateTime.MAX;
                                    case "-infinity" -> LocalDateTime.MIN;
                                    default -> LocalDateTime.ofInstant(instant(seconds), ZoneOffset.UTC);
                                }));
    }

    @Test
    void timestampsWithTimeZoneAreAsFarFrom1970AsTheServerCounts() {
        eachNaturalValue(
                List.of("timestamptz"),
                "case when isfinite($) then (" + SECONDS.replace("$", "($ at time zone 'UTC')")
                        + ")::text else format('%s', $) end",
                (value, seconds) -> assertThat(value)
                        .isEqualTo(
                                switch (seconds) {
                                    case "infinity" -> OffsetDateTime.MAX;
                                    case "-infinity" -> OffsetDateTime.MIN;
                                    default -> instant(seconds).atOffset(((OffsetDateTime) value).getOffset());
                                }));
    }

    @Test
    void aRefusalDoesNotTellTheValue() {
        String failure = ColumnReading.of(connection, "'correct horse battery staple'::text")
                .as(int.class)
                .failure();
        assertThat(failure).isNotNull().doesNotContain("correct").doesNotContain("staple");
    }

    /**
     * Compares the natural value of each sample that is not NULL and has one, cold and warm, with what the server makes of
     * it by a function that does not go through the codec of the type; {@code $} is the sample.
     */
    private void eachNaturalValue(List<String> types, String function, BiConsumer<Object, String> comparison) {
        List<String> expressions = CodecSamples.all()
                .filter(samples -> types.contains(samples.type()))
                .flatMap(samples -> samples.expressions().stream())
                .toList();
        assertThat(expressions).hasSizeGreaterThanOrEqualTo(types.size() * 2);
        for (String expression : expressions) {
            String guarded = "case when $ is distinct from null then " + function + " end";
            String text = ColumnReading.value(connection, guarded.replace("$", expression), String.class);
            for (int i = 0; i < COLD_TO_WARM && text != null; i++) {
                Outcome outcome = ColumnReading.outcome(connection, expression, Object.class);
                if (outcome.failure() == null) {
                    comparison.accept(Objects.requireNonNull(outcome.value()), text);
                } else {
                    assertThat(outcome.failure()).as(expression).contains("infinite");
                }
            }
        }
    }

    private static long nanos(String seconds) {
        return new BigDecimal(seconds).movePointRight(9).longValueExact();
    }

    private static Instant instant(String seconds) {
        BigDecimal[] parts = new BigDecimal(seconds).divideAndRemainder(BigDecimal.ONE);
        return Instant.ofEpochSecond(parts[0].longValueExact()).plus(Duration.ofNanos(nanos(parts[1].toPlainString())));
    }
}
