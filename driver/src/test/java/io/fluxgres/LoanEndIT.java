package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who uses a connection of the pool hears the end when it is known, and does not wait until the connection is back: here it
 * takes a minute to come back from a server that has fallen silent.
 */
@Timeout(60)
class LoanEndIT {

    private static final Duration SHORT = Duration.ofMillis(200);
    /** Long enough for a statement to be sent on a busy machine. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final AtomicReference<PgClientFigures> figures = new AtomicReference<>();
    private SilentLine line;
    private PgClient client;

    @BeforeEach
    void open() {
        line = SilentLine.to(postgres.host(), postgres.port());
        client = client(MINUTE);
        client.query("select 1").exclusive().rowsUpdated().block(TIMEOUT);
        await("the connection of the pool", () -> figures.get().exclusiveIdle() == 1);
    }

    private PgClient client(Duration bound) {
        PgOptions options = PgOptions.parse(postgres.url())
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, line.port())
                .with(PgOption.POOL_SIZE, 1)
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.DRAIN_TIMEOUT, bound)
                .with(PgOption.CONTROL_TIMEOUT, bound)
                .with(PgOption.OBSERVER, new PgObserver() {
                    @Override
                    public void onClient(PgClientFigures told) {
                        figures.set(told);
                    }
                });
        return PgClient.create(options);
    }

    @AfterEach
    void close() {
        client.close(SHORT).block(TIMEOUT);
        line.close();
    }

    @Test
    void theDeadlineOfAnExclusiveStatementIsToldAtOnce() {
        line.fallSilentAt("select 42");

        failure(
                PgTimeoutException.class,
                client.query("select 42").exclusive().timeout(DEADLINE).rows());

        assertThat(figures.get().exclusiveIdle()).isZero();
    }

    @Test
    void theDeadlineOfAStatementThatWasSlowBeforeIsToldAtOnce() {
        PgQuery slow = client.query("select pg_sleep(0.1)");
        for (int i = 0; i < 4; i++) {
            slow.rowsUpdated().block(TIMEOUT);
        }
        await("the connection of the pool", () -> figures.get().exclusiveIdle() == 1);
        line.fallSilentAt("pg_sleep|fluxgres_");

        failure(PgTimeoutException.class, slow.timeout(DEADLINE).rows());

        assertThat(line.silenced()).isPositive();
        assertThat(figures.get().exclusiveIdle()).isZero();
    }

    @Test
    void theCompletionIsToldThoughARollbackIsToBeAnswered() {
        line.fallSilentAt("rollback");

        client.query("select 1; begin").exclusive().rowsUpdated().block(TIMEOUT);

        await("the rollback", () -> line.silenced() == 1);
        assertThat(figures.get().exclusiveIdle()).isZero();
    }

    @Test
    void anErrorIsToldThoughARollbackIsToBeAnswered() {
        line.fallSilentAt("rollback");

        failure(
                PgServerException.class,
                client.query("select 1; begin; select 1/0").exclusive().rowsUpdated());

        await("the rollback", () -> line.silenced() == 1);
        assertThat(figures.get().exclusiveIdle()).isZero();
    }

    @Test
    void whoCancelsLeavesTheConnectionToOthersWhenItIsBack() {
        client.close(SHORT).block(TIMEOUT);
        client = client(DEADLINE);
        line.fallSilentAt("select 42");
        client.query("select 42")
                .exclusive()
                .rows()
                .takeUntilOther(
                        Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().filter(n -> line.silenced() == 1))
                .onErrorComplete()
                .blockLast(TIMEOUT);
        assertThat(figures.get().exclusiveIdle()).isZero();

        CompletableFuture<Long> next =
                client.query("select 1").exclusive().rowsUpdated().toFuture();

        assertThat(Mono.fromFuture(next).block(TIMEOUT)).isZero();
        await("the pool to be idle", () -> figures.get().exclusiveIdle() == 1);
    }

    @Test
    void aConnectionThatComesBackLateServesTheNextAndNobodyBefore() {
        Flux<String> process =
                client.query("select pg_backend_pid()::text").exclusive().map(row -> String.valueOf(row.getString(0)));
        String first = process.blockLast(TIMEOUT);

        failure(
                PgTimeoutException.class,
                client.query("select pg_sleep(100)")
                        .exclusive()
                        .timeout(DEADLINE)
                        .rows());

        assertThat(process.repeat(20).collectList().block(TIMEOUT)).containsOnly(first);
    }
}
