package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An array is not read as such yet, and its text is no substitute: whoever splits it at commas gets other items. */
@Timeout(60)
class ArrayColumnIT extends ConnectionFixture {

    private static final String ARRAY = "select array['a', 'b,c'] as tags";

    private record Untyped(Object tags) {}

    private record Characters(CharSequence tags) {}

    private record Text(String tags) {}

    static class Bean {
        private @Nullable Object tags;

        public void setTags(Object tags) {
            this.tags = tags;
        }

        @Override
        public String toString() {
            return "tags " + tags;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "SIMPLE"})
    void anArrayIsRefusedUnlessItsTextIsAskedFor(PgQueryMode queryMode) {
        reopen(PgOption.QUERY_MODE, queryMode);
        PgQuery query = connection.query(ARRAY);
        List<Function<PgRow, Object>> readings = List.of(
                row -> row.get(0),
                row -> row.get("tags"),
                row -> row.get(0, Object.class),
                row -> row.get(0, CharSequence.class),
                row -> row.get(0, Comparable.class),
                row -> row.get(0, String[].class),
                row -> row.require(0, List.class));

        for (int execution = 0; execution < 3; execution++) {
            for (Function<PgRow, Object> reading : readings) {
                assertRefused(failure(PgConversionException.class, query.map(reading)));
            }
            assertRefused(failure(PgConversionException.class, query.as(Untyped.class)));
            assertRefused(failure(PgConversionException.class, query.as(Characters.class)));
            assertRefused(failure(PgConversionException.class, query.as(Bean.class)));
            assertRefused(failure(PgConversionException.class, query.rows().map(row -> row.get(0))));
            assertThat(list(query.map(row -> row.getString(0)))).containsExactly("{a,\"b,c\"}");
            assertThat(list(query.map(row -> row.get("tags", String.class)))).containsExactly("{a,\"b,c\"}");
            assertThat(list(query.as(Text.class))).containsExactly(new Text("{a,\"b,c\"}"));
            assertThat(list(query.as(String.class))).containsExactly("{a,\"b,c\"}");
            assertAnswers(connection);
        }
    }

    private static void assertRefused(PgConversionException error) {
        assertThat(error)
                .hasMessageStartingWith("column 0 \"tags\" of type _text cannot be read as ")
                .hasMessageEndingWith(
                        ": arrays are not read as such yet; ask for String to get the server's text, or take the"
                                + " array apart in SQL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'{}'::int[]",
                "'[2:3]={1,2}'::int8[]",
                "array[int4range(1, 2)]",
                "array[row(1)]",
                "'{1}'::anyarray"
            })
    void noArrayOfWhateverTypeIsReadAsText(String expression) {
        String sql = expression.endsWith("::anyarray")
                ? "select most_common_vals from pg_stats where most_common_vals is not null limit 1"
                : "select " + expression;
        Connections.run(
                connection, "create temp table common as select 1 as n from generate_series(1, 100); analyze common");

        for (int execution = 0; execution < 3; execution++) {
            failure(PgConversionException.class, connection.query(sql).map(row -> row.get(0)));
            assertThat(list(connection.query(sql).map(row -> row.getString(0)))).hasSize(1);
        }
    }

    @Test
    void aNullArrayIsNull() {
        assertThat(list(connection.query("select null::text[]").map(row -> String.valueOf(row.get(0)))))
                .containsExactly("null");
    }
}
