package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that are not answered in time. */
@Timeout(60)
class TimeoutIT {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final String FOREVER = "select pg_sleep(100)";
    /** One row that leaves the server's buffer at once, and then nothing. */
    private static final String ONE_ROW_AND_FOREVER =
            "select repeat('x', 20000), case when n > 1 then pg_sleep(100) end from generate_series(1, 2) n";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    /** Drains so patiently that a test does not end in time if anything waits for the bounds of draining. */
    @BeforeEach
    void connect() {
        connection = Connections.open(POSTGRES, PgOption.DRAIN_TIMEOUT, Duration.ofMinutes(10));
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    // ---- what was sent

    @Test
    void aQueryThatWasSentEndsAtOnceAndIsCancelledOnTheServer() {
        PgTimeoutException late = timeout(connection.query(FOREVER).timeout(SHORT));

        assertThat(late.safeToRetry()).isFalse();
        assertThat(late).hasMessageContaining("100 ms").hasMessageContaining("unknown");
        assertThat(late.fault()).isEqualTo(PgException.Fault.CALLER);
        assertAnswers(connection);
    }

    @Test
    void inATransactionItIsCancelledTooAndTheTransactionIsAborted() {
        run(connection, "begin");

        timeout(connection.query(FOREVER).timeout(SHORT));

        assertThat(failure(PgServerException.class, connection.query("select 1").rowsUpdated())
                        .sqlState())
                .isEqualTo("25P02");
        run(connection, "rollback");
        assertAnswers(connection);
    }

    @Test
    void behindAFailureOfTheMappingFunctionATransactionIsDrainedOnlyUpToTheDeadline() {
        IllegalStateException thrown = new IllegalStateException("cannot map");
        run(connection, "begin");

        PgTimeoutException late = failure(
                PgTimeoutException.class,
                connection
                        .query(ONE_ROW_AND_FOREVER)
                        .timeout(Duration.ofMillis(500))
                        .map(row -> {
                            throw thrown;
                        }));

        assertThat(late).hasCause(thrown);
        run(connection, "rollback");
        assertAnswers(connection);
    }

    @Test
    void aQueryWithAnotherBehindItIsNotCancelledButDiscarded() {
        CompletableFuture<Throwable> late =
                failing(connection.query("select pg_sleep(1)").timeout(SHORT));
        CompletableFuture<String> behind = connection
                .query("select 'behind'")
                .map(row -> String.valueOf(row.getString(0)))
                .single()
                .toFuture();

        assertThat(late.join()).isInstanceOf(PgTimeoutException.class);
        assertThat(behind).isNotDone();
        assertThat(behind.join()).isEqualTo("behind");
    }

    @Test
    void timeoutsAtAnyMomentHitNobodyElse() {
        Random random = new Random(20261121);
        int late = 0;
        for (int i = 0; i < 300; i++) {
            try {
                connection
                        .query("select n from generate_series(1, $1::int) n")
                        .bind(random.nextInt(200_000))
                        .timeout(Duration.ofNanos(1 + random.nextInt(40_000_000)))
                        .map(row -> row.getInt(0))
                        .blockLast(TIMEOUT);
            } catch (PgTimeoutException e) {
                late++;
            }
            assertThat(text(connection, "select " + i)).isEqualTo(Integer.toString(i));
        }
        assertThat(late).isBetween(1, 299);
    }

    // ---- what was not sent

    @Test
    void aQueryThatWasNotSentIsWithdrawnAndSafeToRetry() {
        POSTGRES.execute("create table if not exists unsent (n int)");
        PgConnection narrow = Connections.open(POSTGRES, PgOption.PIPELINE_DEPTH, 1);
        CompletableFuture<Throwable> running = failing(narrow.query(FOREVER));

        PgTimeoutException late =
                timeout(narrow.query("insert into unsent values (1)").timeout(SHORT));

        assertThat(late.safeToRetry()).isTrue();
        assertThat(late).hasMessageContaining("not sent").hasNoCause();
        assertThat(running).isNotDone();
        narrow.cancel().block(TIMEOUT);
        assertThat(text(narrow, "select count(*) from unsent")).isEqualTo("0");
        assertThat(running.join()).isInstanceOf(PgServerException.class);
        Connections.close(narrow);
    }

    // ---- subscribers that are slow themselves

    @Test
    void rowsThatNobodyRequestsLetTheDeadlinePass() {
        RecordingSubscriber<String> slow = subscribe(connection
                .query("select repeat('x', 1000) from generate_series(1, 300000)")
                .timeout(Duration.ofMillis(500)));

        slow.awaitError(PgTimeoutException.class);
        assertAnswers(connection);
    }

    @Test
    void rowsThatAreKeptBehindTheWholeAnswerHaveNoDeadline() {
        RecordingSubscriber<String> slow = subscribe(
                connection.query("select n from generate_series(1, 1000) n").timeout(Duration.ofSeconds(2)));
        assertAnswers(connection);
        run(connection, "select pg_sleep(2.2)");

        slow.assertNotTerminated();
        slow.request(Long.MAX_VALUE);
        slow.awaitComplete().awaitCount(1000);
    }

    @Test
    void aSubscriberThatHasCancelledHearsNothingOfTheDeadline() {
        CompletableFuture<Throwable> late = new CompletableFuture<>();
        connection
                .query(FOREVER)
                .timeout(SHORT)
                .rowsUpdated()
                .subscribe(count -> {}, late::complete)
                .dispose();

        run(connection, "select pg_sleep(0.3)");
        assertThat(late).isNotDone();
    }

    // ---- options

    @Test
    void theOptionIsTheDeadlineOfEachQueryAndAQueryMayHaveItsOwn() {
        PgConnection hasty = Connections.open(POSTGRES, PgOption.STATEMENT_TIMEOUT, SHORT);

        timeout(hasty.query(FOREVER));
        timeout(hasty.query("select pg_sleep($1)").bind(100));
        assertThat(hasty.query("select pg_sleep(0.3)")
                        .timeout(Duration.ofDays(1_000_000))
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isZero();
        assertThat(hasty.query("select pg_sleep($1)")
                        .timeout(TIMEOUT)
                        .bind(0.3)
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isZero();
        Connections.close(hasty);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aTimeoutThatIsNotPositiveIsRefused(long seconds) {
        PgQuery query = connection.query("select 1");

        assertThatThrownBy(() -> query.timeout(Duration.ofSeconds(seconds)))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("positive");
    }

    @Test
    void aLockTimeoutIsTheServersOwn() {
        POSTGRES.execute("create table if not exists locked (n int)");
        PgConnection waiting = Connections.open(POSTGRES, PgOption.LOCK_TIMEOUT, Duration.ofMillis(150));
        run(connection, "begin");
        run(connection, "lock table locked");

        assertThat(text(waiting, "show lock_timeout")).isEqualTo("150ms");
        assertThat(failure(
                                PgServerException.class,
                                waiting.query("select * from locked").rows())
                        .sqlState())
                .isEqualTo("55P03");
        Connections.close(waiting);
    }

    private static PgTimeoutException timeout(PgQuery query) {
        return failure(PgTimeoutException.class, query.rowsUpdated());
    }

    private static CompletableFuture<Throwable> failing(PgQuery query) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        query.rowsUpdated().subscribe(count -> {}, failure::complete);
        return failure;
    }

    /** Returns a subscriber that requests one row. */
    private static RecordingSubscriber<String> subscribe(PgQuery query) {
        return RecordingSubscriber.<String>requesting(1)
                .subscribedTo(query.map(row -> String.valueOf(row.getString(0))));
    }
}
