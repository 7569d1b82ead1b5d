package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The end of a connection by the server or the caller: each request learns of it once, and whether it was executed. */
@Timeout(60)
class EndOfLifeIT extends EndOfLifeFixture {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @BeforeEach
    void open() {
        connection = Connections.open(postgres, PgOption.PIPELINE_DEPTH, 1);
    }

    private void terminateBackend() {
        postgres.queryForString("select pg_terminate_backend(" + connection.processId() + ")");
    }

    private void awaitBackend(String waitEvent) {
        String sql = "select wait_event from pg_stat_activity where pid = " + connection.processId();
        await("the server waits for " + waitEvent, () -> waitEvent.equals(postgres.queryForString(sql)));
    }

    // ---- the server ends the session

    @Test
    void aBackendThatIsTerminatedWhileIdleFailsLaterSubscriptionsAndSaysWhy() {
        terminateBackend();

        awaitEnd();
        assertLaterSubscriptionsFailAtOnce();
        PgConnectionException error = failure(
                PgConnectionException.class, connection.query("select 1").rows());
        assertThat(error).hasMessageContaining("terminating connection due to administrator command");
        assertThat(error.sqlState()).isEqualTo("57P01");
    }

    @Test
    void aLostConnectionNamesServerDatabaseAndProcessOnce() {
        PgOptions options = PgOptions.parse(postgres.url());
        String peer = ":" + options.require(PgOption.PORT) + ", database " + options.get(PgOption.DATABASE)
                + ", process " + connection.processId() + ")";
        terminateBackend();
        awaitEnd();

        PgConnectionException error = failure(
                PgConnectionException.class, connection.query("select 1").rows());

        assertThat(error.getMessage()).containsOnlyOnce(peer).endsWith("; the request was not sent");
    }

    @Test
    void aSessionThatTimesOutWhileIdleSaysWhy() {
        run(connection, "set idle_session_timeout to '20ms'");

        awaitEnd();

        assertLaterSubscriptionsFailAtOnce();
        assertThat(failure(
                                PgConnectionException.class,
                                connection.query("select 1").rows())
                        .sqlState())
                .isEqualTo("57P05");
    }

