package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** A result that nobody requests and the requests that come after it on the same connection. */
@Timeout(60)
class StalledResultIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int ROWS = 300_000;
    private static final String LONG = "select n, repeat('x', 100) from numbers";
    private static final String SHORT = "select n, repeat('x', 100) from numbers limit 1000";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    /** Requests only what the test tells it to, and tells how it ended. */
    private static final class Idle extends BaseSubscriber<Integer> {

        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final CompletableFuture<Integer> completed = new CompletableFuture<>();
        private int received;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Integer value) {
            received++;
        }

        @Override
        protected void hookOnComplete() {
            completed.complete(received);
        }

        @Override
        protected void hookOnError(Throwable error) {
            failure.complete(error);
        }
    }

    @BeforeAll
    static void fill() {
        POSTGRES.execute("create table numbers as select n from generate_series(1, " + ROWS + ") n");
    }

    @BeforeEach
    void connect() {
        connection = connect("");
    }

    @AfterEach
    void close() {
        connection.close().block(DEADLINE);
    }

    private static PgConnection connect(String options) {
        return PgClient.create(POSTGRES.url() + options).connect().block(DEADLINE);
    }

    @Test
    void aResultThatFitsTheSpoolDelaysNobodyAndIsDeliveredLater() throws Exception {
        Idle idle = stall(connection, SHORT);

        assertThat(answer(connection)).isEqualTo(42);
        assertThat(idle.completed).isNotDone();
        idle.request(998);
        assertThat(answer(connection)).isEqualTo(42);
        assertThat(idle.completed).isNotDone();
        idle.request(1);
        assertThat(idle.completed.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void aSpooledResultIsDeliveredEvenAfterTheConnectionHasEnded() throws Exception {
        Idle idle = stall(connection, SHORT);
        assertThat(answer(connection)).isEqualTo(42);
        connection.close().block(DEADLINE);

        idle.request(Long.MAX_VALUE);
        assertThat(idle.completed.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void beyondTheSpoolThoseFailThatWereNotSent() {
        Idle idle = stall(connection, LONG);

        assertThatExceptionOfType(PgBackpressureException.class)
                .isThrownBy(() -> answer(connection))
                .withMessageContaining(LONG.substring(0, 20))
                .withMessageContaining("cancel it")
                .matches(PgException::safeToRetry);
        idle.request(Long.MAX_VALUE);
        assertThat(idle.completed.join()).isEqualTo(ROWS);
        assertThat(answer(connection)).isEqualTo(42);
    }

    @Test
    void beyondTheSpoolTheResultFailsIfOneThatWasSentWaits() {
        Idle idle = new Idle();
        CompletableFuture<Integer> behind = new CompletableFuture<>();
        // on the event loop, so that both leave in one write
        connection
                .query("select 1")
                .map(row -> {
                    connection.query(LONG).map(each -> each.getInt(0)).subscribe(idle);
                    connection
                            .query("select 42")
                            .map(each -> each.getInt(0))
                            .subscribe(behind::complete, behind::completeExceptionally);
                    return row.getInt(0);
                })
                .blockLast(DEADLINE);

        assertThat(behind.join()).isEqualTo(42);
        assertThat(idle.failure.join())
                .isInstanceOf(PgBackpressureException.class)
                .hasMessageContaining("slow consumer")
                .matches(failure -> !((PgException) failure).safeToRetry());
    }

    /** The batch is longer than what may be unanswered, so that a part of it waits for answers behind the result. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestThatIsHalfWrittenBehindIsExecutedWhollyAndTheResultFailsIfItCannotBeKept(boolean kept) {
        PgConnection narrow = connect("?pipelineBytes=100000" + (kept ? "" : "&spoolBytes=1000"));
        narrow.query("create temp table written (n int, t text)").rowsUpdated().block(DEADLINE);
        List<Object[]> rows = Flux.range(0, 10_000)
                .map(n -> new Object[] {n, "x".repeat(100)})
                .collectList()
                .block(DEADLINE);
        Idle idle = new Idle();
        CompletableFuture<Long> written = new CompletableFuture<>();
        // on the event loop, so that both are written in one turn
        narrow.query("select 1")
                .map(row -> {
                    narrow.query(SHORT).map(each -> each.getInt(0)).subscribe(idle);
                    narrow.query("insert into written values ($1, $2)")
                            .bindAll(rows)
                            .rowsUpdated()
                            .subscribe(written::complete, written::completeExceptionally);
                    return row.getInt(0);
                })
                .blockLast(DEADLINE);

        assertThat(written).succeedsWithin(DEADLINE).isEqualTo(10_000L);
        if (kept) {
            assertThat(idle.failure).isNotDone();
            idle.request(Long.MAX_VALUE);
            assertThat(idle.completed).succeedsWithin(DEADLINE).isEqualTo(1000);
        } else {
            assertThat(idle.failure)
                    .succeedsWithin(DEADLINE)
                    .isInstanceOf(PgBackpressureException.class)
                    .matches(failure -> !((PgException) failure).safeToRetry());
        }
        assertThat(answer(narrow)).isEqualTo(42);
        narrow.close().block(DEADLINE);
    }

    @Test
    void noSpoolAtAllIsABoundToo() {
        PgConnection strict = connect("?spoolBytes=0");
        Idle idle = stall(strict, SHORT);

        assertThatExceptionOfType(PgBackpressureException.class).isThrownBy(() -> answer(strict));
        idle.cancel();
        assertThat(answer(strict)).isEqualTo(42);
        strict.close().block(DEADLINE);
    }

    @Test
    void theSpoolsOfAllConnectionsOfAClientHaveABoundTogether() {
        PgClient client = PgClient.create(POSTGRES.url() + "?spoolTotalBytes=400000");
        PgConnection first = client.connect().block(DEADLINE);
        PgConnection second = client.connect().block(DEADLINE);
        Idle idleFirst = stall(first, SHORT);
        assertThat(answer(first)).isEqualTo(42);
        stall(second, SHORT);

        assertThatExceptionOfType(PgBackpressureException.class).isThrownBy(() -> answer(second));
        idleFirst.cancel();
        assertThat(answer(first)).isEqualTo(42);
        assertThat(answer(second)).isEqualTo(42);
        first.close().block(DEADLINE);
        second.close().block(DEADLINE);
    }

    @Test
    void cancellingTheStalledResultFreesTheConnection() {
        Idle idle = stall(connection, LONG);
        idle.cancel();

        assertThat(answer(connection)).isEqualTo(42);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aThousandOpenRowsMayEachQueryTheSameConnection(boolean inTransaction) {
        if (inTransaction) {
            connection.query("begin").rowsUpdated().block(DEADLINE);
        }
        Long count = connection
                .query(SHORT)
                .map(row -> row.getInt(0))
                .flatMap(n -> connection.query("select $1").bind(n).map(row -> row.getInt(0)), 16)
                .count()
                .block(DEADLINE);

        assertThat(count).isEqualTo(1000);
    }

    @Test
    void aSlowSubscriberDoesNotSlowAnotherConnectionOfTheSameLoop() {
        int loops = Runtime.getRuntime().availableProcessors() * 4;
        List<PgConnection> others =
                Flux.range(0, loops).map(n -> connect("")).collectList().block(DEADLINE);
        Idle idle = stall(connection, LONG);

        for (PgConnection other : others) {
            assertThat(answer(other)).isEqualTo(42);
            other.close().block(DEADLINE);
        }
        idle.cancel();
    }

    /** Returns a subscriber whose result has begun to arrive and is not requested. */
    private static Idle stall(PgConnection connection, String sql) {
        Idle idle = new Idle();
        CompletableFuture<Object> begun = new CompletableFuture<>();
        connection
                .query(sql)
                .map(row -> row.getInt(0))
                .doOnSubscribe(subscription -> begun.complete(subscription))
                .subscribe(idle);
        begun.join();
        idle.request(1);
        // a request of another connection takes longer than the first row of this one
        while (idle.received == 0) {
            Thread.onSpinWait();
        }
        return idle;
    }

    private static int answer(PgConnection connection) {
        return connection.query("select 42").map(row -> row.getInt(0)).single().block(DEADLINE);
    }
}
