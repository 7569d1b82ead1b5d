package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.spi.Clob;
import io.r2dbc.spi.ColumnMetadata;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What the adapter tells of a column is what it gives; and what a NULL of a class is declared as. */
@Timeout(60)
class ColumnMetadataIT extends AdapterFixture {

    private <T> List<T> read(Statement statement, Function<Row, ? extends T> mapper) {
        return Objects.requireNonNull(Flux.<Result>from(statement.execute())
                .flatMap(result -> result.<T>map((row, metadata) -> mapper.apply(row)))
                .collectList()
                .block(Factories.TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "1::int2",
                "1",
                "1::int8",
                "1::oid",
                "1.5",
                "1.5::float4",
                "1.5::float8",
                "'x'::text",
                "'x'::varchar(3)",
                "'x'::char(3)",
                "'x'::\"char\"",
                "'x'::name",
                "'{}'::json",
                "'{}'::jsonb",
                "'<a/>'::xml",
                "'\\x01'::bytea",
                "gen_random_uuid()",
                "'10:00+01'::timetz",
                "time '10:00'",
                "date '2024-02-29'",
                "timestamp '2024-02-29 10:00'",
                "timestamptz '2024-02-29 10:00'",
                "interval '1 day'",
                "'1.2.3.4'::inet",
                "point(1, 2)",
                "1::money",
                "row(1, 2)",
                "int4range(1, 2)",
                "'a'::tsvector",
                "'sad'::mood"
            })
    void theJavaTypeIsTheClassOfTheValue(String expression) {
        read(connection.createStatement("drop type if exists mood"), row -> row);
        read(connection.createStatement("create type mood as enum ('sad', 'happy')"), row -> row);

        for (int execution = 0; execution < 3; execution++) {
            assertThat(read(connection.createStatement("select " + expression), row -> {
                        Class<?> javaType =
                                row.getMetadata().getColumnMetadata(0).getJavaType();
                        Object value = row.get(0);
                        assertThat(javaType).isNotEqualTo(Object.class);
                        assertThat(value).isInstanceOf(javaType);
                        return javaType;
                    }))
                    .hasSize(1);
        }
    }

    @Test
    void anArrayIsGivenAsItsTextAlone() {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(read(connection.createStatement("select array['a', 'b,c'] as tags"), row -> {
                        assertThat(row.getMetadata().getColumnMetadata(0).getJavaType())
                                .isEqualTo(Object.class);
                        for (Throwable refusal : List.of(
                                catchThrowable(() -> row.get(0)),
                                catchThrowable(() -> row.get("tags")),
                                catchThrowable(() -> row.get("tags", String[].class)),
                                catchThrowable(() -> row.get(0, Object.class)))) {
                            assertThat(refusal)
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining("ask for String");
                        }
                        return row.get("tags", String.class);
                    }))
                    .containsExactly("{a,\"b,c\"}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric(10,2) | 10 | 2",
                "numeric(3,-2) | 3 | -2",
                "numeric | |",
                "varchar(7) | 7 |",
                "varchar | |",
                "char(3) | 3 |",
                "bit(5) | 5 |",
                "varbit(6) | 6 |",
                "time(3) | 3 |",
                "timestamp(0) | 0 |",
                "timestamptz(2) | 2 |",
                "timetz(1) | 1 |",
                "interval(4) | 4 |",
                "interval day to second(5) | 5 |",
                "interval year to month | |",
                "interval | |",
                "int4 | |",
                "text | |",
                "date | |"
            })
    void onlyTypesWithAPrecisionHaveOne(String type, @Nullable Integer precision, @Nullable Integer scale) {
        assertThat(read(connection.createStatement("select null::" + type), row -> {
                    ColumnMetadata column = row.getMetadata().getColumnMetadata(0);
                    return column.getPrecision() + " " + column.getScale();
                }))
                .containsExactly(precision + " " + scale);
    }

    static Stream<Class<?>> classes() {
        return Stream.of(Integer.class, String.class, BigDecimal.class, LocalDate.class, UUID.class, Clob.class);
    }

    private static String column(Class<?> type) {
        return type == String.class || type == Clob.class ? "title" : type.getSimpleName();
    }

    @ParameterizedTest
    @MethodSource("classes")
    void aFilterMayBeLeftOutByANullOfAClass(Class<?> type) {
        read(
                connection.createStatement("create table item (integer int, title text, bigdecimal numeric,"
                        + " localdate date, uuid uuid)"),
                row -> row);
        read(connection.createStatement("insert into item values (1)"), row -> row);
        String sql = "select 1 from item where $1 is null or " + column(type) + " = $1";

        for (int execution = 0; execution < 3; execution++) {
            assertThat(read(connection.createStatement(sql).bindNull(0, type), row -> row.get(0, Integer.class)))
                    .containsExactly(1);
            assertThat(read(
                            connection.createStatement(sql).bind("$1", Parameters.in(type)),
                            row -> row.get(0, Integer.class)))
                    .containsExactly(1);
        }
        Factories.await(connection.beginTransaction());
        assertThat(read(connection.createStatement(sql).bindNull(0, type), row -> row.get(0, Integer.class)))
                .containsExactly(1);
        Factories.await(connection.commitTransaction());
    }

    @Test
    void aNullOfAStringFitsColumnsOfOtherTypes() {
        read(connection.createStatement("create table item (code uuid, document jsonb, n int)"), row -> row);

        assertThat(read(
                        connection
                                .createStatement("insert into item values ($1, $2, $3) returning code is null")
                                .bindNull(0, String.class)
                                .bind(1, Parameters.in(String.class))
                                .bind(2, Parameters.in(R2dbcType.INTEGER)),
                        row -> row.get(0, Boolean.class)))
                .containsExactly(true);
    }
}
