package io.fluxgres;

import static io.fluxgres.ColumnReading.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.PostgresExtension;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Values of parameters against a real server: what arrives there is what was bound, or nothing was sent. */
@Timeout(60)
class ParameterCodecIT {

    private static final int COLD_TO_WARM = 3;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void connect() {
        connection =
                Objects.requireNonNull(PgClient.create(postgres.url()).connect().block(PATIENCE));
    }

    @AfterEach
    void close() {
        connection.close().block(PATIENCE);
    }

    @ParameterizedTest(name = "[{index}] {1}")
    @MethodSource("io.fluxgres.ParameterSamples#naturalValues")
    void aValueArrivesAsTheNaturalTypeOfItsClass(Object value, String type, String text) {
        utc();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(one("select pg_typeof($1) = $2::regtype", value, type).getBoolean(0))
                    .isTrue();
            assertThat(one("select format('%s', $1)", value).getString(0)).isEqualTo(text);
        }
    }

    @ParameterizedTest(name = "[{index}] {1}")
    @MethodSource("io.fluxgres.ParameterSamples#naturalValues")
    void aValueWithoutADeclaredTypeArrivesAsText(Object value, String type, String text) {
        utc();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(one("select format('%s', $1::" + type + ")", PgParameter.of(PgType.UNSPECIFIED, value))
                            .getString(0))
                    .isEqualTo(text);
        }
    }

    @ParameterizedTest(name = "[{index}] {1}")
    @MethodSource("io.fluxgres.ParameterSamples#naturalValues")
    void aValueComesBackAsItWasBound(Object value, String type, String text) {
        if (value instanceof StringBuilder || value instanceof ByteBuffer) {
            return;
        }
        ZoneId zone = ZoneId.systemDefault();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            Object echo = one("select $1", value).get(0, value.getClass());
            if (value instanceof BigDecimal decimal && decimal.scale() < 0) {
                assertThat((BigDecimal) echo).isEqualByComparingTo(decimal);
            } else if (value instanceof OffsetDateTime moment && moment.getYear() < 3000 && moment.getYear() > 0) {
                assertThat(echo).isEqualTo(moment.atZoneSameInstant(zone).toOffsetDateTime());
            } else if (value instanceof ZonedDateTime moment) {
                assertThat(echo)
                        .isEqualTo(moment.toOffsetDateTime()
                                .atZoneSameInstant(zone)
                                .toOffsetDateTime()
                                .toZonedDateTime());
            } else {
                assertThat(echo).isEqualTo(value);
            }
        }
    }

    @ParameterizedTest(name = "[{index}] {1}")
    @MethodSource("io.fluxgres.ParameterSamples#compatibleValues")
    void aValueArrivesAsTheTypeThatItIsDeclared(Object value, PgType type, String text) {
        PgParameter parameter = PgParameter.of(type, value);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow row = one("select pg_typeof($1)::oid::int8, format('%s', $1)", parameter);
            assertThat(row.getLong(0)).isEqualTo(type.oid());
            assertThat(row.getString(1)).isEqualTo(text);
        }
    }

    @ParameterizedTest(name = "[{index}] {1}")
    @MethodSource("io.fluxgres.ParameterSamples#refusedValues")
    void aValueThatItsTypeCannotHoldIsNotSent(Object value, @Nullable PgType type, String reason) {
        Object parameter = type == null ? value : PgParameter.of(type, value);
        assertThat(one("select $1", "here").getString(0)).isEqualTo("here");
        String before = latestActivity();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThatThrownBy(() -> one("select 1, $1, $2", "fine", parameter))
                    .isInstanceOf(PgConversionException.class)
                    .hasMessageStartingWith("parameter $2 cannot be written as type ")
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("swordfish");
        }
        assertThat(latestActivity()).isEqualTo(before);
        assertThat(connection.isHealthy()).isTrue();
        assertThat(one("select $1", "still here").getString(0)).isEqualTo("still here");
    }

    @Test
    void aRefusedValueDoesNotTouchTheTransaction() {
        connection.query("begin").rowsUpdated().block(PATIENCE);
        assertThatThrownBy(() -> one("select $1", PgParameter.of(PgType.INT2, 40_000)))
                .isInstanceOf(PgConversionException.class);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertThat(one("select 1").getInt(0)).isEqualTo(1);
    }

    @Test
    void aRefusedValueWasCertainlyNotExecuted() {
        assertThatThrownBy(() -> one("select $1", PgParameter.of(PgType.INT2, 40_000)))
                .isInstanceOfSatisfying(
                        PgConversionException.class,
                        e -> assertThat(e.safeToRetry()).isTrue());
    }

    @Test
    void requestsAroundARefusedOneInOnePipelineAreServed() {
        Flux<Integer> left = connection.query("select $1").bind(1).map(row -> row.getInt(0));
        Flux<Integer> refused = connection
                .query("select $1")
                .bind(PgParameter.of(PgType.INT2, 40_000))
                .map(row -> row.getInt(0))
                .onErrorReturn(PgConversionException.class, -1);
        Flux<Integer> right = connection.query("select $1").bind(3).map(row -> row.getInt(0));
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(Flux.mergeSequential(left, refused, right).collectList().block(PATIENCE))
                    .containsExactly(1, -1, 3);
        }
    }

    @Test
    void aClassThatNoCodecWritesIsRefusedByBind() {
        assertThatThrownBy(() -> connection.query("select $1, $2").bind(1, new Thread()))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("parameter $2")
                .hasMessageContaining("java.lang.Thread");
        assertThatThrownBy(() -> connection.query("select $1").bind(PgParameter.of(PgType.UUID, 1)))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("parameter $1")
                .hasMessageContaining("java.lang.Integer")
                .hasMessageContaining("uuid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"int4", "text", "uuid", "timestamptz", "jsonb", "bytea", "int4[]"})
    void aNullWithoutATypeFitsAnyColumn(String type) {
        connection
                .query("create temp table of_null (v " + type + ")")
                .rowsUpdated()
                .block(PATIENCE);
        for (int i = 1; i <= COLD_TO_WARM; i++) {
            assertThat(connection
                            .query("insert into of_null values ($1)")
                            .bind((Object) null)
                            .rowsUpdated()
                            .block(PATIENCE))
                    .isOne();
            assertThat(one("select count(*) from of_null where v is null").getLong(0))
                    .isEqualTo(i);
        }
    }

    @Test
    void aNullIsOfTheTypeThatItDeclares() {
        for (PgType type : List.of(PgType.INT2, PgType.TEXT, PgType.UUID, PgType.JSONB, PgType.unknown(1186))) {
            for (int i = 0; i < COLD_TO_WARM; i++) {
                PgRow row = one("select pg_typeof($1)::oid::int8, $1 is null", PgParameter.of(type, null));
                assertThat(row.getLong(0)).isEqualTo(type.oid());
                assertThat(row.getBoolean(1)).isTrue();
            }
        }
    }

    @Test
    void aNullWithoutATypeServesTheStatementThatWasPreparedForAType() {
        String sql = "select pg_typeof($1)::text, $1 is null, count(*) from pg_prepared_statements where statement like"
                + " '%of it%'";
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(one(sql, 7).getString(0)).isEqualTo("integer");
        }
        PgRow row = one(sql, (Object) null);
        assertThat(row.getString(0)).isEqualTo("integer");
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getLong(2)).isOne();
    }

    @Test
    void eachVariantOfAStatementGetsTheTypeOfItsOwnValue() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(one("select pg_typeof($1)::text", 7).getString(0)).isEqualTo("integer");
            assertThat(one("select pg_typeof($1)::text", 7L).getString(0)).isEqualTo("bigint");
            assertThat(one("select pg_typeof($1)::text", "7").getString(0)).isEqualTo("character varying");
            assertThat(one("select pg_typeof($1)::text", true).getString(0)).isEqualTo("boolean");
            assertThat(one("select pg_typeof($1)::text", 7.0).getString(0)).isEqualTo("double precision");
            assertThat(one("select pg_typeof($1)::text", LocalDate.EPOCH).getString(0))
                    .isEqualTo("date");
        }
    }

    @Test
    void aNanosecondIsRoundedAsTheServerRoundsALiteral() {
        for (int nanos :
                new int[] {0, 499, 500, 501, 1_499, 1_500, 2_500, 123_456_500, 999_999_499, 999_999_500, 999_999_999}) {
            LocalDateTime moment = LocalDateTime.of(2024, 12, 31, 23, 59, 59, nanos);
            String literal = "2024-12-31 23:59:59.%09d".formatted(nanos);
            assertThat(one("select $1 = $2::varchar::timestamp", moment, literal)
                            .getBoolean(0))
                    .as(literal)
                    .isTrue();
        }
    }

    @Test
    void aByteBufferIsLeftAsItIsAndMayBeSentAgain() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(one("select $1", buffer).get(0, byte[].class)).containsExactly(2, 3);
            assertThat(buffer.position()).isEqualTo(1);
            assertThat(buffer.remaining()).isEqualTo(2);
        }
    }

    @Test
    void aLongValueArrivesWhole() {
        String text = "x\u00e4\u20ac\ud83d\ude00".repeat(500_000);
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgRow row = one("select md5($1), $1", text);
            assertThat(row.getString(1)).isEqualTo(text);
        }
    }

    /** Returns when the server last took up or ended a request of the connection, as another session sees it. */
    private String latestActivity() {
        return Objects.requireNonNull(postgres.queryForString(
                "select state_change::text || state from pg_stat_activity where pid = " + connection.processId()));
    }

    private void utc() {
        connection.query("set timezone = 'UTC'").rowsUpdated().block(PATIENCE);
    }

    private PgRow one(String sql, @Nullable Object... values) {
        return Objects.requireNonNull(
                connection.query(sql).bind(values).rows().single().block(PATIENCE));
    }
}
