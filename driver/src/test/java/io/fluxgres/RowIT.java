package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.codec.PgType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** How rows are read: the view that a mapping function gets, copies, columns and values. */
@Timeout(60)
class RowIT extends ConnectionFixture {

    // ---- the view and its copies

    @Test
    void copiesMayBeReadByOtherThreadsEvenAfterTheEndOfTheConnection() {
        List<PgRow> rows = list(connection
                .query("select n, 'text ' || n as t, null::int as nothing from generate_series(1, 500) n")
                .rows());
        Connections.close(connection);

        List<String> read = list(Flux.range(0, 4)
                .flatMap(n -> Flux.fromIterable(rows)
                        .map(row -> row.getInt("n") + row.getString("t") + row.isNull(2))
                        .collectList()
                        .map(Object::toString)
                        .subscribeOn(Schedulers.boundedElastic())));

        String expected = IntStream.rangeClosed(1, 500)
                .mapToObj(n -> n + "text " + n + "true")
                .toList()
                .toString();
        assertThat(read).containsOnly(expected).hasSize(4);
    }

    @Test
    void theViewIsDeadAfterTheMappingFunction() {
        AtomicReference<PgRow> leaked = new AtomicReference<>();
        list(connection.query("select 1 as a").map(row -> {
            leaked.set(row);
            return row.getInt("a");
        }));

        List<Consumer<PgRow>> calls = List.of(
                row -> row.getInt(0),
                row -> row.getLong("a"),
                row -> row.getString(0),
                row -> row.get(0),
                row -> row.get("a", Integer.class),
                row -> row.isNull(0));

        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(() -> call.accept(leaked.get()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("only inside the mapping function"));
    }

    @Test
    void theViewIsDeadInTheSubscriberToo() {
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());

        list(connection
                .query("select n from generate_series(1, 2) n")
                .map(row -> row)
                .doOnNext(row -> {
                    try {
                        row.getInt(0);
                    } catch (IllegalStateException e) {
                        thrown.add(e);
                    }
                }));

        assertThat(thrown).hasSize(2);
    }

    // ---- columns

    @Test
    void columnsAreFoundByIndexByExactNameAndIgnoringCase() {
        PgRow row = list(connection
                        .query("select 1 as a, 2 as \"A\", 3 as \"Mixed\", 4 as b, 5 as b")
                        .rows())
                .get(0);

        assertThat(row.getInt(4)).isEqualTo(5);
        assertThat(row.getInt("a")).isEqualTo(1);
        assertThat(row.getInt("A")).isEqualTo(2);
        assertThat(row.getInt("MIXED")).isEqualTo(3);
        assertThat(row.getInt("b")).as("the first of equal names").isEqualTo(4);
        assertThat(row.getInt("B"))
                .as("the first of names that are equal but for case")
                .isEqualTo(4);
    }

    @Test
    void aColumnThatDoesNotExistIsTheCallersFault() {
        PgRow row = list(connection.query("select 1 as a, 2 as b").rows()).get(0);

        assertThatThrownBy(() -> row.getInt("c"))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("\"c\"")
                .hasMessageContaining("[a, b]");
        assertThatThrownBy(() -> row.getInt(2))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("2 columns");
        assertThatThrownBy(() -> row.get(-1)).isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> row.isNull("")).isInstanceOf(PgUsageException.class);
    }

    @Test
    void aColumnThatDoesNotExistIsFoundBehindTheExecutionAndNotSafeToRetry() {
        run(connection, "create temp table t (n int)");

        for (String missing : new String[] {"byName", "byIndex"}) {
            PgUsageException error = failure(
                    PgUsageException.class,
                    connection
                            .query("insert into t values (1) returning n")
                            .map(row -> missing.equals("byName") ? row.getInt("missing") : row.getInt(1)));
            assertThat(error.safeToRetry()).isFalse();
        }

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("2");
    }

    @Test
    void columnsTellTheirTypeAndOrigin() {
        run(
                connection,
                "create table origin (id int8, name varchar(10), price numeric(8, 2));"
                        + " insert into origin values (1, 'x', 1)");
        String oid = text(connection, "select 'origin'::regclass::oid::text");

        List<PgColumn> columns = list(connection
                        .query("select name, price, id, id + 1 as sum from origin")
                        .map(PgRow::columns))
                .get(0);

        int table = Integer.parseUnsignedInt(oid);
        assertThat(columns)
                .containsExactly(
                        new PgColumn("name", PgType.VARCHAR, 14, table, 2),
                        new PgColumn("price", PgType.NUMERIC, (8 << 16 | 2) + 4, table, 3),
                        new PgColumn("id", PgType.INT8, -1, table, 1),
                        new PgColumn("sum", PgType.INT8, -1, 0, 0));
    }

    // ---- values

    @Test
    void nullIsNullForObjectsAndAnErrorForPrimitives() {
        for (int execution = 0; execution < 4; execution++) {
            PgRow row = list(connection
                            .query("select null::int as i, null::text as t, null::bool as b, null::float8 as d")
                            .rows())
                    .get(0);

            assertThat(row.get(0)).isNull();
            assertThat(row.get("i", Integer.class)).isNull();
            assertThat(row.getString("t")).isNull();
            assertThat(row.isNull("d")).isTrue();
            List<Consumer<PgRow>> primitives = List.of(
                    r -> r.getInt("i"),
                    r -> r.getLong("i"),
                    r -> r.getDouble("i"),
                    r -> r.getBoolean("i"),
                    r -> r.get("i", int.class));
            assertThat(primitives)
                    .allSatisfy(read -> assertThatThrownBy(() -> read.accept(row))
                            .isInstanceOf(PgConversionException.class)
                            .hasMessageContaining("column 0 \"i\" of type int4")
                            .hasMessageContaining("NULL"));
        }
    }

    @Test
    void aValueThatDoesNotFitIsAnErrorThatDoesNotRepeatIt() {
        for (int execution = 0; execution < 4; execution++) {
            PgRow row = list(connection
                            .query("select 9876543210::int8 as big, 'secret' as t, 1.5::numeric as n")
                            .rows())
                    .get(0);

            assertThatThrownBy(() -> row.getInt("big"))
                    .isInstanceOf(PgConversionException.class)
                    .hasMessageContaining("column 0 \"big\" of type int8 cannot be read as int")
                    .hasMessageNotContaining("9876543210");
            assertThatThrownBy(() -> row.getInt("t"))
                    .isInstanceOf(PgConversionException.class)
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> row.getLong("n")).isInstanceOf(PgConversionException.class);
            assertThatThrownBy(() -> row.get("t", StringBuilder.class)).isInstanceOf(PgConversionException.class);
        }
    }

    @Test
    void aConversionErrorInTheMappingFunctionFailsTheQueryAlone() {
        PgConversionException error = failure(
                PgConversionException.class,
                connection.query("select 'x' from generate_series(1, 1000)").map(row -> row.getInt(0)));

        assertThat(error.fault()).isEqualTo(PgException.Fault.CALLER);
        assertAnswers(connection);
    }
}
