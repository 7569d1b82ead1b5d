package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.list;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.PgConnection;
import io.fluxgres.PgServerException;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Wrapped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Statements and results in the ways in which applications and frameworks use them. */
@Timeout(60)
class ResultPatternsIT extends AdapterFixture {

    private static final String NUMBERS = "select i from generate_series(1, 1000) i";

    @BeforeEach
    void createTable() {
        run(connection, "create table item (id int primary key, \"Name\" text default 'none')");
    }

    private Flux<? extends Result> execute(String sql) {
        return Flux.from(connection.createStatement(sql).execute());
    }

    private static Flux<Integer> integer(Result result) {
        return Flux.from(result.map((row, metadata) -> row.get(0, Integer.class)));
    }

    // ---- consumption

    @Test
    void monoFromKeepsTheRowsOfTheResult() {
        assertThat(list(Mono.from(connection.createStatement(NUMBERS).execute())
                        .flatMapMany(ResultPatternsIT::integer)))
                .hasSize(1000);
        assertThat(integers(connection, "select 1")).containsExactly(1);
    }

    @Test
    void flatMapAndConcatMapConsumeAllResults() {
        assertThat(list(execute("select 1; select 2").flatMap(ResultPatternsIT::integer)))
                .containsExactly(1, 2);
        assertThat(list(execute("select 1; select 2").concatMap(ResultPatternsIT::integer)))
                .containsExactly(1, 2);
        assertThat(list(execute(NUMBERS).publishOn(Schedulers.parallel()).concatMap(ResultPatternsIT::integer)))
                .hasSize(1000);
    }

    @Test
    void resultsThatAreDroppedAreExecutedAndTheirErrorsReported() {
        execute("insert into item values (1)").then().block(TIMEOUT);
        execute(NUMBERS).then().block(TIMEOUT);
        await(Mono.from(connection.createStatement(NUMBERS).execute()).then());

        assertThatThrownBy(() -> execute("insert into item values (1)").then().block(TIMEOUT))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThat(integers(connection, "select id from item")).containsExactly(1);
    }

    @Test
    void rowsUpdatedCountsWhatEachStatementChanged() {
        assertThat(list(execute("insert into item values (1), (2); update item set \"Name\" = 'x' where id = 1; select"
                                + " 1")
                        .concatMap(Result::getRowsUpdated)))
                .containsExactly(2L, 1L, 0L);
    }

    @Test
    void rowsStreamOnDemand() {
        StepVerifier.create(execute("select generate_series(1, 100000000)").concatMap(ResultPatternsIT::integer), 2)
                .expectNext(1, 2)
                .thenCancel()
                .verify(TIMEOUT);
        assertThat(integers(connection, "select 3")).containsExactly(3);
    }

    @Test
    void aFetchSizeBoundsWhatTheServerMakesAtATime() {
        await(connection.beginTransaction());
        Statement statement =
                connection.createStatement("select generate_series(1, 1000)").fetchSize(10);

        assertThat(list(Flux.from(statement.execute()).concatMap(ResultPatternsIT::integer)))
                .hasSize(1000);
        assertThat(list(Flux.from(statement.execute()).concatMap(Result::getRowsUpdated)))
                .containsExactly(0L);
        Flux.from(statement.execute()).then().block(TIMEOUT);
        Mono.from(statement.execute()).then().block(TIMEOUT);
        assertThat(integers(connection, "select 1")).containsExactly(1);
        await(connection.commitTransaction());
        Flux.from(statement.execute()).then().block(TIMEOUT);
        assertThat(list(Flux.from(statement.execute()).concatMap(ResultPatternsIT::integer)))
                .hasSize(1000);
    }

    @Test
    void aQueryMayBeExecutedForEachRowOfAnotherOnTheSameConnection() {
        assertThat(list(execute(NUMBERS)
                        .flatMap(ResultPatternsIT::integer)
                        .flatMap(i -> Flux.from(connection
                                        .createStatement("select $1::int + 1")
                                        .bind(0, i)
                                        .execute())
                                .flatMap(ResultPatternsIT::integer))))
                .hasSize(1000)
                .contains(2, 1001);
    }

    @Test
    void manyStatementsOfOneConnectionAreExecutedInTheirOrder() {
        assertThat(list(Flux.range(0, 2000)
                        .flatMapSequential(
                                i -> Flux.from(connection
                                                .createStatement("select $1::int")
                                                .bind("$1", i)
                                                .execute())
                                        .flatMap(ResultPatternsIT::integer),
                                2000)))
                .containsExactlyElementsOf(IntStream.range(0, 2000).boxed().toList());
    }

    @Test
    void aResultIsConsumedOnce() {
        Result result = await(connection.createStatement("select 1").execute());

        assertThat(list(integer(result))).containsExactly(1);
        assertThatThrownBy(() -> list(integer(result))).isInstanceOf(IllegalStateException.class);
    }

