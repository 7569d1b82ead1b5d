package io.fluxgres;

import static io.fluxgres.ItemTable.INSERT;
import static io.fluxgres.ItemTable.failure;
import static io.fluxgres.ItemTable.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The results that batches give, one for each item, in the ways in which they are consumed. */
@Timeout(60)
class BatchResultIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final String RETURNING = INSERT + " returning n, t";

    /** A hundred of them do not fit into the memory for rows that nobody has requested. */
    private static final String RETURNING_MUCH = INSERT + " returning n, repeat('x', 1000000)";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final ItemTable items = new ItemTable(POSTGRES);

    private @Nullable PgConnection other;

    @AfterEach
    void close() {
        if (other != null) {
            Connections.close(other);
        }
    }

    private PgConnection connection(String options) {
        PgConnection opened = Objects.requireNonNull(
                PgClient.create(POSTGRES.url() + options).connect().block(DEADLINE));
        other = opened;
        return opened;
    }

    private Flux<PgResult> results(String sql, int count) {
        return items.connection().query(sql).bindAll(rows(count)).execute();
    }

    private static Flux<Integer> numbers(PgResult result) {
        return result.map(row -> row.getInt(0));
    }

    private static <T> List<T> list(Publisher<T> publisher) {
        return Objects.requireNonNull(Flux.from(publisher).collectList().block(DEADLINE));
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    // ---- what there is

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=1", "?pipelineDepth=1", "?prepareThreshold=1", "?statementCacheSize=0"})
    void eachItemGivesAResultInTheirOrder(String options) {
        PgBatch batch = connection(options).query(RETURNING).bindAll(rows(300));

        assertThat(list(batch.execute()
                        .concatMap(result -> result.map(row -> row.getInt(0) + row.getString(1))
                                .collectList())))
                .isEqualTo(IntStream.range(0, 300)
                        .mapToObj(n -> List.of(n + "t" + n))
                        .toList());
    }

    @Test
    void itemsWithoutRowsGiveResultsToo() {
        items.insert(3);
        PgBatch batch = items.connection()
                .query("select n from item where n >= $1 and n < $2 order by n")
                .bindAll(List.of(new Object[] {0, 2}, new Object[] {5, 9}, new Object[] {2, 3}, new Object[] {3, 3}));

        assertThat(list(batch.execute().concatMap(result -> numbers(result).collectList())))
                .containsExactly(List.of(0, 1), List.of(), List.of(2), List.of());
    }

    @Test
    void statementsGiveRowsAndCounts() {
        PgBatch batch = items.connection()
                .batch("select 7", "insert into item values (1), (2)", "select n from item", "", "delete from item");

        assertThat(list(batch.execute()
                        .concatMap(result -> result.columns().isEmpty()
                                ? result.rowsUpdated().map(count -> result.command() + " " + count)
                                : numbers(result).collectList().map(Object::toString))))
                .containsExactly("[7]", "INSERT 2", "[1, 2]", " 0", "DELETE 2");
    }

    @Test
    void countsCanBeConsumedOneByOneOrTogether() {
        assertThat(list(results(INSERT, 500).concatMap(PgResult::rowsUpdated)))
                .hasSize(500)
                .containsOnly(1L);
        assertThat(list(results("delete from item where n = $1 and t = $2", 500).flatMap(PgResult::rowsUpdated, 1000)))
                .hasSize(500)
                .containsOnly(1L);
    }

    @Test
    void rowsCanBeConsumedConcurrentlyAndOnOtherThreads() {
        assertThat(list(results(RETURNING, 1000).flatMap(BatchResultIT::numbers)))
                .hasSize(1000)
                .hasSameElementsAs(upTo(1000));
        items.connection().query("truncate item").rowsUpdated().block(DEADLINE);
        assertThat(list(results(RETURNING, 1000)
                        .publishOn(Schedulers.parallel(), 3)
                        .concatMap(result -> numbers(result).publishOn(Schedulers.parallel(), 1))))
                .isEqualTo(upTo(1000));
    }

    // ---- demand

    @Test
    void resultsAndTheirRowsFollowTheDemand() {
        StepVerifier.create(results(RETURNING, 5).concatMap(BatchResultIT::numbers, 1), 0)
                .thenRequest(2)
                .expectNext(0, 1)
                .thenRequest(1)
                .expectNext(2)
                .thenRequest(Long.MAX_VALUE)
                .expectNext(3, 4)
                .expectComplete()
                .verify(DEADLINE);
    }

    @Test
    void moreRowsThanFitIntoMemoryCanBeConsumedOneResultAfterTheOther() {
        assertThat(list(results(RETURNING_MUCH, 100).concatMap(BatchResultIT::numbers)))
                .isEqualTo(upTo(100));
    }

    // ---- what nobody consumes

    @Test
    void whatIsDroppedIsExecutedNevertheless() {
        results(RETURNING, 500).then().block(DEADLINE);
        assertThat(items.stored()).isEqualTo(500);
        assertThat(list(results("select $1::int, $2::text", 100)
                        .concatMap(result -> result.columns().isEmpty() ? Mono.empty() : Mono.just(1))))
                .hasSize(100);
        assertThat(list(results("select $1::int, $2::text", 100)
                        .index()
                        .filter(result -> result.getT1() % 2 == 0)
                        .concatMap(result -> numbers(result.getT2()))))
                .isEqualTo(IntStream.range(0, 50).mapToObj(n -> n * 2).toList());
    }

    @Test
    void whatIsDroppedAndDoesNotFitIntoMemoryIsExecutedNevertheless() {
        results(RETURNING_MUCH, 60).then().block(DEADLINE);

        assertThat(items.stored()).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=1"})
    void aResultThatIsCancelledTakesNothingFromTheOthers(String options) {
        PgBatch batch = connection(options)
                .query("insert into item select $1 * 10 + i, $2 from generate_series(0, 9) i returning n")
                .bindAll(rows(20));

        assertThat(list(batch.execute().concatMap(result -> numbers(result).take(1))))
                .isEqualTo(IntStream.range(0, 20).mapToObj(n -> n * 10).toList());
        assertThat(items.stored()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=1"})
    void whoWantsOneResultGetsItsRowsAndTheOthersAreExecuted(String options) {
        PgBatch batch = connection(options).query(RETURNING).bindAll(rows(50));

        assertThat(list(batch.execute().next().flatMapMany(BatchResultIT::numbers)))
                .containsExactly(0);
        assertThat(items.stored()).isEqualTo(50);
    }

    // ---- failure

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=1"})
    void theFailureOfAnItemIsThatOfThePublisherIfNoResultIsConsumed(String options) {
        items.connection()
                .query("insert into item values (30, 'taken')")
                .rowsUpdated()
                .block(DEADLINE);
        List<PgResult> given = new ArrayList<>();

        PgBatchException failure = failure(connection(options)
                .query(INSERT)
                .bindAll(rows(50))
                .execute()
                .doOnNext(given::add)
                .then());

        assertThat(failure.index()).isEqualTo(30);
        assertThat(failure.sqlState()).isEqualTo("23505");
        assertThat(given).isEmpty();
        assertThat(items.stored()).isEqualTo(1);
    }

    @Test
    void theFailureOfAnItemIsThatOfTheResultsThatAreBeingConsumed() {
        items.connection()
                .query("insert into item values (3, 'taken')")
                .rowsUpdated()
                .block(DEADLINE);
        List<String> seen = list(results(RETURNING, 10)
                .flatMap(result -> numbers(result)
                        .map(String::valueOf)
                        .onErrorResume(PgBatchException.class, failure -> Mono.just("failed by " + failure.index()))));

        assertThat(seen).containsExactlyInAnyOrder("0", "1", "2", "failed by 3", "failed by 3", "failed by 3");
        assertThat(items.stored()).isEqualTo(1);
    }

    @Test
    void aMappingFunctionThatThrowsFailsItsResultAlone() {
        assertThat(list(results(RETURNING, 5)
                        .flatMap(result -> result.map(row -> 12 / (row.getInt(0) - 2))
                                .onErrorResume(ArithmeticException.class, failure -> Mono.just(0)))))
                .containsExactlyInAnyOrder(-6, -12, 12, 6, 0);
        assertThat(items.stored()).isEqualTo(5);
    }

    // ---- other kinds of batches

    @Test
    void itemsWithASyncEachGiveResultsAndFailAlone() {
        items.connection()
                .query("insert into item values (3, 'taken')")
                .rowsUpdated()
                .block(DEADLINE);
        PgBatch batch = items.connection().query(RETURNING).bindAll(rows(10)).syncEach();
        List<Integer> returned = new ArrayList<>();

        PgBatchException failure = failure(batch.execute()
                .concatMap(BatchResultIT::numbers)
                .doOnNext(returned::add)
                .then());

        assertThat(failure.index()).isEqualTo(3);
        assertThat(returned).containsExactly(0, 1, 2, 4, 5, 6, 7, 8, 9);
        assertThat(items.stored()).isEqualTo(10);
    }

    @Test
    void rowsOfAPublisherGiveResults() {
        PgBatch batch = items.connection().query(RETURNING).bindAll(Flux.fromIterable(rows(2500)));

        assertThat(list(batch.execute().concatMap(BatchResultIT::numbers))).isEqualTo(upTo(2500));
        assertThat(items.stored()).isEqualTo(2500);
    }

    @Test
    void aBatchWithinATransactionAndOneOfTheClientGiveResults() {
        PgClient client = PgClient.create(POSTGRES.url());

        assertThat(list(items.connection()
                        .inTransaction(transaction -> transaction
                                .query(RETURNING)
                                .bindAll(rows(20))
                                .execute()
                                .concatMap(BatchResultIT::numbers))))
                .isEqualTo(upTo(20));
        assertThat(list(client.query("select $1::int, $2::text")
                        .bindAll(rows(20))
                        .execute()
                        .concatMap(BatchResultIT::numbers)))
                .isEqualTo(upTo(20));
        assertThat(list(client.query("select $1::int, $2::text")
                        .bindAll(rows(20))
                        .syncEach()
                        .execute()
                        .concatMap(BatchResultIT::numbers)))
                .isEqualTo(upTo(20));
        client.close().block(DEADLINE);
    }

    // ---- deadlines

    @Test
    void aDeadlineIsThatOfTheBatch() {
        PgBatch slow = items.connection()
                .batch("insert into item values (1)", "select pg_sleep(30)")
                .timeout(Duration.ofMillis(100));

        assertThatThrownBy(() -> list(slow.execute())).isInstanceOf(PgTimeoutException.class);
        assertThat(items.stored()).isZero();
        assertThatThrownBy(() -> slow.timeout(Duration.ZERO)).isInstanceOf(PgUsageException.class);
    }
}
