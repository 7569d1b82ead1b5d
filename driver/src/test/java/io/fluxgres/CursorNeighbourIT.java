package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Results that are fetched in chunks and what comes in between: demand that ends, other queries, cancels. A sequence tells how many rows the server has made.
 */
@Timeout(60)
class CursorNeighbourIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
        run(connection, "create temp sequence made");
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    private void begin(boolean inTransaction) {
        if (inTransaction) {
            run(connection, "begin");
        }
    }

    private Flux<Integer> numbers(int count, int fetchSize) {
        return connection
                .query("select nextval('made')::int from generate_series(1, $1::int)")
                .bind(count)
                .fetchSize(fetchSize)
                .map(row -> row.getInt(0));
    }

    private int made() {
        return Integer.parseInt(
                text(connection, "select case when is_called then last_value else 0 end::text from made"));
    }

    private String openPortals() {
        return text(connection, "select count(*)::text from pg_cursors where name like 'fluxgres%'");
    }

    private static List<Integer> upTo(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }

    // ---- other queries

    @Test
    void insideATransactionOtherQueriesAreExecutedBetweenTheChunks() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(1000, 10));
        slow.awaitCount(3);

        assertThat(made()).isEqualTo(10);
        slow.request(2);
        slow.awaitCount(5);
        assertThat(made()).isEqualTo(10);
        slow.request(1);
        slow.awaitCount(6);
        assertThat(made()).isEqualTo(20);
        assertAnswers(connection);
        slow.request(14);
        slow.awaitCount(20);
        assertThat(made()).isEqualTo(30);
        slow.assertNotTerminated();

        slow.request(Long.MAX_VALUE);
        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(1000));
        assertThat(openPortals()).isEqualTo("0");
        run(connection, "commit");
    }

    @Test
    void outsideATransactionAQueryThatWaitsMakesTheDriverFetchTheRest() {
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(1000, 10));
        slow.awaitCount(3);

        assertThat(made()).isEqualTo(1000);
        assertThat(slow.count()).isEqualTo(3);
        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(1000));
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSubscriberThatRequestsNothingStandsInNobodysWay(boolean inTransaction) {
        begin(inTransaction);
        RecordingSubscriber<Integer> ignored =
                RecordingSubscriber.<Integer>requesting(0).subscribedTo(numbers(100, 10));

        assertThat(made()).isEqualTo(inTransaction ? 10 : 100);
        assertAnswers(connection);
        assertThat(ignored.count()).isZero();
        ignored.assertNotTerminated();

        ignored.request(Long.MAX_VALUE);
        assertThat(ignored.awaitComplete().values()).isEqualTo(upTo(100));
    }

    static Stream<Arguments> nested() {
        return Stream.of(false, true)
                .flatMap(inTransaction -> Stream.of(1, 3, 100)
                        .flatMap(fetchSize ->
                                Stream.of(1, 4, 256).map(width -> Arguments.of(inTransaction, fetchSize, width))));
    }

    @ParameterizedTest
    @MethodSource("nested")
    void aQueryForEachRowOfAnOpenResultIsExecuted(boolean inTransaction, int fetchSize, int width) {
        begin(inTransaction);
        List<Integer> doubled = list(numbers(300, fetchSize)
                .flatMap(
                        n -> connection
                                .query("select m * $1::int from generate_series(1, 5) m")
                                .bind(n)
                                .fetchSize(2)
                                .map(row -> row.getInt(0)),
                        width));

        int expected = IntStream.rangeClosed(1, 300).map(n -> 15 * n).sum();
        assertThat(doubled).hasSize(1500);
        assertThat(doubled.stream().mapToInt(n -> n).sum()).isEqualTo(expected);
        assertAnswers(connection);
        assertThat(openPortals()).isEqualTo("0");
    }

    static Stream<Arguments> fetchSizes() {
        return Stream.of(false, true)
                .flatMap(inTransaction -> Stream.of(0, 50)
                        .flatMap(outer -> Stream.of(0, 2).map(inner -> Arguments.of(inTransaction, outer, inner))));
    }

    @ParameterizedTest
    @MethodSource("fetchSizes")
    void sixteenQueriesAtATimeOverAThousandOpenRowsComplete(boolean inTransaction, int outer, int inner) {
        begin(inTransaction);
        List<Integer> rows = list(numbers(1000, outer)
                .flatMap(
                        n -> connection
                                .query("select $1::int from generate_series(1, 3)")
                                .bind(n)
                                .fetchSize(inner)
                                .map(row -> row.getInt(0)),
                        16));

        assertThat(rows).hasSize(3000);
        assertThat(rows.stream().distinct().count()).isEqualTo(1000);
        assertThat(openPortals()).isEqualTo("0");
    }

    @Test
    void twentyPortalsAreOpenAtATime() {
        run(connection, "begin");
        Flux<Integer> merged = Flux.range(0, 20)
                .flatMap(
                        i -> connection
                                .query("select n * 20 + $1::int from generate_series(0, 99) n")
                                .bind(i)
                                .fetchSize(3 + i)
                                .map(row -> row.getInt(0)),
                        20);

        assertThat(list(merged))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 2000).boxed().toList());
        assertThat(openPortals()).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoResultsAreReadSideBySide(boolean inTransaction) {
        begin(inTransaction);
        Flux<Integer> left =
                connection.query("select generate_series(1, 500)").fetchSize(7).map(row -> row.getInt(0));
        Flux<Integer> right =
                connection.query("select -generate_series(1, 500)").fetchSize(3).map(row -> row.getInt(0));

        assertThat(list(Flux.zip(left, right, Integer::sum))).hasSize(500).containsOnly(0);
        assertAnswers(connection);
    }

    /** Subscribed in one turn, so that the status is not known when the second query is submitted. */
    @Test
    void theQueryInFrontMayBeginOrEndTheTransaction() {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(behind("begin"))).hasSize(50);
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
            assertThat(list(behind("commit"))).hasSize(50);
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        }
    }

    private Flux<Integer> behind(String sql) {
        Mono<Integer> first = connection.query(sql).rowsUpdated().then(Mono.empty());
        return Flux.mergeSequential(first, numbers(50, 4));
    }

    @Test
    void oneRequestAtATimeIsEnough() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.PIPELINE_DEPTH, 1);
        run(connection, "create temp sequence made");
        for (boolean inTransaction : new boolean[] {false, true}) {
            aQueryForEachRowOfAnOpenResultIsExecuted(inTransaction, 4, 8);
            run(connection, "alter sequence made restart");
        }
    }

    /** Outside a transaction the rest is fetched for whom waits, until no more of it can be kept. */
    @Test
    void whoWaitsBehindARestThatCannotBeKeptFails() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.SPOOL_BYTES, 2000);
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(3)
                .subscribedTo(connection
                        .query("select generate_series(1, 1000)")
                        .fetchSize(10)
                        .map(row -> row.getInt(0)));
        slow.awaitCount(3);

        PgBackpressureException error = Connections.failure(
                PgBackpressureException.class, connection.query("select 1").rows());

        assertThat(error.safeToRetry()).isTrue();
        slow.request(Long.MAX_VALUE);
        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(1000));
        assertAnswers(connection);
    }

    /** The chunk of one result waits for the rows of another that nobody requests. */
    @Test
    void insideATransactionAResultMayFailBehindAnotherWhoseRowsCannotBeKept() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.SPOOL_BYTES, 2000);
        run(connection, "begin");
        RecordingSubscriber<Integer> left = RecordingSubscriber.<Integer>requesting(3)
                .subscribedTo(connection
                        .query("select generate_series(1, 40)")
                        .fetchSize(4)
                        .map(row -> row.getInt(0)));
        left.awaitCount(3);
        RecordingSubscriber<Integer> right = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(
                        connection.query("select generate_series(1, 1000)").map(row -> row.getInt(0)));
        right.awaitCount(1);
        Connections.failure(
                PgBackpressureException.class, connection.query("select 1").rows());

        left.request(Long.MAX_VALUE);

        assertThat(left.awaitError(PgBackpressureException.class).safeToRetry()).isFalse();
        right.request(Long.MAX_VALUE);
        assertThat(right.awaitComplete().values()).isEqualTo(upTo(1000));
        assertThat(openPortals()).isEqualTo("0");
        assertAnswers(connection);
    }

    // ---- cancel

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takingOneRowOfMillionsMakesTheServerMakeOneChunk(boolean inTransaction) {
        begin(inTransaction);
        for (int execution = 1; execution <= 3; execution++) {
            assertThat(list(numbers(3_000_000, 100).take(1))).containsExactly(100 * execution - 99);
            assertThat(made()).isEqualTo(100 * execution);
        }
        assertThat(connection.transactionStatus())
                .isEqualTo(inTransaction ? PgTransactionStatus.IN_TRANSACTION : PgTransactionStatus.IDLE);
        assertThat(openPortals()).isEqualTo("0");
        assertAnswers(connection);
    }

    static Stream<Arguments> points() {
        return Stream.of(false, true)
                .flatMap(inTransaction -> IntStream.rangeClosed(0, 21)
                        .boxed()
                        .flatMap(rows ->
                                Stream.of(1, 3, 4, 20).map(fetchSize -> Arguments.of(inTransaction, fetchSize, rows))));
    }

    /** From within onNext, and by another thread when the rows that were requested have come. */
    @ParameterizedTest
    @MethodSource("points")
    void aCancelBehindAnyRowLeavesTheConnectionUsable(boolean inTransaction, int fetchSize, int rows) {
        begin(inTransaction);
        if (rows > 0) {
            assertThat(list(numbers(20, fetchSize).take(rows))).hasSize(Math.min(rows, 20));
            assertAnswers(connection);
        }
        for (int execution = 0; execution < 2; execution++) {
            RecordingSubscriber<Integer> subscriber =
                    RecordingSubscriber.<Integer>requesting(rows).subscribedTo(numbers(20, fetchSize));
            subscriber.awaitCount(Math.min(rows, 20));
            subscriber.cancel();
            assertAnswers(connection);
        }
        assertThat(openPortals()).isEqualTo("0");
        assertThat(connection.transactionStatus())
                .isEqualTo(inTransaction ? PgTransactionStatus.IN_TRANSACTION : PgTransactionStatus.IDLE);
    }

    @ParameterizedTest
    @MethodSource("points")
    void aCancelBehindRowsThatWereReadForOthersLeavesTheConnectionUsable(
            boolean inTransaction, int fetchSize, int rows) {
        begin(inTransaction);
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(rows).subscribedTo(numbers(20, fetchSize));
        assertAnswers(connection);
        subscriber.awaitCount(Math.min(rows, 20));

        subscriber.cancel();

        assertAnswers(connection);
        assertThat(openPortals()).isEqualTo("0");
    }

    @Test
    void aStatementThatMakesNoRowForLongIsCancelledOutsideATransaction() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(10)
                .subscribedTo(connection
                        .query("select n, pg_sleep(case when n > 2 then 30 else 0 end) from generate_series(1, 5) n")
                        .fetchSize(2)
                        .map(row -> row.getInt(0)));
        subscriber.awaitCount(2);

        subscriber.cancel();

        assertAnswers(connection);
        assertThat(subscriber.count()).isEqualTo(2);
    }
}
