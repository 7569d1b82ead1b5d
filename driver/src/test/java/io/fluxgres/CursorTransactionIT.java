package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Results that are fetched in chunks, and the transaction that begins with them, ends before them, or is to survive them. */
@Timeout(60)
class CursorTransactionIT {

    private static final String GONE =
            "the transaction or savepoint in which the query was started has ended, so the rest"
                    + " of its rows cannot be fetched";

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

    private static Flux<Integer> numbers(PgConnection connection, int count, int fetchSize) {
        return connection
                .query("select n from generate_series(1, $1::int) n")
                .bind(count)
                .fetchSize(fetchSize)
                .map(row -> row.getInt(0));
    }

    private String openPortals() {
        return text(connection, "select count(*)::text from pg_cursors where name like 'fluxgres%'");
    }

    private static List<Integer> upTo(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }

    /** Returns a result of which three rows have come and another seven are kept, so that the connection is free. */
    private RecordingSubscriber<Integer> suspended() {
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(connection, 1000, 10));
        slow.awaitCount(3);
        assertThat(openPortals()).isEqualTo("1");
        return slow;
    }

    private void assertStatus(PgTransactionStatus expected) {
        assertAnswers(connection);
        assertThat(connection.transactionStatus()).isEqualTo(expected);
    }

    // ---- the transaction that begins with the first statement

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 20, 100})
    void theFirstStatementOfATransactionComesInChunks(int fetchSize) {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(connection.inTransaction(within -> numbers(within, 20, fetchSize))))
                    .isEqualTo(upTo(20));
            assertStatus(PgTransactionStatus.IDLE);
        }
    }

    @Test
    void queriesForEachRowOfTheFirstStatementArePartOfItsTransaction() {
        run(connection, "create temp table copied (n int)");

        Long changed = connection
                .inTransaction(within -> numbers(within, 100, 7)
                        .flatMap(
                                n -> within.query("insert into copied values ($1)")
                                        .bind(n)
                                        .rowsUpdated(),
                                16))
                .reduce(0L, Long::sum)
                .block(TIMEOUT);

        assertThat(changed).isEqualTo(100);
        assertThat(text(connection, "select count(distinct xmin::text) || ' ' || count(*) from copied"))
                .isEqualTo("1 100");
    }

    @Test
    void theRestOfTheFirstStatementIsNotFetchedForOtherQueries() {
        run(connection, "create temp sequence made");

        List<Integer> made = list(connection.inTransaction(within -> within.query(
                        "select nextval('made') from generate_series(1, 1000)")
                .fetchSize(10)
                .map(row -> row.getLong(0))
                .concatMap(n -> within.query("select last_value::int from made").map(row -> row.getInt(0)), 1)
                .take(7)));

        assertThat(made).hasSize(7).allMatch(last -> last == 10 || last == 20).startsWith(10);
    }

    @Test
    void takingOneRowOfMillionsDoesNotAbortTheTransactionThatItBegan() {
        List<String> values = list(connection.inTransaction(within -> numbers(within, 3_000_000, 100)
                .take(1)
                .map(String::valueOf)
                .concatWith(within.query("select 'went on'").map(row -> String.valueOf(row.getString(0))))));

        assertThat(values).containsExactly("1", "went on");
        assertStatus(PgTransactionStatus.IDLE);
    }

    @Test
    void theFetchSizeOfTheOptionsCountsInATransactionToo() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.FETCH_SIZE, 5);
        run(connection, "create temp sequence made");

        list(connection.inTransaction(within -> within.query("select nextval('made') from generate_series(1, 1000)")
                .rows()
                .take(1)));

        assertThat(text(connection, "select last_value::text from made")).isEqualTo("5");
    }

    @Test
    void cancellingTheTransactionRollsItBack() {
        run(connection, "create temp table kept (n int)");

        List<Integer> one = list(connection
                .inTransaction(within -> within.query("insert into kept select generate_series(1, 1000) returning n")
                        .fetchSize(10)
                        .map(row -> row.getInt(0)))
                .take(1));

        assertThat(one).containsExactly(1);
        assertThat(text(connection, "select count(*)::text from kept")).isEqualTo("0");
        assertStatus(PgTransactionStatus.IDLE);
    }

    // ---- the transaction that ends before the rows

    @ParameterizedTest
    @ValueSource(strings = {"commit", "rollback"})
    void rowsThatAreMissingWhenTheTransactionEndsAreAnError(String end) {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = suspended();
        run(connection, end);

        slow.request(3);
        slow.awaitCount(6);
        slow.assertNotTerminated();
        slow.request(Long.MAX_VALUE);

        PgUsageException error = slow.awaitError(PgUsageException.class);
        assertThat(error).hasMessage(GONE);
        assertThat(error.safeToRetry()).isFalse();
        assertThat(slow.values()).isEqualTo(upTo(10));
        assertStatus(PgTransactionStatus.IDLE);
    }

    @Test
    void rowsOfAnEndedTransactionDoNotAbortTheNext() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = suspended();
        run(connection, "commit");
        run(connection, "begin");

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitError(PgUsageException.class)).hasMessage(GONE);
        assertStatus(PgTransactionStatus.IN_TRANSACTION);
    }

    @Test
    void rowsBehindASavepointThatIsRolledBackAreAnError() {
        run(connection, "begin");
        run(connection, "savepoint s");
        RecordingSubscriber<Integer> slow = suspended();
        run(connection, "rollback to savepoint s");

        slow.request(Long.MAX_VALUE);

        PgUsageException error = slow.awaitError(PgUsageException.class);
        assertThat(error).hasMessage(GONE);
        assertThat(error.safeToRetry()).isFalse();
        assertThat(error.getCause())
                .isInstanceOfSatisfying(
                        PgServerException.class,
                        cause -> assertThat(cause.sqlState()).isEqualTo("34000"));
        run(connection, "rollback");
        assertStatus(PgTransactionStatus.IDLE);
    }

    @Test
    void rowsThatAreMissingWhenTheTransactionFailsAreAnError() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = suspended();
        failure(PgServerException.class, connection.query("select 1 / 0").rows());

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitError(PgServerException.class).sqlState()).isEqualTo("25P02");
        run(connection, "rollback");
        assertStatus(PgTransactionStatus.IDLE);
    }

    @Test
    void aResultThatHasEndedDoesNotCareForTheEndOfTheTransaction() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(connection, 9, 10));
        slow.awaitCount(3);
        run(connection, "commit");

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(9));
        assertStatus(PgTransactionStatus.IDLE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRollbackDoesNotWaitForRowsThatNobodyRequests(boolean inTransaction) {
        if (inTransaction) {
            run(connection, "begin");
        }
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(connection, 3_000_000, 10));
        slow.awaitCount(3);

        connection.rollback().block(TIMEOUT);

        assertThat(slow.awaitError(PgBackpressureException.class)).hasMessageContaining("rollback");
        assertThat(slow.count()).isEqualTo(3);
        assertStatus(PgTransactionStatus.IDLE);
    }

    // ---- the transaction that survives

    @Test
    void aSuspendedResultWhoseTimeIsOverDoesNotAbortTheTransaction() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(3)
                .subscribedTo(connection
                        .query("select n from generate_series(1, 1000) n")
                        .fetchSize(10)
                        .timeout(Duration.ofSeconds(2))
                        .map(row -> row.getInt(0)));
        slow.awaitCount(3);
        assertThat(openPortals()).isEqualTo("1");

        assertThat(slow.awaitError(PgTimeoutException.class).safeToRetry()).isFalse();

        assertThat(openPortals()).isEqualTo("0");
        assertStatus(PgTransactionStatus.IN_TRANSACTION);
    }

    /** The chunk was sent ahead of the last row of the one before, and must not hold the connection for ever. */
    @Test
    void aChunkThatNobodyWantsAndThatDoesNotEndIsCancelled() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.DRAIN_TIMEOUT, Duration.ofSeconds(2));
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(3)
                .subscribedTo(connection
                        .query("select n, pg_sleep(case when n > 4 then 50 else 0 end) from generate_series(1, 9) n")
                        .fetchSize(4)
                        .map(row -> row.getInt(0)));
        slow.awaitCount(3);

        slow.cancel();

        assertThat(failure(PgServerException.class, connection.query("select 1").rows())
                        .sqlState())
                .isEqualTo("25P02");
        run(connection, "rollback");
        assertStatus(PgTransactionStatus.IDLE);
    }

    @Test
    void theStatementOfAnOpenPortalMayBeEvicted() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.STATEMENT_CACHE_SIZE, 1);
        run(connection, "begin");
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(numbers(connection, 3, 1))).isEqualTo(upTo(3));
        }
        RecordingSubscriber<Integer> slow =
                RecordingSubscriber.<Integer>requesting(3).subscribedTo(numbers(connection, 1000, 10));
        slow.awaitCount(3);
        for (int execution = 0; execution < 3; execution++) {
            assertThat(texts(connection.query("select 'another'"))).containsExactly("another");
        }

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(1000));
        assertStatus(PgTransactionStatus.IN_TRANSACTION);
    }

    /** The refused statement goes back to a savepoint of its own, behind that of the portal. */
    @Test
    void aPortalSurvivesThatTheTypeOfAStringIsRefusedElsewhere() {
        run(connection, "begin");
        RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(3)
                .subscribedTo(connection
                        .query("select n from generate_series(1, 1000) n where $1 = 'x'")
                        .bind("x")
                        .fetchSize(10)
                        .map(row -> row.getInt(0)));
        slow.awaitCount(3);
        PgQuery refusedAtFirst = connection.query("select n::text from generate_series(1, 9) n where n > $1");
        assertThat(texts(refusedAtFirst.bind("7").fetchSize(1))).containsExactly("8", "9");

        slow.request(Long.MAX_VALUE);

        assertThat(slow.awaitComplete().values()).isEqualTo(upTo(1000));
        assertThat(openPortals()).isEqualTo("0");
        assertStatus(PgTransactionStatus.IN_TRANSACTION);
    }

    /** The server's error is that of a statement gone stale, but it comes from within the function. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 100})
    void aQueryOfWhichRowsHaveComeIsNotRepeated(int fetchSize) {
        run(
                connection,
                "create function pg_temp.f(n int) returns int language plpgsql as $$ begin"
                        + " if n = 5 then execute 'execute missing'; end if; return n; end $$");
        for (int execution = 0; execution < 3; execution++) {
            RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE)
                    .subscribedTo(connection
                            .query("select pg_temp.f(n) from generate_series(1, 9) n")
                            .fetchSize(fetchSize)
                            .map(row -> row.getInt(0)));

            assertThat(subscriber.awaitError(PgServerException.class).sqlState())
                    .isEqualTo("26000");
            assertThat(subscriber.values()).isEqualTo(upTo(4));
        }
        assertStatus(PgTransactionStatus.IDLE);
    }
}
