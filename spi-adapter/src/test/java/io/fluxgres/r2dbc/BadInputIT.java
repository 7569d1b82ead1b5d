package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.list;
import static io.fluxgres.r2dbc.Factories.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** What the SPI forbids: it is refused when it is called, nothing is sent, and the connection stays usable. */
@Timeout(60)
class BadInputIT extends AdapterFixture {

    private static final Class<? extends Throwable> ARGUMENT = IllegalArgumentException.class;
    private static final Class<? extends Throwable> INDEX = IndexOutOfBoundsException.class;
    private static final Class<? extends Throwable> NAME = NoSuchElementException.class;
    private static final Class<? extends Throwable> STATE = IllegalStateException.class;

    @AfterEach
    void theConnectionIsUsable() {
        assertThat(integers(connection, "select 1")).containsExactly(1);
        assertThat(connection.isAutoCommit()).isTrue();
    }

    /** A class that no codec knows. */
    private record Unknown() {}

    private static <T> Arguments refused(String what, Class<? extends Throwable> expected, Consumer<T> call) {
        return Arguments.of(Named.of(what, call), expected);
    }

    private static Arguments ofStatement(String what, Class<? extends Throwable> expected, Consumer<Statement> call) {
        return refused(what, expected, call);
    }

    static Stream<Arguments> statements() {
        return Stream.of(
                ofStatement("bind a null", ARGUMENT, statement -> statement.bind(0, null)),
                ofStatement("bind a null by name", ARGUMENT, statement -> statement.bind("$1", null)),
                ofStatement("bind a null name", ARGUMENT, statement -> statement.bind((String) null, 1)),
                ofStatement("bind an unknown name", NAME, statement -> statement.bind("first", 1)),
                ofStatement("bind a placeholder there is not", NAME, statement -> statement.bind("$3", 1)),
                ofStatement("bind placeholder 0", NAME, statement -> statement.bind("$0", 1)),
                ofStatement("bind index -1", INDEX, statement -> statement.bind(-1, 1)),
                ofStatement("bind index 2", INDEX, statement -> statement.bind(2, 1)),
                ofStatement("bind an unknown class", ARGUMENT, statement -> statement.bind(0, new Unknown())),
                ofStatement("bind a class", ARGUMENT, statement -> statement.bind(0, String.class)),
                ofStatement(
                        "bind a parameter of an unknown class",
                        ARGUMENT,
                        statement -> statement.bind(0, Parameters.in(R2dbcType.INTEGER, new Unknown()))),
                ofStatement(
                        "bind a parameter of an unknown class and no type",
                        ARGUMENT,
                        statement -> statement.bind(0, Parameters.in(new Unknown()))),
                ofStatement("bindNull without a class", ARGUMENT, statement -> statement.bindNull(0, null)),
                ofStatement("bindNull a null name", ARGUMENT, statement -> statement.bindNull(null, String.class)),
                ofStatement("bindNull an unknown name", NAME, statement -> statement.bindNull("x", String.class)),
                ofStatement("bindNull index 2", INDEX, statement -> statement.bindNull(2, String.class)),
                ofStatement("execute with nothing bound", STATE, Statement::execute),
                ofStatement(
                        "execute with one of two bound",
                        STATE,
                        statement -> statement.bind(1, 1).execute()),
                ofStatement(
                        "execute with one bound twice",
                        STATE,
                        statement -> statement.bind(0, 1).bind(0, 2).execute()),
                ofStatement("add with nothing bound", STATE, Statement::add),
                ofStatement(
                        "add with one of two bound",
                        STATE,
                        statement -> statement.bind(0, 1).add()),
                ofStatement(
                        "execute behind add",
                        STATE,
                        statement -> statement.bind(0, 1).bind(1, 1).add().execute()),
                ofStatement(
                        "add twice",
                        STATE,
                        statement -> statement.bind(0, 1).bind(1, 1).add().add()),
                ofStatement("a negative fetch size", ARGUMENT, statement -> statement.fetchSize(-1)),
                ofStatement(
                        "no names of generated values",
                        ARGUMENT,
                        statement -> statement.returnGeneratedValues((String[]) null)),
                ofStatement(
                        "a null name of a generated value",
                        ARGUMENT,
                        statement -> statement.returnGeneratedValues("id", null)));
    }

