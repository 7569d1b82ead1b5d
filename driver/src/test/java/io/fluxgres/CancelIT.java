package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Subscriptions that end before their statements. */
@Timeout(60)
class CancelIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    @BeforeAll
    static void fill() {
        POSTGRES.execute("create table numbers as select n, 'row ' || n as text from generate_series(1, 3000000) n");
    }

    @BeforeEach
    void connect() {
        connection = PgClient.create(POSTGRES.url()).connect().block(DEADLINE);
    }

    @AfterEach
    void close() {
        connection.close().block(DEADLINE);
    }

    @Test
    void theFirstRowOfThreeMillionFreesTheConnectionSoon() {
        Duration fastest = Flux.range(0, 20)
                .map(n -> {
                    connection
                            .query("select n, text from numbers")
                            .map(row -> row.getInt(0))
                            .blockFirst(DEADLINE);
                    long cancelled = System.nanoTime();
                    assertThat(answer(n)).isEqualTo(n);
                    return Duration.ofNanos(System.nanoTime() - cancelled);
                })
                .sort()
                .elementAt(10)
                .block(DEADLINE);

        assertThat(fastest).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void inATransactionTheRestIsDiscardedAndTheTransactionLives() {
        connection.query("begin").rowsUpdated().block(DEADLINE);
        connection.query("create temp table kept (n int)").rowsUpdated().block(DEADLINE);
        connection
                .query("select n, text from numbers")
                .map(row -> row.getInt(0))
                .blockFirst(DEADLINE);

        assertThat(answer(42)).isEqualTo(42);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertThat(connection.query("insert into kept values (1)").rowsUpdated().block(DEADLINE))
                .isEqualTo(1);
    }

    @Test
    void noneOfThreeHundredLateCancelsHitsTheStatementBehind() {
        Random random = new Random(20261121);
        for (int i = 0; i < 300; i++) {
            int wait = random.nextInt(3);
            connection
                    .query("select n from generate_series(1, $1::int) n")
                    .bind(50_000 + random.nextInt(100_000))
                    .map(row -> row.getInt(0))
                    .take(1 + random.nextInt(5000))
                    .blockLast(DEADLINE);
            if (wait > 0) {
                connection.cancel().block(DEADLINE);
            }
            assertThat(answer(i)).isEqualTo(i);
        }
    }

    @Test
    void cancelsInAFullPipelineHitNobodyElse() {
        List<Integer> answers = Flux.range(0, 2000)
                .flatMapSequential(
                        n -> n % 3 == 0
                                ? connection
                                        .query("select n from generate_series(1, 10000) n")
                                        .map(row -> row.getInt(0))
                                        .take(n % 7)
                                        .ignoreElements()
                                        .thenReturn(n)
                                : connection
                                        .query("select $1")
                                        .bind(n)
                                        .map(row -> row.getInt(0))
                                        .single(),
                        100)
                .collectList()
                .block(DEADLINE);

        assertThat(answers).hasSize(2000);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).isEqualTo(i);
        }
    }

    @Test
    void aStatementThatSendsNothingIsCancelledToo() {
        Disposable sleeping =
                connection.query("select pg_sleep(60)").rowsUpdated().subscribe();
        awaitExecution("select pg_sleep(60)");
        long cancelled = System.nanoTime();
        sleeping.dispose();

        assertThat(answer(42)).isEqualTo(42);
        assertThat(Duration.ofNanos(System.nanoTime() - cancelled)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void theCallerMayCancelTheStatementItself() {
        CompletableFuture<Long> sleeping =
                connection.query("select pg_sleep(60)").rowsUpdated().toFuture();
        awaitExecution("select pg_sleep(60)");
        connection.cancel().block(DEADLINE);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(sleeping::join)
                .withCauseInstanceOf(PgServerException.class)
                .matches(failure -> "57014".equals(((PgException) failure.getCause()).sqlState()));
        assertThat(answer(42)).isEqualTo(42);
    }

    @Test
    void cancellingNothingHasNoEffect() {
        connection.cancel().block(DEADLINE);

        assertThat(answer(42)).isEqualTo(42);
    }

    @Test
    void aRequestThatWasNotWrittenIsWithdrawn() {
        POSTGRES.execute("create table if not exists withdrawn (n int)");
        PgConnection narrow =
                PgClient.create(POSTGRES.url() + "?pipelineDepth=1").connect().block(DEADLINE);
        Mono<Long> sleep = narrow.query("select pg_sleep(0.2)").rowsUpdated();
        CompletableFuture<Long> sleeping = sleep.toFuture();
        narrow.query("insert into withdrawn values (1)")
                .rowsUpdated()
                .subscribe()
                .dispose();
        sleeping.join();

        assertThat(narrow.query("select count(*) from withdrawn")
                        .map(row -> row.getLong(0))
                        .single()
                        .block(DEADLINE))
                .isZero();
        narrow.close().block(DEADLINE);
    }

    private int answer(int number) {
        return connection
                .query("select $1")
                .bind(number)
                .map(row -> row.getInt(0))
                .single()
                .block(DEADLINE);
    }

    /** Waits until the server executes a statement of this test's connection. */
    private void awaitExecution(String sql) {
        String active = "select count(*) from pg_stat_activity where pid = " + connection.processId()
                + " and state = 'active' and query = '" + sql + "'";
        while (!"1".equals(POSTGRES.queryForString(active))) {
            Thread.onSpinWait();
        }
    }
}
