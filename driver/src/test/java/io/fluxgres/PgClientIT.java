package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
class PgClientIT extends ClientFixture {

    @BeforeAll
    static void createTables() {
        postgres.execute("create table book (id int primary key)");
    }

    private static Mono<Integer> number(PgClient client, String sql, int value) {
        return client.query(sql).bind(value).map(row -> row.getInt(0)).single();
    }

    private static int process(PgClient client) {
        return list(client.query("select pg_backend_pid()").map(row -> row.getInt(0)))
                .get(0);
    }

    // ---- shared connections

    @Test
    void statementsGetTheirRowsAndCounts() {
        PgClient client = client();

        assertThat(list(client.query("select n from generate_series(1, $1) n")
                        .bind(3)
                        .map(row -> row.getInt("n"))))
                .containsExactly(1, 2, 3);
        assertThat(client.query("insert into book values ($1), ($2)")
                        .bind(1, 2)
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isEqualTo(2);
        assertThat(client.query("delete from book").rowsUpdated().block(TIMEOUT))
                .isEqualTo(2);
        assertThat(list(client.query("show server_version").rows())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sharedConnections=1", "sharedConnections=7", "pipelineDepth=1"})
    void thousandsOfConcurrentStatementsGetTheirOwnAnswers(String option) {
        PgClient client = client(option);

        List<Integer> answers = list(Flux.range(0, 5000)
                .flatMap(n -> number(client, "select $1 + 1", n).filter(answer -> answer == n + 1), 2000));

        assertThat(answers).hasSize(5000);
    }

    @Test
    void anErrorFailsItsOwnStatementOnly() {
        PgClient client = client("sharedConnections=1");

        List<String> outcomes = list(Flux.range(0, 300)
                .flatMapSequential(
                        n -> number(client, "select 100 / $1", n % 3)
                                .map(String::valueOf)
                                .onErrorResume(PgServerException.class, error -> Mono.just(error.sqlState())),
                        300));

        assertThat(outcomes)
                .containsExactlyElementsOf(IntStream.range(0, 300)
                        .mapToObj(n -> n % 3 == 0 ? "22012" : String.valueOf(100 / (n % 3)))
                        .toList());
    }

    @Test
    void statementsShareAConnection() {
        PgClient client = client("sharedConnections=1", "poolSize=1");
        int process = process(client);

        List<Integer> processes = list(Flux.range(0, 500)
                .concatMap(n -> client.query("select pg_backend_pid()").map(row -> row.getInt(0))));

        // whenever the machine pauses, the statement counts as slow for a while
        assertThat(processes).filteredOn(each -> each == process).hasSizeGreaterThan(250);
    }

    @Test
    void aStatementSubscribedToOnAnEventLoopStaysThere() {
        PgClient client = client();
        // every loop has its connection then
        list(Flux.range(0, 500).flatMap(n -> number(client, "select $1", n), 16));
        List<String> threads = Collections.synchronizedList(new ArrayList<>());

        list(Flux.range(0, 50)
                .concatMap(round -> number(client, "select $1", round).flatMap(n -> {
                    String thread = Thread.currentThread().getName();
                    return number(client, "select $1", n)
                            .doOnNext(answer -> threads.add(
                                    thread.equals(Thread.currentThread().getName()) ? "the same" : "another"));
                })));

        assertThat(threads).hasSize(50).containsOnly("the same");
    }

    @Test
    void rowsAreMappedInStepsThatTheSubscriberRequests() {
        PgClient client = client();
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(2)
                .subscribedTo(
                        client.query("select n from generate_series(1, 5) n").map(row -> row.getInt(0)));

        subscriber.awaitCount(2);
        subscriber.request(1);
        subscriber.awaitCount(3);
        subscriber.request(Long.MAX_VALUE);
        subscriber.awaitComplete();

        assertThat(subscriber.values()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void aRequestOfNothingFails() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(-1)
                .subscribedTo(client().query("select 1").map(row -> row.getInt(0)));

        assertThat(subscriber.awaitError(IllegalArgumentException.class)).hasMessageContaining("3.9");
    }

    @Test
    void aDeadlineEndsAStatement() {
        PgClient client = client();
        process(client);

        PgTimeoutException late = failure(
                PgTimeoutException.class,
                client.query("select pg_sleep(30)")
                        .timeout(Duration.ofMillis(100))
                        .rows());

        assertThat(late.safeToRetry()).isFalse();
        assertThat(number(client, "select $1", 1).block(TIMEOUT)).isEqualTo(1);
    }

    // ---- where statements are executed

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "set search_path = a",
                "listen orders",
                "declare c cursor for select 1",
                "prepare p as select 1",
                "lock book",
                "discard all"
            })
    void whatNeedsItsSessionIsRefusedBeforeAnythingIsSent(String sql) {
        RecordingObserver observer = new RecordingObserver();
        PgClient client = closedBehindTheTest(
                PgClient.create(PgOptions.parse(postgres.url()).with(PgOption.OBSERVER, observer)));

        PgUsageException refused =
                failure(PgUsageException.class, client.query(sql).rowsUpdated());

        assertThat(refused).hasMessageContaining("inTransaction").hasMessageContaining("connect()");
        assertThat(refused.safeToRetry()).isTrue();
        assertThat(observer.connects()).isEmpty();
    }

    @Test
    void whatIsNotKnownToShareHasAConnectionOfThePool() {
        PgClient client = client("sharedConnections=1");
        int shared = process(client);

        assertThat(client.query("create table page (backend int)").rowsUpdated().block(TIMEOUT))
                .isZero();
        client.query("do 'begin insert into page values (pg_backend_pid()); end'")
                .rowsUpdated()
                .block(TIMEOUT);
        client.query("insert into page values (pg_backend_pid()); select 1")
                .rowsUpdated()
                .block(TIMEOUT);
        client.query("vacuum page").rowsUpdated().block(TIMEOUT);

        assertThat(list(client.query("select backend from page").map(row -> row.getInt(0))))
                .hasSize(2)
                .doesNotContain(shared);
        client.query("drop table page").rowsUpdated().block(TIMEOUT);
    }

    @Test
    void anExclusiveStatementHasAConnectionOfThePool() {
        PgClient client = client("sharedConnections=1");
        int shared = process(client);

        assertThat(list(client.query("select pg_backend_pid()").exclusive().map(row -> row.getInt(0))))
                .hasSize(1)
                .doesNotContain(shared);
        assertThat(list(client.query("select $1 + pg_backend_pid() - pg_backend_pid()")
                        .exclusive()
                        .bind(7)
                        .map(row -> row.getInt(0))))
                .containsExactly(7);
    }

    @Test
    void connectMakesAConnectionOutsideOfThePool() {
        PgClient client = client("poolSize=1");
        PgConnection connection = client.connect().block(TIMEOUT);

        client.close().block(TIMEOUT);

        assertThat(Connections.text(connection, "select 'alive'")).isEqualTo("alive");
        Connections.close(connection);
    }

    // ---- transactions

    @Test
    void aTransactionCommits() {
        PgClient client = client();

        List<Integer> answers = list(client.inTransaction(transaction -> transaction
                .query("insert into book values (11), (12)")
                .rowsUpdated()
                .thenMany(transaction.query("select id from book order by id").map(row -> row.getInt(0)))));

        assertThat(answers).containsExactly(11, 12);
        assertThat(client.query("delete from book").rowsUpdated().block(TIMEOUT))
                .isEqualTo(2);
    }

    @Test
    void aTransactionThatFailsOrIsCancelledIsRolledBack() {
        PgClient client = client("poolSize=1");

        failure(
                IllegalStateException.class,
                client.inTransaction(transaction -> transaction
                        .query("insert into book values (21)")
                        .rowsUpdated()
                        .then(Mono.error(new IllegalStateException("changed my mind")))));
        list(client.inTransaction(transaction -> transaction
                        .query("insert into book values (22) returning id")
                        .map(row -> row.getInt(0))
                        .concatWith(Mono.never()))
                .take(1));

        // the pool has one connection: it is free again only when the rollback has been done
        assertThat(list(client.inTransaction(transaction ->
                        transaction.query("select count(*) from book").map(row -> row.getInt(0)))))
                .containsExactly(0);
    }

    @Test
    void transactionsRunSideBySideOnConnectionsOfTheirOwn() {
        PgClient client = client("poolSize=4");

        List<Integer> processes = list(Flux.range(0, 4)
                .flatMap(n -> client.inTransaction(transaction -> transaction
                        .query("select pg_backend_pid() from pg_sleep(0.2)")
                        .map(row -> row.getInt(0)))));

        assertThat(processes).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void theConnectionOfATransactionIsOfNoUseBehindIt() {
        PgClient client = client("poolSize=1");
        List<PgConnection> kept = new ArrayList<>();
        list(client.inTransaction(transaction -> {
            kept.add(transaction);
            return transaction.query("select 1").map(row -> row.getInt(0));
        }));

        failure(PgUsageException.class, kept.get(0).query("select 1").rowsUpdated());
        kept.get(0).close().block(TIMEOUT);
        kept.get(0).cancel().block(TIMEOUT);

        assertThat(list(client.inTransaction(
                        transaction -> transaction.query("select 2").map(row -> row.getInt(0)))))
                .containsExactly(2);
    }

    // ---- figures

    @Test
    void theObserverLearnsTheFigures() {
        List<PgClientFigures> told = new ArrayList<>();
        PgClient client = PgClient.create(PgOptions.parse(postgres.url())
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.POOL_SIZE, 1)
                .with(PgOption.OBSERVER, new PgObserver() {
                    @Override
                    public void onClient(PgClientFigures figures) {
                        told.add(figures);
                    }
                }));
        closedBehindTheTest(client);
        PgClientFigures figures = told.get(0);
        assertThat(List.of(figures.sharedConnections(), figures.exclusiveIdle()))
                .containsOnly(0);

        RecordingSubscriber<Integer> head = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.query("select 1 from pg_sleep(1)").map(row -> row.getInt(0)));
        await("a statement in flight", () -> figures.sharedConnections() == 1 && figures.sharedInFlight() == 1);
        RecordingSubscriber<Integer> lent = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.inTransaction(transaction ->
                        transaction.query("select 2 from pg_sleep(1)").map(row -> row.getInt(0))));
        await("a transaction", () -> figures.exclusiveInUse() == 1);
        RecordingSubscriber<Integer> waiting = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(client.query("select 3").map(row -> row.getInt(0)));
        await("a statement that waits", () -> figures.waiting() == 1 && figures.exclusiveAwaited() == 1);

        head.awaitComplete();
        lent.awaitComplete();
        waiting.awaitComplete();
        await(
                "nothing going on",
                () -> figures.waiting()
                                + figures.sharedInFlight()
                                + figures.exclusiveInUse()
                                + figures.exclusiveAwaited()
                        == 0);
        assertThat(figures.exclusiveIdle()).isEqualTo(1);
    }
}