    // ---- segments

    @Test
    void segmentsAreCopiesThatAnotherThreadMayReadLater() {
        List<Row> rows = list(execute(NUMBERS)
                .flatMap(result -> result.filter(Result.RowSegment.class::isInstance)
                        .flatMap(segment -> Mono.just(((Result.RowSegment) segment).row()))));

        assertThat(list(Flux.fromIterable(rows)
                        .publishOn(Schedulers.boundedElastic())
                        .map(row -> row.get("i", Integer.class))))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1000).boxed().toList());
    }

    @Test
    void segmentsAreRowsThenNoticesThenTheCount() {
        run(
                connection,
                "create or replace function warn() returns int language plpgsql as"
                        + " 'begin raise warning ''careful''; return 1; end'");

        assertThat(list(execute("insert into item values (warn()) returning id")
                        .flatMap(result -> result.flatMap(segment -> {
                            if (segment instanceof Result.RowSegment row) {
                                return Mono.just("row " + row.row().get(0));
                            } else if (segment instanceof Result.Message message) {
                                return Mono.just(message.sqlState() + " " + message.message());
                            }
                            return Mono.just("count " + ((Result.UpdateCount) segment).value());
                        }))))
                .containsExactly("row 1", "01000 careful", "count 1");
    }

    @Test
    void anErrorBehindRowsIsAMessageThatAFilterMayDrop() {
        String sql = "select 10 / (3 - i) from generate_series(1, 5) i";

        assertThat(list(execute(sql)
                        .flatMap(result -> result.flatMap(segment -> Mono.just(
                                segment instanceof Result.Message message
                                        ? String.valueOf(message.sqlState())
                                        : "row")))))
                .containsExactly("row", "row", "22012");
        assertThat(list(execute(sql)
                        .flatMap(result -> result.filter(segment -> !(segment instanceof Result.Message))
                                .map((row, metadata) -> row.get(0, Integer.class)))))
                .containsExactly(5, 10);
        assertThatThrownBy(() -> list(execute(sql)
                        .flatMap(result -> result.filter(segment -> true).map((row, metadata) -> row.get(0)))))
                .isInstanceOf(R2dbcException.class);
    }

    @Test
    void outParametersOfACallAreAnOutSegment() {
        run(connection, "create or replace procedure twice(i int, out result int) language sql as 'select i * 2'");
        Statement call = connection
                .createStatement("call twice($1, $2)")
                .bind("$1", 21)
                .bind("$2", Parameters.out(R2dbcType.INTEGER));

        assertThat(list(Flux.from(call.execute())
                        .flatMap(result -> result.flatMap(segment -> Mono.just(
                                ((Result.OutSegment) segment).outParameters().get("result", Integer.class))))))
                .containsExactly(42);
        assertThat(list(Flux.from(call.execute()).flatMap(result -> result.map(out -> out.get(0, Integer.class)))))
                .containsExactly(42);
    }

    // ---- statements

    @Test
    void placeholdersInLiteralsAndCommentsAreNone() {
        Statement statement = connection.createStatement(
                "select '$7', e'\\'$8', \"$9\", $$ $5 $$, $tag$ $6 $tag$, $1::int /* $4 /* $3 */ */ -- $2\n"
                        + " from (select 1 as \"$9\") as foo$2 where 'it''s $3' <> ''");

        assertThat(list(Flux.from(statement.bind("$1", 5).execute())
                        .flatMap(result -> result.map((row, metadata) -> row.get(5, Integer.class)))))
                .containsExactly(5);
        assertThatThrownBy(() -> statement.bind("$2", 1)).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> statement.bind(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theCaseOfAPlainNameOfAGeneratedValueDoesNotCount() {
        run(connection, "alter table item add column \"user\" int default 7, add column \"two words\" int default 8");

        assertThat(generated("ID", "USER")).isEqualTo(List.of("id 1", "user 7"));
        assertThat(generated("two words", "\"Name\"")).isEqualTo(List.of("two words 8", "Name none"));
        assertThat(generated("*")).hasSize(4).contains("user 7");
    }

    private List<String> generated(String... names) {
        run(connection, "delete from item");
        return list(Flux.from(connection
                                .createStatement("insert into item (id) values (1)")
                                .returnGeneratedValues(names)
                                .execute())
                        .flatMap(result -> result.map((row, metadata) -> metadata.getColumnMetadatas().stream()
                                .map(column -> column.getName() + ' ' + row.get(column.getName()))
                                .toList())))
                .get(0);
    }

    @Test
    void generatedValuesAreReturnedByQuotedNames() {
        Statement insert = connection
                .createStatement("insert into item (id) values (1) ; -- end")
                .returnGeneratedValues("\"Name\"");
        Statement all =
                connection.createStatement("insert into item (id) values (2)").returnGeneratedValues();

        assertThat(catchThrowable(() -> list(Flux.from(insert.execute()).flatMap(ResultPatternsIT::integer))))
                .isInstanceOf(R2dbcBadGrammarException.class);
        assertThat(list(Flux.from(connection
                                .createStatement("insert into item (id) values (1);")
                                .returnGeneratedValues("\"Name\"")
                                .execute())
                        .flatMap(result -> result.map((row, metadata) -> row.get("Name", String.class)))))
                .containsExactly("none");
        assertThat(list(Flux.from(all.execute()).flatMap(ResultPatternsIT::integer)))
                .containsExactly(2);
        assertThat(catchThrowable(() -> list(connection
                        .createStatement("insert into item (id) values (3)")
                        .returnGeneratedValues("id\", (select 1) as \"x")
                        .execute())))
                .isInstanceOf(R2dbcBadGrammarException.class);
    }

    @Test
    void namesOfGeneratedValuesThatAreQuotedAlreadyStayAsTheyAre() {
        assertThat(list(Flux.from(connection
                                .createStatement("insert into item (id) values (1)")
                                .returnGeneratedValues("\"id\"", "\"Name\"")
                                .execute())
                        .flatMap(result -> result.map((row, metadata) -> row.get("Name", String.class)))))
                .containsExactly("none");
        assertThat(catchThrowable(() -> list(connection
                        .createStatement("insert into item (id) values (2)")
                        .returnGeneratedValues("\"id\", (select 1) as \"x\"")
                        .execute())))
                .isInstanceOf(R2dbcBadGrammarException.class);
    }

    @Test
    void typesAreDeclaredByParameters() {
        assertThat(list(Flux.from(connection
                                .createStatement("select pg_typeof($1)::text, pg_typeof($2)::text, $3 is null")
                                .bind(0, Parameters.in(R2dbcType.BIGINT, 1L))
                                .bind(1, Parameters.in(FluxgresType.of(io.fluxgres.codec.PgType.JSONB), "{}"))
                                .bind(2, Parameters.in(R2dbcType.VARCHAR))
                                .execute())
                        .flatMap(result ->
                                result.map((row, metadata) -> row.get(0) + " " + row.get(1) + " " + row.get(2)))))
                .containsExactly("bigint jsonb true");
    }

    @Test
    void bytesAreByteBuffers() {
        assertThat(Factories.rows(connection, "select '\\x0102'::bytea", row -> row.get(0)))
                .containsExactly(ByteBuffer.wrap(new byte[] {1, 2}));
    }

    @Test
    void columnsThatDoNotExistAreRefused() {
        assertThatThrownBy(() -> Factories.rows(connection, "select 1 as a", row -> row.get("b")))
                .isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> Factories.rows(connection, "select 1 as a", row -> row.get(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    // ---- errors

    @Test
    void errorsCarryTheSqlAndAllFieldsOfTheServer() {
        run(connection, "insert into item values (1)");

        R2dbcDataIntegrityViolationException failure = (R2dbcDataIntegrityViolationException)
                catchThrowable(() -> run(connection, "insert into item values (1)"));

        assertThat(failure.getSqlState()).isEqualTo("23505");
        assertThat(failure).hasMessageContaining("item_pkey");
        assertThat(failure.getSql()).isEqualTo("insert into item values (1)");
        assertThat(((PgServerException) failure.getCause()).errorFields().constraint())
                .isEqualTo("item_pkey");
        assertThat(integers(connection, "select id from item")).containsExactly(1);
    }

    @Test
    void theEventLoopCanBeHad() {
        Executor loop = ((Wrapped<?>) connection).unwrap(Executor.class);

        Thread thread =
                CompletableFuture.supplyAsync(Thread::currentThread, loop).join();

        assertThat(Flux.from(connection.createStatement("select 1").execute())
                        .flatMap(result -> result.map(row -> Thread.currentThread()))
                        .blockLast(TIMEOUT))
                .isSameAs(thread);
    }

    @Test
    void theDriversConnectionCanBeHad() {
        PgConnection unwrapped = ((Wrapped<?>) connection).unwrap(PgConnection.class);

        assertThat(unwrapped.query("select 6").map(row -> row.getInt(0)).blockLast(TIMEOUT))
                .isEqualTo(6);
        assertThat(connection.getMetadata().getDatabaseProductName()).isEqualTo("PostgreSQL");
        assertThat(connection.getMetadata().getDatabaseVersion()).startsWith(String.valueOf(postgres.version()));
    }

    @Test
    void aStatementTimeoutEndsTheStatement() {
        await(connection.setStatementTimeout(Duration.ofMillis(100)));

        assertThatThrownBy(() -> run(connection, "select pg_sleep(30)"))
                .isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class);
        await(connection.setStatementTimeout(Duration.ZERO));
        run(connection, "select pg_sleep(0.2)");
    }
}