    @ParameterizedTest
    @MethodSource("statements")
    void aStatementRefusesAtOnce(Consumer<Statement> call, Class<? extends Throwable> expected) {
        Statement statement = connection.createStatement("select $1::int + $2::int");

        assertThatThrownBy(() -> call.accept(statement)).isInstanceOf(expected);

        Statement again = connection.createStatement("select $1::int + $2::int");
        assertThat(list(Flux.from(again.bind(0, 1).bind("$2", 2).execute())
                        .flatMap(result -> result.map((row, metadata) -> row.get(0, Integer.class)))))
                .containsExactly(3);
    }

    /** The class that the caller passed, not that of what wraps it, and as it is written in Java. */
    @ParameterizedTest
    @MethodSource("unknownValues")
    void theRefusalNamesTheClassThatCannotBeBound(Object value, String name) {
        Statement statement = connection.createStatement("select $1");

        assertThatThrownBy(() -> statement.bind(0, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(" " + name)
                .message()
                .doesNotContain("Parameters");
    }

    static Stream<Arguments> unknownValues() {
        String unknown = Unknown.class.getTypeName();
        return Stream.of(
                Arguments.of(new Unknown(), unknown),
                Arguments.of(Parameters.in(new Unknown()), unknown),
                Arguments.of(Parameters.inOut(new Unknown()), unknown),
                Arguments.of(Parameters.in(R2dbcType.INTEGER, new Unknown()), unknown),
                Arguments.of(new Unknown[0], unknown + "[]"));
    }

    @Test
    void aStatementWithoutParametersHasNothingToAdd() {
        Statement statement = connection.createStatement("select 1").add();

        assertThatThrownBy(statement::execute).isInstanceOf(IllegalStateException.class);
    }

    private static Arguments ofConnection(String what, Consumer<Connection> call) {
        return refused(what, ARGUMENT, call);
    }

    static Stream<Arguments> connections() {
        return Stream.of(
                ofConnection("a null statement", connection -> connection.createStatement(null)),
                ofConnection(
                        "a null in a batch",
                        connection -> connection.createBatch().add(null)),
                ofConnection(
                        "a null definition", connection -> connection.beginTransaction((TransactionDefinition) null)),
                ofConnection("a null savepoint", connection -> connection.createSavepoint(null)),
                ofConnection("a NUL in a savepoint", connection -> connection.createSavepoint("a\0b")),
                ofConnection("the release of null", connection -> connection.releaseSavepoint(null)),
                ofConnection("a NUL in a release", connection -> connection.releaseSavepoint("\0")),
                ofConnection("a rollback to null", connection -> connection.rollbackTransactionToSavepoint(null)),
                ofConnection("a NUL in a rollback", connection -> connection.rollbackTransactionToSavepoint("\0")),
                ofConnection("a null level", connection -> connection.setTransactionIsolationLevel(null)),
                ofConnection(
                        "an unknown level",
                        connection ->
                                connection.setTransactionIsolationLevel(io.r2dbc.spi.IsolationLevel.valueOf("CHAOS"))),
                ofConnection("a null statement timeout", connection -> connection.setStatementTimeout(null)),
                ofConnection(
                        "a negative statement timeout",
                        connection -> connection.setStatementTimeout(Duration.ofMillis(-1))),
                ofConnection("a null lock timeout", connection -> connection.setLockWaitTimeout(null)),
                ofConnection(
                        "a negative lock timeout", connection -> connection.setLockWaitTimeout(Duration.ofMillis(-1))),
                ofConnection("a null depth", connection -> connection.validate(null)));
    }

    @ParameterizedTest
    @MethodSource("connections")
    void aConnectionRefusesAtOnce(Consumer<Connection> call, Class<? extends Throwable> expected) {
        assertThatThrownBy(() -> call.accept(connection)).isInstanceOf(expected);
    }

    private static Arguments ofRow(String what, Class<? extends Throwable> expected, Consumer<Row> call) {
        return refused(what, expected, call);
    }

    static Stream<Arguments> rowsAndMetadata() {
        return Stream.of(
                ofRow("index -1", INDEX, row -> row.get(-1)),
                ofRow("index 2", INDEX, row -> row.get(2, Integer.class)),
                ofRow("an unknown name", NAME, row -> row.get("c")),
                ofRow("an unknown name with a class", NAME, row -> row.get("c", Integer.class)),
                ofRow("a null name", ARGUMENT, row -> row.get(null)),
                ofRow("a null name with a class", ARGUMENT, row -> row.get(null, Integer.class)),
                ofRow("a null class", ARGUMENT, row -> row.get(0, null)),
                ofRow("a null class by name", ARGUMENT, row -> row.get("a", null)),
                ofRow("an unknown class", ARGUMENT, row -> row.get(0, Unknown.class)),
                ofRow("an unknown class by name", ARGUMENT, row -> row.get("a", Unknown.class)),
                ofRow("a value that does not fit", ARGUMENT, row -> row.get(0, Short.class)),
                ofRow("NULL as a primitive", ARGUMENT, row -> row.get(1, int.class)),
                ofRow(
                        "the metadata of index -1",
                        INDEX,
                        row -> row.getMetadata().getColumnMetadata(-1)),
                ofRow("the metadata of index 2", INDEX, row -> row.getMetadata().getColumnMetadata(2)),
                ofRow(
                        "the metadata of an unknown name",
                        NAME,
                        row -> row.getMetadata().getColumnMetadata("c")),
                ofRow(
                        "the metadata of a null name",
                        ARGUMENT,
                        row -> row.getMetadata().getColumnMetadata(null)),
                ofRow(
                        "whether there is a null name",
                        ARGUMENT,
                        row -> row.getMetadata().contains(null)));
    }

    @ParameterizedTest
    @MethodSource("rowsAndMetadata")
    void aRowRefusesAtOnce(Consumer<Row> call, Class<? extends Throwable> expected) {
        assertThat(rows(connection, "select 100000 as a, null::int as b", row -> {
                    assertThatThrownBy(() -> call.accept(row)).isInstanceOf(expected);
                    return row.get("a", Integer.class);
                }))
                .containsExactly(100_000);
        assertThatThrownBy(() -> rows(connection, "select 100000 as a, null::int as b", row -> {
                    call.accept(row);
                    return 1;
                }))
                .isInstanceOf(expected);
    }

    private static Arguments ofResult(String what, Consumer<Result> call) {
        return refused(what, ARGUMENT, call);
    }

    static Stream<Arguments> results() {
        return Stream.of(
                ofResult("map", result -> result.map((BiFunction<Row, RowMetadata, Object>) null)),
                ofResult("map of readables", result -> result.map((Function<io.r2dbc.spi.Readable, Object>) null)),
                ofResult("filter", result -> result.filter((Predicate<Result.Segment>) null)),
                ofResult("flatMap", result -> result.flatMap(null)),
                ofResult(
                        "map behind filter",
                        result -> result.filter(segment -> true).map((BiFunction<Row, RowMetadata, Object>) null)),
                ofResult(
                        "filter behind filter",
                        result -> result.filter(segment -> true).filter(null)));
    }

    @ParameterizedTest
    @MethodSource("results")
    void aResultRefusesANullFunctionAtOnce(Consumer<Result> call, Class<? extends Throwable> expected) {
        assertThat(Flux.from(connection.createStatement("select 5").execute())
                        .flatMap(result -> {
                            assertThatThrownBy(() -> call.accept(result)).isInstanceOf(expected);
                            return result.map((row, metadata) -> row.get(0, Integer.class));
                        })
                        .blockLast(TIMEOUT))
                .isEqualTo(5);
    }

    @Test
    void whatAMappingFunctionThrowsOrReturnsAsNullIsSignalled() {
        IllegalStateException thrown = new IllegalStateException("by the application");

        assertThatThrownBy(() -> rows(connection, "select generate_series(1, 100000)", row -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThatThrownBy(() -> rows(connection, "select generate_series(1, 100000)", row -> null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void valuesOfWrongTypesAreErrorsOfTheServer() {
        assertThatThrownBy(() -> list(connection
                        .createStatement("select $1::int")
                        .bind(0, Parameters.in(R2dbcType.VARCHAR, "no number"))
                        .execute()))
                .isInstanceOf(io.r2dbc.spi.R2dbcException.class);
    }
}
