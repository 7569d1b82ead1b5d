package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.testkit.DelayProxy;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
class PipelineIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void connect() {
        connection = PgClient.create(POSTGRES.url()).connect().block(DEADLINE);
    }

    @AfterEach
    void close() {
        connection.close().block(DEADLINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "256"})
    void thousandsOfConcurrentSubscribersGetTheirOwnAnswers(String depth) {
        PgConnection limited = PgClient.create(POSTGRES.url() + "?pipelineDepth=" + depth)
                .connect()
                .block(DEADLINE);
        List<Integer> answers = Flux.range(0, 5000)
                .flatMap(n -> number(limited, "select $1 + 1", n).filter(answer -> answer == n + 1), 5000)
                .collectList()
                .block(DEADLINE);
        limited.close().block(DEADLINE);

        assertThat(answers).hasSize(5000);
    }

    @Test
    void requestsRunInTheOrderOfTheirSubscriptions() {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Flux.range(0, 1000)
                .flatMap(n -> number(connection, "select $1", n).doOnNext(order::add), 1000)
                .blockLast(DEADLINE);

        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void anErrorFailsItsOwnStatementOnly() {
        List<String> outcomes = Flux.range(0, 300)
                .flatMapSequential(
                        n -> number(connection, "select 100 / $1", n % 3)
                                .map(String::valueOf)
                                .onErrorResume(PgServerException.class, error -> Mono.just(error.sqlState())),
                        300)
                .collectList()
                .block(DEADLINE);

        assertThat(outcomes)
                .containsExactlyElementsOf(IntStream.range(0, 300)
                        .mapToObj(n -> n % 3 == 0 ? "22012" : String.valueOf(100 / (n % 3)))
                        .toList());
    }

    @Test
    void aMappingFunctionMaySubmitToTheSameConnection() {
        Long sum = connection
                .query("select n from generate_series(1, 1000) n")
                .map(row -> number(connection, "select $1 * 2", row.getInt(0)))
                .flatMap(inner -> inner, 16)
                .map(Integer::longValue)
                .reduce(0L, Long::sum)
                .block(DEADLINE);

        assertThat(sum).isEqualTo(1000L * 1001L);
    }

    @Test
    void nothingIsSentBehindACopy() {
        POSTGRES.execute("create table if not exists copied (n int)");
        Flux<Object> copy = connection.query("copy copied from stdin").map(row -> row);
        Mono<List<Object>> both = Flux.merge(
                        copy.onErrorResume(PgUsageException.class, error -> Mono.just("refused")),
                        number(connection, "select $1", 42))
                .collectList();

        assertThat(both.block(DEADLINE)).containsExactly("refused", 42);
    }

    @Test
    void fiftyQueriesOverALongLineTakeOneRoundTripAndAHalf() {
        try (DelayProxy proxy = DelayProxy.start(POSTGRES.host(), POSTGRES.port(), Duration.ofMillis(10))) {
            PgConnection distant = PgClient.create(
                            POSTGRES.url().replace(":" + POSTGRES.port() + "/", ":" + proxy.port() + "/"))
                    .connect()
                    .block(DEADLINE);
            // the classes are loaded and compiled on the way, not measured
            for (int i = 0; i < 20; i++) {
                fifty(distant, "select $1 + " + i);
            }
            Duration cold = fastest(() -> fifty(distant, "select $1 + 0 -- " + System.nanoTime()));
            Duration warm = fastest(() -> fifty(distant, "select $1 + 0"));
            distant.close().block(DEADLINE);

            assertThat(cold).isBetween(Duration.ofMillis(20), Duration.ofMillis(90));
            assertThat(warm).isBetween(Duration.ofMillis(20), Duration.ofMillis(60));
        }
    }

    private static Duration fifty(PgConnection connection, String sql) {
        long started = System.nanoTime();
        Flux.range(0, 50).flatMap(n -> number(connection, sql, n), 50).blockLast(DEADLINE);
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** The machine may be busy with something else once, not five times. */
    private static Duration fastest(Supplier<Duration> measured) {
        return IntStream.range(0, 5)
                .mapToObj(i -> measured.get())
                .min(Duration::compareTo)
                .orElseThrow();
    }

    @Test
    void whatWasNotSentFailsAsSafeToRetryWhenTheConnectionEnds() {
        PgConnection narrow =
                PgClient.create(POSTGRES.url() + "?pipelineDepth=2").connect().block(DEADLINE);
        List<PgConnectionException> failures = Flux.range(0, 5)
                .flatMapSequential(
                        n -> (n == 0
                                        ? narrow.query(
                                                        "select pg_terminate_backend(pg_backend_pid()) from pg_sleep(0.3)")
                                                .rowsUpdated()
                                        : narrow.query("select 1").rowsUpdated())
                                .map(count -> new PgConnectionException("not failed", false, null, null))
                                .onErrorResume(PgConnectionException.class, Mono::just),
                        5)
                .collectList()
                .block(DEADLINE);

        assertThat(failures).extracting(PgException::safeToRetry).containsExactly(false, false, true, true, true);
        assertThat(failures).extracting(PgException::sqlState).containsOnly("57P01");
        assertThatExceptionOfType(PgConnectionException.class)
                .isThrownBy(() -> number(narrow, "select $1", 1).block(DEADLINE))
                .matches(PgException::safeToRetry);
    }

    private static Mono<Integer> number(PgConnection connection, String sql, int parameter) {
        return connection.query(sql).bind(parameter).map(row -> row.getInt(0)).single();
    }
}
