package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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
import reactor.test.StepVerifier;

/** What a fetch size does and does not change, in and outside a transaction. */
@Timeout(60)
class CursorIT {

    private static final long MEBIBYTE = 1 << 20;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
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
                .query("select n from generate_series(1, $1::int) n")
                .bind(count)
                .fetchSize(fetchSize)
                .map(row -> row.getInt(0));
    }

    private static List<Integer> upTo(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }

    // ---- all rows, however they come

    static Stream<Arguments> sizes() {
        return Stream.of(false, true)
                .flatMap(inTransaction -> Stream.of(1, 2, 7, 100)
                        .flatMap(fetchSize -> Stream.of(0, 1, 7, 14, 1000)
                                .map(count -> Arguments.of(inTransaction, fetchSize, count))));
    }

    /** Four times, so that the statement is executed unnamed, parsed under a name, and warm. */
    @ParameterizedTest
    @MethodSource("sizes")
    void allRowsComeOnceAndInOrder(boolean inTransaction, int fetchSize, int count) {
        begin(inTransaction);
        for (int execution = 0; execution < 4; execution++) {
            assertThat(list(numbers(count, fetchSize))).isEqualTo(upTo(count));
        }
        assertAnswers(connection);
        assertThat(connection.transactionStatus())
                .isEqualTo(inTransaction ? PgTransactionStatus.IN_TRANSACTION : PgTransactionStatus.IDLE);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void rowsComeOneAtATimeIfTheyAreRequestedSo(boolean inTransaction, int fetchSize, int count) {
        begin(inTransaction);
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(1)
                .inOnNext(self -> self.request(1))
                .subscribedTo(numbers(count, fetchSize));

        assertThat(subscriber.awaitComplete().values()).isEqualTo(upTo(count));
    }

    /** Each request comes from another thread and only when the row before has arrived. */
    @ParameterizedTest
    @MethodSource("sizes")
    void theEndComesWithoutDemandBeyondTheLastRow(boolean inTransaction, int fetchSize, int count) {
        begin(inTransaction);
        int rows = Math.min(count, 50);
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(0).subscribedTo(numbers(rows, fetchSize));
        for (int row = 1; row <= rows; row++) {
            subscriber.request(1);
            subscriber.awaitCount(row);
        }

        assertThat(subscriber.awaitComplete().values()).isEqualTo(upTo(rows));
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void millionsOfRowsPassThroughLittleMemory(boolean inTransaction) {
        begin(inTransaction);
        long before = buffers();
        AtomicLong greatest = new AtomicLong();

        Long count = connection
                .query("select generate_series(1, 3000000)")
                .fetchSize(1000)
                .map(row -> {
                    int n = row.getInt(0);
                    if (n % 100_000 == 0) {
                        greatest.accumulateAndGet(buffers() - before, Math::max);
                    }
                    return n;
                })
                .limitRate(64)
                .count()
                .block(TIMEOUT);

        assertThat(count).isEqualTo(3_000_000);
        assertThat(greatest.get()).isLessThan(16 * MEBIBYTE);
    }

    private static long buffers() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    // ---- which statements

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changesThatReturnRowsAreMadeOnceAndCompletely(boolean inTransaction) {
        run(connection, "create temp table t (n int)");
        begin(inTransaction);
        for (int execution = 1; execution <= 3; execution++) {
            List<Integer> returned = list(connection
                    .query("insert into t select generate_series(1, 10) returning n")
                    .fetchSize(3)
                    .map(row -> row.getInt(0)));
            assertThat(returned).isEqualTo(upTo(10));
            assertThat(text(connection, "select count(*)::text from t")).isEqualTo(String.valueOf(10 * execution));
        }

        list(connection
                .query("delete from t returning n")
                .fetchSize(3)
                .map(row -> row.getInt(0))
                .take(1));
        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void statementsWithoutRowsAreExecutedOnce(boolean inTransaction) {
        run(connection, "create temp table t (n int)");
        begin(inTransaction);
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(connection
                            .query("insert into t values ($1)")
                            .bind(execution)
                            .fetchSize(2)
                            .rows()))
                    .isEmpty();
        }
        assertThat(connection
                        .query("update t set n = n + 1")
                        .fetchSize(2)
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isEqualTo(3);
        assertThat(text(connection, "select string_agg(n::text, ' ' order by n) from t"))
                .isEqualTo("1 2 3");
    }

    @Test
    void itDoesNotCountForSeveralStatementsNorForThoseWithoutAPortal() {
        assertThat(texts(connection
                        .query("select 1; select n from generate_series(2, 9) n; select 10")
                        .fetchSize(2)))
                .hasSize(10);
        run(connection, "begin");
        run(connection, "declare c cursor for select n from generate_series(1, 9) n");
        assertThat(texts(connection.query("fetch all from c").fetchSize(2))).hasSize(9);
        assertThat(texts(connection.query("show server_encoding").fetchSize(2))).containsExactly("UTF8");
        run(connection, "commit");
        assertThat(failure(
                                PgUsageException.class,
                                connection
                                        .query("copy (values (1), (2), (3)) to stdout")
                                        .fetchSize(2)
                                        .rows())
                        .getMessage())
                .contains("COPY");
        assertAnswers(connection);
    }

    @Test
    void aNegativeFetchSizeIsRefused() {
        PgQuery query = connection.query("select 1");

        assertThatThrownBy(() -> query.fetchSize(-1))
                .isInstanceOf(PgUsageException.class)
                .hasMessage("a fetch size of -1 rows is negative");
    }

    @Test
    void theFetchSizeOfTheOptionsCountsForEachQueryThatSaysNoOther() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.FETCH_SIZE, 5);
        run(connection, "create temp sequence made");
        run(connection, "begin");

        list(connection
                .query("select nextval('made') from generate_series(1, 1000)")
                .rows()
                .take(1));
        assertThat(text(connection, "select last_value::text from made")).isEqualTo("5");

        list(connection
                .query("select nextval('made') from generate_series(1, 1000)")
                .fetchSize(0)
                .rows()
                .take(1));
        assertThat(text(connection, "select last_value::text from made")).isEqualTo("1005");
    }

    @Test
    void withoutTheExtendedProtocolAllRowsComeAtOnce() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.QUERY_MODE, PgQueryMode.SIMPLE);

        assertThat(list(numbers(20, 3))).isEqualTo(upTo(20));
    }

    // ---- failures

    static Stream<Arguments> sizesInBothModes() {
        return Stream.of(false, true)
                .flatMap(inTransaction -> Stream.of(1, 7, 100, 499, 500, 501, 1000)
                        .map(fetchSize -> Arguments.of(inTransaction, fetchSize)));
    }

    @ParameterizedTest
    @MethodSource("sizesInBothModes")
    void anErrorInTheMiddleComesBehindTheRowsBeforeIt(boolean inTransaction, int fetchSize) {
        begin(inTransaction);
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE)
                .subscribedTo(connection
                        .query("select n + 0 / (500 - n) from generate_series(1, 1000) n")
                        .fetchSize(fetchSize)
                        .map(row -> row.getInt(0)));

        assertThat(subscriber.awaitError(PgServerException.class).sqlState()).isEqualTo("22012");
        assertThat(subscriber.values()).isEqualTo(upTo(499));
        if (inTransaction) {
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
            run(connection, "rollback");
        }
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"selec 1", "select 1 / 0", "select n from nowhere", "select 1 where $1::int = 1"})
    void anErrorInFrontOfTheRowsLeavesTheConnectionUsable(String sql) {
        for (int execution = 0; execution < 3; execution++) {
            failure(PgException.class, connection.query(sql).fetchSize(2).rows());
            assertAnswers(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMappingFunctionThatThrowsEndsTheResultAtOnce(boolean inTransaction) {
        run(connection, "create temp sequence made");
        begin(inTransaction);
        Flux<Integer> failing = connection
                .query("select n, nextval('made') from generate_series(1, 1000) n")
                .fetchSize(10)
                .map(row -> 10 / (13 - row.getInt(0)));

        failure(ArithmeticException.class, failing);

        assertThat(Integer.parseInt(text(connection, "select last_value::text from made")))
                .isBetween(20, 30);
        assertAnswers(connection);
    }

    @Test
    void aStatementThatIsStaleIsRepeated() {
        run(connection, "create temp table t as select n from generate_series(1, 5) n");
        for (int execution = 0; execution < 3; execution++) {
            assertThat(texts(connection.query("select * from t").fetchSize(2))).hasSize(5);
        }
        run(connection, "alter table t add m text default 'x'");

        assertThat(list(connection.query("select * from t").fetchSize(2).map(row -> row.getString(1))))
                .containsExactly("x", "x", "x", "x", "x");
    }

    @Test
    void outsideATransactionTheServersTimeoutCountsTheTimeOfTheSubscriber() {
        run(connection, "set statement_timeout = 1000");
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(1000, 2));
        slow.awaitCount(3);
        postgres.queryForString("select pg_sleep(1.5)::text");

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitError(PgServerException.class).sqlState()).isEqualTo("57014");
        assertThat(slow.count()).isLessThan(10);
        run(connection, "set statement_timeout = 0");
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theEndOfTheConnectionEndsTheResult(boolean inTransaction) {
        begin(inTransaction);
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(12).subscribedTo(numbers(1000, 10));
        slow.awaitCount(12);

        Connections.close(connection);
        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitError(PgConnectionException.class).safeToRetry()).isFalse();
        slow.values().forEach(n -> assertThat(n).isLessThanOrEqualTo(30));
    }

    @Test
    void aQueryWithoutASubscriberThatRequestsCompletesIfItHasNoRows() {
        StepVerifier.create(numbers(0, 5), 0).expectComplete().verify(TIMEOUT);
        run(connection, "begin");
        StepVerifier.create(numbers(0, 5), 0).expectComplete().verify(TIMEOUT);
    }
}
