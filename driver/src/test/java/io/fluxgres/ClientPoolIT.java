package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The exclusive connections of a client: what one user leaves to the next, who waits for them, and their end. */
@Timeout(60)
class ClientPoolIT extends ClientFixture {

    @BeforeAll
    static void createTables() {
        postgres.execute("create table book (id int primary key)");
    }

    private static List<String> texts(PgClient client, String sql) {
        return list(client.query(sql).exclusive().map(row -> String.valueOf(row.getString(0))));
    }

    private static List<String> transaction(PgClient client, String... sqls) {
        return list(client.inTransaction(transaction ->
                Flux.just(sqls).concatMap(sql -> transaction.query(sql).map(row -> String.valueOf(row.getString(0))))));
    }

    // ---- reset

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set work_mem = '1234kB'",
                "set local work_mem = '1234kB'; set application_name = 'left'",
                "listen orders",
                "prepare left_over as select 1",
                "declare left_over cursor with hold for select 1",
                "create temp table left_over (id int)",
                "create temp table left_over as select 1 as id",
                "select 1 as id into temp left_over",
                "create temp view left_over as select 1"
            })
    void whatATransactionLeavesInTheSessionTheNextUserDoesNotFind(String sql) {
        PgClient client = client("poolSize=1");
        String process = transaction(client, "select pg_backend_pid()::text").get(0);

        transaction(client, sql);

        assertThat(transaction(
                        client,
                        "select count(*)::text from pg_listening_channels()",
                        "select count(*)::text from pg_prepared_statements where name = 'left_over'",
                        "select count(*)::text from pg_cursors where name = 'left_over'",
                        "select count(*)::text from pg_class where relname = 'left_over'",
                        "select current_setting('application_name')",
                        "select pg_backend_pid()::text"))
                .containsExactly("0", "0", "0", "0", "fluxgres", process);
        assertThat(texts(client, "show work_mem")).doesNotContain("1234kB");
    }

    @Test
    void theResetIsNotMistakenForTheAnswerOfTheNextStatement() {
        PgClient client = client("poolSize=1");
        for (int i = 0; i < 20; i++) {
            transaction(client, "set application_name = 'left'");
            assertThat(texts(client, "select 'prepared, dropped by the reset and prepared again'"))
                    .containsExactly("prepared, dropped by the reset and prepared again");
        }
    }

    @Test
    void aSessionThatLeavesNothingIsNotReset() {
        PgClient client = client("poolSize=1");
        texts(client, "select 1");
        texts(client, "select 1");
        texts(client, "select 1");

        assertThat(texts(client, "select count(*)::text from pg_prepared_statements where statement = 'select 1'"))
                .containsExactly("1");
    }

    @Test
    void severalStatementsThatLeaveATransactionOpenAreRolledBack() {
        PgClient client = client("poolSize=1");

        list(client.query("insert into book values (1); begin; insert into book values (2)")
                .exclusive()
                .rows());

        assertThat(transaction(client, "select count(*)::text from book where id = 2"))
                .containsExactly("0");
    }

    @Test
    void aResultThatATransactionLeavesUnreadIsDiscarded() {
        PgClient client = client("poolSize=1");
        List<RecordingSubscriber<Integer>> unread = new CopyOnWriteArrayList<>();

        Publisher<Integer> abandoned = client.inTransaction(transaction -> {
            unread.add(RecordingSubscriber.<Integer>requesting(1)
                    .subscribedTo(transaction
                            .query("select n, repeat('x', 1000) from generate_series(1, 1000000) n")
                            .map(row -> row.getInt(0))));
            return Mono.error(new IllegalStateException("forgets its result"));
        });

        failure(IllegalStateException.class, abandoned);
        assertThat(transaction(client, "select 'next'")).containsExactly("next");
        assertThat(unread.get(0).isTerminated()).isTrue();
    }

    // ---- waiting

    private static RecordingSubscriber<Object> occupy(PgClient client) {
        RecordingSubscriber<Object> occupant = RecordingSubscriber.requesting(1)
                .subscribedTo(client.inTransaction(transaction -> transaction
                        .query("select 1")
                        .map(row -> (Object) "occupied")
                        .concatWith(Mono.never())));
        return occupant.awaitCount(1);
    }

    @Test
    void whoFindsTooManyWaitingFailsAtOnce() {
        PgClient client = client("poolSize=1", "maxWaiting=1", "sharedConnections=1");
        RecordingSubscriber<Object> occupant = occupy(client);
        RecordingSubscriber<PgRow> waiting = RecordingSubscriber.<PgRow>requesting(1)
                .subscribedTo(client.query("select 'waited'").exclusive().rows());

        PgBackpressureException refused = failure(
                PgBackpressureException.class, client.query("drop table book").rowsUpdated());

        assertThat(refused.safeToRetry()).isTrue();
        assertThat(refused)
                .hasMessageContaining("maxWaiting")
                .hasMessageContaining("1 of 1 connections of the pool are in use, the longest for ");
        occupant.cancel();
        waiting.awaitComplete();
    }

    @Test
    void whoWaitsTooLongFails() {
        PgClient client = client("poolSize=1", "acquireTimeout=2s");
        RecordingSubscriber<Object> occupant = occupy(client);

        RecordingSubscriber<PgRow> waitingStatement = RecordingSubscriber.<PgRow>requesting(1)
                .subscribedTo(client.query("select 1").exclusive().rows());
        RecordingSubscriber<PgRow> waitingTransaction = RecordingSubscriber.<PgRow>requesting(1)
                .subscribedTo(client.inTransaction(
                        connection -> connection.query("select 1").rows()));
        PgConnectionException statement = waitingStatement.awaitError(PgConnectionException.class);
        PgConnectionException transaction = waitingTransaction.awaitError(PgConnectionException.class);

        assertThat(List.of(statement, transaction)).allMatch(PgException::safeToRetry);
        assertThat(statement).hasMessageContaining("acquireTimeout");
        assertThat(transaction).hasMessageContaining("acquireTimeout");
        assertThat(List.of(statement, transaction))
                .allMatch(failure -> failure.getMessage()
                        .matches(
                                ".*; 1 of 1 connections of the pool are in use, the longest for [1-9]\\d* ms, [012] statements and"
                                        + " transactions wait; .*"));
        occupant.cancel();
        assertThat(transaction(client, "select 'free again'")).containsExactly("free again");
    }

    @Test
    void transactionsFindTooManyWaitingAsWell() {
        PgClient client = client("poolSize=1", "maxWaiting=1");
        RecordingSubscriber<Object> occupant = occupy(client);
        RecordingSubscriber<Object> waiting = RecordingSubscriber.<Object>requesting(1)
                .subscribedTo(client.inTransaction(
                        connection -> connection.query("select 1").map(row -> "waited")));

        PgBackpressureException refused = failure(
                PgBackpressureException.class,
                client.inTransaction(connection -> connection.query("select 1").rows()));

        assertThat(refused).hasMessageContaining("maxWaiting");
        assertThat(refused.safeToRetry()).isTrue();
        occupant.cancel();
        assertThat(waiting.awaitComplete().values()).containsExactly("waited");
    }

    /** They have half of the pool, so they take longer together, but are not put behind transactions that came later. */
    @Test
    void slowStatementsHaveTheirTurnBesideTransactions() {
        PgClient client = client("poolSize=2", "sharedConnections=1");
        PgQuery slow = client.query("select 'slow' from pg_sleep(0.03)");
        list(slow.rows());
        List<String> ends = new CopyOnWriteArrayList<>();
        Flux<String> transaction = client.inTransaction(connection ->
                connection.query("select 'transaction' from pg_sleep(0.02)").map(row -> row.require(0, String.class)));
        Flux<String> statement = slow.map(row -> row.require(0, String.class));

        list(Flux.concat(
                        Flux.range(0, 10).map(n -> transaction),
                        Flux.range(0, 4).map(n -> statement),
                        Flux.range(0, 40).map(n -> transaction))
                .flatMap(each -> each.doOnNext(ends::add), 100));

        assertThat(ends).hasSize(54);
        assertThat(ends.subList(40, 54)).containsOnly("transaction");
    }

    @Test
    void theDeadlineOfAStatementCountsWhileItWaits() {
        PgClient client = client("poolSize=1");
        RecordingSubscriber<Object> occupant = occupy(client);

        PgTimeoutException late = failure(
                PgTimeoutException.class,
                client.query("select 1")
                        .exclusive()
                        .timeout(Duration.ofMillis(100))
                        .rows());

        assertThat(late.safeToRetry()).isTrue();
        occupant.cancel();
    }

    @Test
    void whoIsCancelledWhileItWaitsLeavesTheConnectionToTheNext() {
        PgClient client = client("poolSize=1", "maxWaiting=2", "sharedConnections=1");
        RecordingSubscriber<Object> occupant = occupy(client);
        for (int i = 0; i < 10; i++) {
            client.query("select 'cancelled'").exclusive().rows().subscribe().dispose();
        }
        RecordingSubscriber<String> next = RecordingSubscriber.<String>requesting(1)
                .subscribedTo(client.query("select 'next'").exclusive().map(row -> String.valueOf(row.getString(0))));

        occupant.cancel();

        assertThat(next.awaitComplete().values()).containsExactly("next");
    }

    // ---- the end

    @Test
    void closeLetsEndWhatGoesOnAndTakesNothingNew() {
        PgClient client = client("poolSize=1");
        List<RecordingSubscriber<String>> running = List.of(
                subscribed(client.query("select 'shared' from pg_sleep(0.5)")),
                subscribed(client.query("select 'exclusive' from pg_sleep(0.5)").exclusive()),
                subscribed(client.query("select 'waiting' from pg_sleep(0.1)").exclusive()));
        RecordingSubscriber<String> transaction = RecordingSubscriber.<String>requesting(1)
                .subscribedTo(client.inTransaction(connection ->
                        connection.query("select 'transaction'").map(row -> String.valueOf(row.getString(0)))));

        Mono<Void> closing = client.close();
        RecordingSubscriber<Void> closed =
                RecordingSubscriber.<Void>requesting(0).subscribedTo(closing);
        await("refusal", () -> isRefused(client));

        running.forEach(RecordingSubscriber::awaitComplete);
        transaction.awaitComplete();
        closed.awaitComplete();
        assertThat(running.stream().flatMap(each -> each.values().stream()))
                .containsExactly("shared", "exclusive", "waiting");
        failure(
                PgUsageException.class,
                client.inTransaction(connection -> connection.query("select 1").rows()));
        assertNoBackends();
        client.close().block(TIMEOUT);
    }

    private static RecordingSubscriber<String> subscribed(PgQuery query) {
        return RecordingSubscriber.<String>requesting(1)
                .subscribedTo(query.map(row -> String.valueOf(row.getString(0))));
    }

    private static boolean isRefused(PgClient client) {
        return client.query("select 1")
                .rowsUpdated()
                .map(count -> false)
                .onErrorResume(PgUsageException.class, error -> Mono.just(true))
                .blockOptional(TIMEOUT)
                .orElseThrow();
    }

    @Test
    void whatDoesNotEndWithinTheTimeOfGraceFails() {
        PgClient client = client("poolSize=1");
        RecordingSubscriber<Integer> unread = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.query("select n from generate_series(1, 1000000) n")
                        .map(row -> row.getInt(0)));
        unread.awaitCount(1);
        RecordingSubscriber<Object> occupant = occupy(client);
        RecordingSubscriber<String> waiting =
                subscribed(client.query("select 'waiting'").exclusive());

        client.close(Duration.ofMillis(200)).block(TIMEOUT);

        assertThat(unread.awaitError(PgConnectionException.class).safeToRetry()).isFalse();
        waiting.awaitError(PgConnectionException.class);
        occupant.cancel();
        assertNoBackends();
    }

    @Test
    void theEndOfTheTimeOfGraceReachesWhoWaitsForAConnectionOnce() {
        for (int i = 0; i < 30; i++) {
            PgClient client = client("poolSize=1");
            RecordingSubscriber<Object> occupant = occupy(client);
            RecordingSubscriber<String> waiting =
                    subscribed(client.query("select 'waiting'").exclusive());

            client.close(Duration.ofMillis(1)).block(TIMEOUT);

            waiting.awaitError(PgConnectionException.class);
            occupant.cancel();
            // nothing goes on any more for which it would wait
            client.close().block(Duration.ofSeconds(5));
        }
    }

    @Test
    void closeDoesNotWaitForWhoIsCancelledWhileItWaits() {
        PgClient client = client("poolSize=1");
        RecordingSubscriber<Object> occupant = occupy(client);
        RecordingSubscriber<String> waiting =
                subscribed(client.query("select 'waiting'").exclusive());
        RecordingSubscriber<Void> closed =
                RecordingSubscriber.<Void>requesting(0).subscribedTo(client.close(Duration.ofMinutes(1)));
        await("refusal", () -> isRefused(client));

        waiting.cancel();
        occupant.cancel();

        long cancelled = System.nanoTime();
        closed.awaitComplete();
        assertThat(Duration.ofNanos(System.nanoTime() - cancelled)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aClientThatWasNeverUsedCloses() {
        client("poolSize=1").close().block(TIMEOUT);
    }

    private static void assertNoBackends() {
        Logins.awaitBackends(postgres, "datname = current_database() and application_name = 'fluxgres'", 0);
    }
}