    @Test
    void aBackendThatIsTerminatedWhileAQueryRunsFailsItAndTheQueuedOnes() {
        RecordingSubscriber<Integer> running = subscribe("select 1 from pg_sleep(30)", 1);
        List<RecordingSubscriber<Integer>> queued = subscribeMany();
        awaitBackend("PgSleep");

        terminateBackend();

        PgConnectionException error = running.awaitError(PgConnectionException.class);
        assertOutcomeUnknown(error);
        assertThat(error.sqlState()).isEqualTo("57P01");
        queued.forEach(subscriber -> assertNotSent(subscriber.awaitError(PgConnectionException.class)));
        awaitEnd();
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void aBackendThatIsTerminatedWhileAnUpdateRunsLeavesItsOutcomeUnknown() {
        run(connection, "create temp table t as select 1 as n");
        RecordingSubscriber<Long> running = RecordingSubscriber.<Long>requesting(0)
                .subscribedTo(
                        connection.query("update t set n = 2 from pg_sleep(30)").rowsUpdated());
        awaitBackend("PgSleep");

        terminateBackend();

        assertOutcomeUnknown(running.awaitError(PgConnectionException.class));
    }

    /** The end of the session stands behind the rows in the kernel's buffers: nobody can know of it before they are read. */
    @Test
    void aBackendThatIsTerminatedInTheMiddleOfAPausedResultFailsItBehindTheRowsThatWereSent() {
        RecordingSubscriber<Integer> paused = subscribe("select n from generate_series(1, 3000000) n", 1);
        awaitBackend("ClientWrite");
        paused.awaitCount(1);
        terminateBackendAndAwaitItsEnd();

        List<RecordingSubscriber<Integer>> behind = subscribeMany();
        paused.request(Long.MAX_VALUE);

        assertOutcomeUnknown(paused.awaitError(PgConnectionException.class));
        assertThat(paused.count()).isGreaterThan(1000);
        assertThat(paused.values())
                .isEqualTo(IntStream.rangeClosed(1, paused.count()).boxed().toList());
        behind.forEach(subscriber -> subscriber.awaitError(PgConnectionException.class));
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void aPausedResultThatIsCancelledAfterTheEndLetsTheOthersEnd() {
        RecordingSubscriber<Integer> paused = subscribe("select n from generate_series(1, 3000000) n", 1);
        awaitBackend("ClientWrite");
        terminateBackendAndAwaitItsEnd();

        List<RecordingSubscriber<Integer>> behind = subscribeMany();
        paused.cancel();

        behind.forEach(subscriber -> subscriber.awaitError(PgConnectionException.class));
        paused.assertNotTerminated();
        assertLaterSubscriptionsFailAtOnce();
    }

    private void terminateBackendAndAwaitItsEnd() {
        terminateBackend();
        String sql = "select count(*) from pg_stat_activity where pid = " + connection.processId();
        await("the backend has gone", () -> "0".equals(postgres.queryForString(sql)));
    }

    @Test
    void aPausedResultThatHasArrivedWhollyIsDeliveredWhollyAfterTheEnd() {
        RecordingSubscriber<Integer> paused = subscribe("select n from generate_series(1, 100) n", 1);
        paused.awaitCount(1);
        awaitBackend("ClientRead");

        terminateBackend();
        awaitEnd();
        paused.request(Long.MAX_VALUE);

        assertThat(paused.awaitComplete().count()).isEqualTo(100);
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void aResultThatWasReadAheadOfItsDemandSurvivesTheEnd() {
        RecordingSubscriber<Integer> slow = subscribe("select n from generate_series(1, 100) n", 1);
        subscribe("select 1", 1).awaitComplete();

        Connections.close(connection);
        assertLaterSubscriptionsFailAtOnce();
        slow.request(50);
        slow.awaitCount(51).assertNotTerminated();
        slow.request(50);

        assertThat(slow.awaitComplete().values())
                .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    }

    @Test
    void requestsThatWereSentAheadHaveAnUnknownOutcome() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.PIPELINE_DEPTH, 10);
        RecordingSubscriber<Integer> running = subscribe("select 1 from pg_sleep(30)", 1);
        List<RecordingSubscriber<Integer>> behind = subscribeMany();
        awaitBackend("PgSleep");

        terminateBackend();

        assertOutcomeUnknown(running.awaitError(PgConnectionException.class));
        List<Boolean> safe = behind.stream()
                .map(subscriber ->
                        subscriber.awaitError(PgConnectionException.class).safeToRetry())
                .toList();
        assertThat(safe.subList(0, 9)).containsOnly(false);
        assertThat(safe.subList(9, 50)).containsOnly(true);
    }

    // ---- the caller ends it

    @Test
    void closeFailsTheRunningQueryAndTheQueuedOnes() {
        RecordingSubscriber<Integer> running = subscribe("select 1 from pg_sleep(30)", 1);
        List<RecordingSubscriber<Integer>> queued = subscribeMany();
        awaitBackend("PgSleep");

        Connections.close(connection);

        assertThat(connection.isHealthy()).isFalse();
        PgConnectionException error = running.awaitError(PgConnectionException.class);
        assertOutcomeUnknown(error);
        assertThat(error).hasMessageContaining("closed by the caller");
        queued.forEach(subscriber -> assertNotSent(subscriber.awaitError(PgConnectionException.class)));
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void closeFailsAPausedResult() {
        RecordingSubscriber<Integer> paused = subscribe("select n from generate_series(1, 3000000) n", 1);
        awaitBackend("ClientWrite");
        paused.awaitCount(1);

        Connections.close(connection);

        assertOutcomeUnknown(paused.awaitError(PgConnectionException.class));
        assertThat(paused.count()).isEqualTo(1);
    }

    @Test
    void closeEndsTheSessionOnTheServer() {
        String sql = "select count(*) from pg_stat_activity where pid = " + connection.processId();
        assertThat(postgres.queryForString(sql)).isEqualTo("1");

        Connections.close(connection);

        await("the backend has gone", () -> "0".equals(postgres.queryForString(sql)));
    }

    @Test
    void closeWaitsForItsSubscription() {
        Mono<Void> close = connection.close();

        assertThat(Connections.text(connection, "select 'open'")).isEqualTo("open");

        close.block(TIMEOUT);
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void closeMayBeRepeatedAndComeFromManyThreadsAmongQueries() {
        Flux<Integer> queries = Flux.range(0, 500)
                .flatMap(n -> connection
                        .query("select 1")
                        .map(row -> row.getInt(0))
                        .onErrorReturn(PgConnectionException.class, -1))
                .subscribeOn(Schedulers.boundedElastic());
        Flux<Integer> closes = Flux.range(0, 20)
                .flatMap(n -> connection.close().thenReturn(0).subscribeOn(Schedulers.boundedElastic()));

        List<Integer> ends = Connections.list(Flux.merge(queries, closes));

        assertThat(ends).hasSize(520).isSubsetOf(-1, 0, 1);
        Connections.close(connection);
        assertLaterSubscriptionsFailAtOnce();
    }

    @Test
    void closeAfterTheServerHasEndedTheSessionCompletes() {
        terminateBackend();
        awaitEnd();

        Connections.close(connection);

        assertLaterSubscriptionsFailAtOnce();
    }
}
