package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.list;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgBatchException;
import io.fluxgres.testkit.DelayProxy;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Rows of values that {@code add()} separates, and batches of statements. */
@Timeout(60)
class BatchIT extends AdapterFixture {

    private static final String INSERT = "insert into item values ($1, $2)";

    @BeforeEach
    void createTable() {
        run(connection, "create table item (id int primary key, name text)");
    }

    @AfterEach
    void theConnectionIsUsable() {
        assertThat(integers(connection, "select 1")).containsExactly(1);
    }

    private void reopen(Object... options) {
        Factories.close(connection);
        connection = open(options);
    }

    private static Statement rows(Connection connection, String sql, int count) {
        Statement statement = connection.createStatement(sql);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                statement.add();
            }
            statement.bind(0, i).bind(1, "name " + i);
        }
        return statement;
    }

    private Flux<? extends Result> inserts(int count) {
        return Flux.from(rows(connection, INSERT, count).execute());
    }

    private Flux<? extends Result> returning(int count) {
        return Flux.from(rows(connection, INSERT, count)
                .returnGeneratedValues("id", "name")
                .execute());
    }

    private Flux<? extends Result> batch(String... statements) {
        Batch batch = connection.createBatch();
        for (String statement : statements) {
            batch.add(statement);
        }
        return Flux.from(batch.execute());
    }

    private static Flux<Integer> integer(Result result) {
        return Flux.from(result.map((row, metadata) -> row.get(0, Integer.class)));
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private List<Integer> stored() {
        return integers(connection, "select id from item order by id");
    }

    // ---- results of rows of values

    @Test
    void eachRowOfValuesGivesAResult() {
        Statement insert = connection.createStatement(INSERT);
        insert.bind(0, 1).bind(1, "one").add();
        insert.bind(0, 2).bindNull(1, String.class).add();
        insert.bind(0, 3).bind(1, "three");

        assertThat(list(Flux.from(insert.execute()).concatMap(Result::getRowsUpdated)))
                .containsExactly(1L, 1L, 1L);
        assertThat(integers(connection, "select id from item where name is null"))
                .containsExactly(2);
    }

    @Test
    void aThousandRowsOverALongLineTakeOneRoundTrip() {
        Duration delay = Duration.ofMillis(100);
        try (DelayProxy proxy = DelayProxy.start(postgres.host(), postgres.port(), delay)) {
            Connection distant = open(ConnectionFactoryOptions.PORT.name(), proxy.port());
            // the machine may be busy with something else once, not five times
            Duration fastest = IntStream.range(0, 5)
                    .mapToObj(i -> {
                        run(connection, "truncate item");
                        long started = System.nanoTime();
                        assertThat(list(Flux.from(rows(distant, INSERT, 1000).execute())
                                        .concatMap(Result::getRowsUpdated)))
                                .hasSize(1000);
                        return Duration.ofNanos(System.nanoTime() - started);
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            Factories.close(distant);

            assertThat(fastest).isBetween(delay.multipliedBy(2), delay.multipliedBy(4));
        }
    }

    @Test
    void theRowsThatAreReturnedCanBeConsumedInEachWay() {
        assertThat(list(returning(1000).concatMap(BatchIT::integer))).isEqualTo(upTo(1000));
        run(connection, "truncate item");
        assertThat(list(returning(1000).flatMap(BatchIT::integer)))
                .hasSize(1000)
                .hasSameElementsAs(upTo(1000));
        run(connection, "truncate item");
        assertThat(list(returning(1000)
                        .publishOn(Schedulers.parallel(), 7)
                        .concatMap(result -> integer(result).publishOn(Schedulers.parallel(), 1))))
                .isEqualTo(upTo(1000));
        run(connection, "truncate item");
        assertThat(list(returning(1000).flatMap(Result::getRowsUpdated)))
                .hasSize(1000)
                .containsOnly(1L);
    }

    @Test
    void rowsFollowTheDemand() {
        StepVerifier.create(returning(5).concatMap(BatchIT::integer, 1), 0)
                .thenRequest(2)
                .expectNext(0, 1)
                .thenRequest(1)
                .expectNext(2)
                .thenRequest(Long.MAX_VALUE)
                .expectNext(3, 4)
                .expectComplete()
                .verify(TIMEOUT);
    }

    @Test
    void whatIsDroppedOrCancelledIsExecutedNevertheless() {
        returning(100).then().block(TIMEOUT);
        assertThat(stored()).hasSize(100);
        run(connection, "truncate item");
        assertThat(list(returning(10)
                        .index()
                        .concatMap(result -> result.getT1() % 3 == 0
                                ? integer(result.getT2())
                                : integer(result.getT2()).take(0))))
                .containsExactly(0, 3, 6, 9);
        run(connection, "truncate item");
        assertThat(list(Mono.from(returning(100)).flatMapMany(BatchIT::integer)))
                .containsExactly(0);
        assertThat(stored()).hasSize(100);
    }

    @Test
    void aFetchSizeDoesNotCountForRowsOfValues() {
        Statement select = connection
                .createStatement("select i from generate_series(1, $1) i")
                .fetchSize(2);

        assertThat(list(Flux.from(select.bind(0, 5).add().bind(0, 3).execute())
                        .concatMap(result -> integer(result).collectList())))
                .containsExactly(List.of(1, 2, 3, 4, 5), List.of(1, 2, 3));
    }

    @Test
    void largeObjectsAreReadInFrontOfTheBatch() {
        Statement select = connection.createStatement("select length($1::bytea)");
        select.bind(0, blob(3)).add().bind(0, blob(70_000));

        assertThat(list(Flux.from(select.execute()).concatMap(BatchIT::integer)))
                .containsExactly(3, 70_000);
    }

    private static Blob blob(int size) {
        return Blob.from(Mono.just(ByteBuffer.allocate(size)));
    }

    @Test
    void valuesThatAreBoundBehindExecuteBelongToTheNextExecution() {
        Statement insert = rows(connection, INSERT, 2);
        Flux<? extends Result> execution = Flux.from(insert.execute());
        insert.bind(0, 7);

        execution.then().block(TIMEOUT);

        assertThat(stored()).containsExactly(0, 1);
    }

    // ---- failures

    @Test
    void theErrorNamesTheRowOfValuesAndNothingTakesEffect() {
        run(connection, "insert into item values (30, 'taken')");

        assertThatThrownBy(() -> list(inserts(100).concatMap(Result::getRowsUpdated)))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContaining("item 30 of the batch")
                .hasMessageContaining("item_pkey")
                .hasCauseInstanceOf(PgBatchException.class)
                .matches(failure -> "23505".equals(((R2dbcException) failure).getSqlState()))
                .matches(failure -> INSERT.equals(((R2dbcException) failure).getSql()));
        assertThat(stored()).containsExactly(30);
    }

    @Test
    void resultsThatAreBeingConsumedFailWithTheRowOfValues() {
        run(connection, "insert into item values (2, 'taken')");

        assertThatThrownBy(() -> list(returning(5).concatMap(BatchIT::integer)))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContaining("item 2 of the batch");
        assertThat(list(returning(5)
                        .flatMap(result -> result.flatMap(segment ->
                                Mono.just(segment instanceof Result.Message message ? message.sqlState() : "row")))))
                .containsExactlyInAnyOrder("row", "row", "23505", "23505");
        assertThat(stored()).containsExactly(2);
    }

    @Test
    void withinATransactionAFailureAbortsIt() {
        run(connection, "insert into item values (1, 'taken')");
        await(connection.beginTransaction());

        assertThatThrownBy(() -> inserts(3).then().block(TIMEOUT))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThatThrownBy(() -> run(connection, "select 1"))
                .matches(failure -> "25P02".equals(((R2dbcException) failure).getSqlState()));
        await(connection.rollbackTransaction());
        assertThat(stored()).containsExactly(1);
    }

    @Test
    void theStatementTimeoutIsThatOfTheBatch() {
        await(connection.setStatementTimeout(Duration.ofMillis(200)));
        Statement sleep = connection.createStatement("select pg_sleep($1::float8)");
        sleep.bind(0, 0.0).add().bind(0, 30.0);

        assertThatThrownBy(() -> list(sleep.execute())).isInstanceOf(R2dbcTimeoutException.class);
        assertThatThrownBy(() -> list(batch("select 1", "select pg_sleep(30)")))
                .isInstanceOf(R2dbcTimeoutException.class);
    }

    // ---- batches of statements

    @Test
    void eachStatementOfABatchGivesAResult() {
        assertThat(list(batch("insert into item values (1) -- one", "select 5;", "update item set id = 3")
                        .concatMap(result -> result.flatMap(segment -> Mono.just(
                                segment instanceof Result.RowSegment row
                                        ? "row " + row.row().get(0)
                                        : "count " + ((Result.UpdateCount) segment).value())))))
                .containsExactly("count 1", "row 5", "count 1");
        assertThat(list(batch())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "auto"})
    void aBatchTakesEffectAsAWhole(String queryMode) {
        reopen("queryMode", queryMode);

        assertThat(list(batch("insert into item values (1) -- one", "select 5").concatMap(BatchIT::integer)))
                .containsExactly(5);
        assertThatThrownBy(() -> list(batch("insert into item values (2)", "insert into item values (1)")))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThat(stored()).containsExactly(1);
    }

    @Test
    void theErrorNamesTheStatementOfABatch() {
        assertThatThrownBy(() -> list(batch("insert into item values (1)", "selec", "select 1")))
                .isInstanceOf(R2dbcBadGrammarException.class)
                .hasMessageContaining("item 1 of the batch");
        assertThat(stored()).isEmpty();
    }

    @Test
    void aTextOfABatchMayBeSeveralStatements() {
        assertThat(list(batch("insert into item values (1); insert into item values (2) ; ", "select ';'::text")
                        .concatMap(Result::getRowsUpdated)))
                .containsExactly(1L, 1L, 0L);
        assertThat(stored()).containsExactly(1, 2);
    }

    // ---- where there are no batches

    @Test
    void rowsOfValuesAreExecutedOneByOneByTheSimpleProtocol() {
        reopen("queryMode", "simple");
        run(connection, "insert into item values (2, 'taken')");

        assertThatThrownBy(() -> list(inserts(5).concatMap(Result::getRowsUpdated)))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThat(stored()).containsExactly(0, 1, 2);
        run(connection, "truncate item");
        assertThat(list(returning(300).concatMap(BatchIT::integer))).isEqualTo(upTo(300));
    }
}
