package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Batches that are not answered in time. */
@Timeout(60)
class BatchTimeoutIT {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String SLOW = "insert into item select $1 from pg_sleep(0.05)";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void connect() {
        POSTGRES.execute("drop table if exists item; create table item (n int)");
        connection = open("");
    }

    @AfterEach
    void close() {
        assertAnswers(connection);
        Connections.close(connection);
    }

    /** Drains so patiently that a test does not end in time if anything waits for the bounds of draining. */
    private static PgConnection open(String options) {
        return Connections.open(
                PgOptions.parse(POSTGRES.url() + options).with(PgOption.DRAIN_TIMEOUT, Duration.ofMinutes(10)));
    }

    private static List<Object[]> rows(int count) {
        return IntStream.range(0, count).mapToObj(n -> new Object[] {n}).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=100"})
    void aBatchThatIsLateEndsAtOnceAndLeavesNothing(String options) {
        PgConnection other = open(options);

        PgTimeoutException late = failure(
                PgTimeoutException.class,
                other.query(SLOW).timeout(SHORT).bindAll(rows(2000)).rowsUpdated());

        assertThat(late.safeToRetry()).isFalse();
        assertThat(late).hasMessageContaining("300 ms").hasMessageContaining("unknown");
        assertAnswers(other);
        assertThat(stored()).isZero();
        Connections.close(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?pipelineBytes=100"})
    void inATransactionThatIsAbortedByIt(String options) {
        PgConnection other = open(options);
        run(other, "begin");

        failure(
                PgTimeoutException.class,
                other.query(SLOW).timeout(SHORT).bindAll(rows(2000)).outcomes());

        assertThat(failure(PgServerException.class, other.query("select 1").rowsUpdated())
                        .sqlState())
                .isEqualTo("25P02");
        run(other, "rollback");
        assertAnswers(other);
        Connections.close(other);
    }

    @Test
    void whatIsInTimeIsNotDisturbed() {
        assertThat(connection
                        .query(SLOW)
                        .timeout(Duration.ofSeconds(30))
                        .bindAll(rows(3))
                        .counts()
                        .collectList()
                        .block(Connections.TIMEOUT))
                .containsExactly(1L, 1L, 1L);
    }

    @Test
    void aBatchOfStatementsHasTheDeadlineOfTheConnection() {
        PgConnection hasty = open("?statementTimeout=300ms");

        failure(
                PgTimeoutException.class,
                hasty.batch("insert into item values (1)", "select pg_sleep(100)")
                        .rowsUpdated());

        assertAnswers(hasty);
        assertThat(stored()).isZero();
        Connections.close(hasty);
    }

    @Test
    void thePublisherOfRowsMayTakeItsTime() {
        Flux<Object[]> rows = Flux.fromIterable(rows(5)).delayElements(Duration.ofMillis(100));

        assertThat(connection
                        .query("insert into item values ($1)")
                        .timeout(SHORT)
                        .bindAll(rows)
                        .rowsUpdated()
                        .block(Connections.TIMEOUT))
                .isEqualTo(5L);
    }

    @Test
    void publishedRowsThatTheServerIsLateWithAreRolledBack() {
        failure(
                PgTimeoutException.class,
                connection
                        .query(SLOW)
                        .timeout(SHORT)
                        .bindAll(Flux.fromIterable(rows(1000)))
                        .rowsUpdated());

        assertAnswers(connection);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertThat(stored()).isZero();
    }

    @Test
    void withASyncEachOnlyTheItemThatIsLateFails() {
        List<PgBatchOutcome> outcomes = Connections.list(connection
                .query("insert into item select $1 from pg_sleep($2)")
                .timeout(Duration.ofSeconds(1))
                .bindAll(List.of(new Object[] {1, 0.0}, new Object[] {2, 100.0}))
                .syncEach()
                .outcomes());

        assertThat(outcomes).extracting(PgBatchOutcome::status).containsExactly(Status.DONE, Status.FAILED);
        assertThat(outcomes.get(1).failure()).hasCauseInstanceOf(PgTimeoutException.class);
    }

    private static int stored() {
        return Integer.parseInt(Objects.requireNonNull(POSTGRES.queryForString("select count(*) from item")));
    }
}
