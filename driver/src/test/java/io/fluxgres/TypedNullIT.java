package io.fluxgres;

import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fluxgres.codec.PgType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A filter that is left out, {@code $1 is null or column = $1}, where nothing but the NULL can give the parameter a type. */
@Timeout(60)
class TypedNullIT extends ConnectionFixture {

    @BeforeEach
    void createTable() {
        run(
                connection,
                "create temp table book (id int, title text, price numeric, code uuid, born date, active bool);"
                        + " insert into book values (1, 'Solaris', 9.95, gen_random_uuid(), '1961-01-01', true)");
    }

    static Stream<Arguments> columns() {
        return Stream.of(
                arguments("id", Integer.class),
                arguments("id", int.class),
                arguments("title", String.class),
                arguments("title", CharSequence.class),
                arguments("price", BigDecimal.class),
                arguments("code", UUID.class),
                arguments("born", LocalDate.class),
                arguments("active", Boolean.class));
    }

    @ParameterizedTest
    @MethodSource("columns")
    void aNullOfAClassHasTheTypeOfItsValues(String column, Class<?> valueClass) {
        for (PgQueryMode queryMode : List.of(PgQueryMode.EXTENDED, PgQueryMode.SIMPLE)) {
            reopen(PgOption.QUERY_MODE, queryMode);
            createTable();
            PgQuery query = connection
                    .query("select id from book where $1 is null or " + column + " = $1")
                    .bind(PgParameter.nullOf(valueClass));
            for (int execution = 0; execution < 3; execution++) {
                assertThat(list(query.map(row -> row.getInt(0)))).containsExactly(1);
            }
            run(connection, "begin");
            assertThat(list(query.map(row -> row.getInt(0)))).containsExactly(1);
            run(connection, "commit");
        }
    }

    /** As strings do, it goes where a varchar does not. */
    @ParameterizedTest
    @ValueSource(strings = {"code", "price", "born", "active", "id", "title"})
    void aNullOfAStringIsInsertedIntoAnyColumn(String column) {
        PgQuery insert = connection
                .query("insert into book (" + column + ") values ($1)")
                .bind(PgParameter.nullOf(String.class));
        for (int execution = 0; execution < 3; execution++) {
            assertThat(insert.rowsUpdated().block(Connections.TIMEOUT)).isEqualTo(1);
        }
        run(connection, "begin");
        assertThat(insert.rowsUpdated().block(Connections.TIMEOUT)).isEqualTo(1);
        run(connection, "commit");
    }

    @ParameterizedTest
    @ValueSource(classes = {Object.class, Thread.class, String[].class})
    void aNullOfAClassThatNoCodecKnowsIsABareNull(Class<?> valueClass) {
        PgParameter none = PgParameter.nullOf(valueClass);
        assertThat(connection
                        .query("insert into book values ($1, $2)")
                        .bind(none, none)
                        .rowsUpdated()
                        .block(Connections.TIMEOUT))
                .isEqualTo(1);
        assertThat(list(connection.query("select $1 is null").bind(none).map(row -> row.getBoolean(0))))
                .containsExactly(true);
    }

    /** What was left to the server explicitly stays so. */
    @Test
    void aNullOfAnUnspecifiedTypeIsNotGivenOne() {
        PgParameter unspecified = PgParameter.of(PgType.UNSPECIFIED, null);
        assertThat(failure(
                                PgServerException.class,
                                connection
                                        .query("select $1 is null")
                                        .bind(unspecified)
                                        .rows())
                        .sqlState())
                .isEqualTo("42P18");
    }

    @Test
    void theErrorOfANullWithoutATypeNamesTheParameterAndHowToGiveItOne() {
        PgQuery bare = connection
                .query("select title from book where $1 is null or price = $1")
                .bind((Object) null);
        for (int execution = 0; execution < 3; execution++) {
            assertThat(failure(PgServerException.class, bare.rows()))
                    .hasMessageContaining("parameter $1")
                    .hasMessageContaining("PgParameter.nullOf(Class) gives a null a type");
        }
    }
}
