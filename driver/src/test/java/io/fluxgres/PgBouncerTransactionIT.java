package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.fluxgres.testkit.PgBouncer.PoolMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A PgBouncer whose connections to the server are a client's for a transaction each, with what docs/poolers.md says of it. */
@Timeout(60)
class PgBouncerTransactionIT extends PgBouncerFixture {

    @BeforeEach
    void createTable() {
        postgres.execute("drop table if exists item; create table item (n int primary key, id uuid)");
    }

    @Test
    void theOptionsAreThoseOfTheDocument() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        Path repository = Files.isDirectory(directory.resolve("docs")) ? directory : directory.getParent();

        assertThat(repository.resolve("docs/poolers.md")).content().contains("?" + String.join("&", DOCUMENTED) + "\n");
    }

    private List<String> numbers() {
        return list(client(DOCUMENTED).query("select n from item order by n").map(row -> row.getString(0)));
    }

    // ---- values

    @Test
    void statementsOfSeveralClientsGetTheirOwnAnswers() {
        startWithConnections(3);
        List<PgClient> clients = List.of(client(DOCUMENTED), client(DOCUMENTED), client(DOCUMENTED));

        List<Integer> answers = list(Flux.range(0, 1500)
                .flatMap(
                        n -> {
                            PgClient client = clients.get(n % 3);
                            String sql = "select $1 + " + n % 7;
                            return n % 5 == 0
                                    ? client.inTransaction(transaction ->
                                            transaction.query(sql).bind(n).map(row -> row.getInt(0) - n % 7))
                                    : client.query(sql).bind(n).map(row -> row.getInt(0) - n % 7);
                        },
                        48));

        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 1500).boxed().toList());
    }

    @Test
    void eachClientHasItsOwnZoneAndNameOnAConnectionThatTheyShare() {
        startWithConnections(1);
        PgClient tokyo = client(and(DOCUMENTED, "timeZone=Asia/Tokyo", "applicationName=shop"));
        PgClient kathmandu = client(and(DOCUMENTED, "timeZone=Asia/Kathmandu", "applicationName=stock"));

        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertReadings(tokyo, LocalDateTime.of(2024, 7, 1, 21, 0), "+09:00", "shop");
            assertReadings(kathmandu, LocalDateTime.of(2024, 7, 1, 17, 45), "+05:45", "stock");
        }
        assertThat(exclusive(tokyo, PROCESS)).isEqualTo(exclusive(kathmandu, PROCESS));
        assertThat(observer.disconnects()).isEmpty();
    }

    private static void assertReadings(PgClient client, LocalDateTime local, String offset, String name) {
        assertThat(list(client.query(MOMENT)
                        .map(row -> List.of(
                                row.require(0, LocalDateTime.class),
                                row.require(0, OffsetDateTime.class).getOffset().toString()))))
                .containsExactly(List.of(local, offset));
        assertThat(list(client.query("select $1::timestamptz").bind(local).map(row -> row.require(0, Instant.class))))
                .containsExactly(Instant.parse("2024-07-01T12:00:00Z"));
        assertThat(transaction(client, "select current_setting('application_name')", MOMENT))
                .containsExactly(name, local.toString().replace('T', ' ') + ":00" + offset.replace(":00", ""));
    }

    @Test
    void stringsHaveTheTypesThatTheirColumnsHave() {
        startWithConnections(2);
        PgClient client = client(DOCUMENTED);
        String id = UUID.randomUUID().toString();

        for (int i = 0; i < COLD_TO_WARM; i++) {
            int n = i;
            list(client.inTransaction(transaction -> transaction
                    .query("insert into item values ($1, $2)")
                    .bind(n, id)
                    .rowsUpdated()));
            assertThat(list(client.query("select n from item where id = $1 and n = $2")
                            .bind(id, n)
                            .map(row -> row.getInt(0))))
                    .containsExactly(i);
        }
    }

    // ---- what works as without a pooler

    @Test
    void savepointsAndRollbacksAreThoseOfTheirTransaction() {
        startWithConnections(1);
        PgClient client = client(DOCUMENTED);

        list(client.inTransaction(transaction -> transaction
                .query("insert into item values (1)")
                .rowsUpdated()
                .then(transaction.savepoint("s"))
                .then(transaction.query("insert into item values (1)").rowsUpdated())
                .onErrorResume(
                        PgServerException.class,
                        duplicate -> transaction.rollbackToSavepoint("s").thenReturn(0L))
                .then(transaction.query("insert into item values (2)").rowsUpdated())));
        failure(
                IllegalStateException.class,
                client.inTransaction(transaction -> transaction
                        .query("insert into item values (3)")
                        .rowsUpdated()
                        .then(Mono.error(new IllegalStateException("of the function")))));

        assertThat(numbers()).containsExactly("1", "2");
    }

    @Test
    void batchesAreAtomic() {
        startWithConnections(2);
        PgClient client = client(DOCUMENTED);
        List<Object[]> rows =
                IntStream.range(0, 200).mapToObj(n -> new Object[] {n}).toList();
        String insert = "insert into item values ($1)";

        assertThat(client.query(insert).bindAll(rows).rowsUpdated().block(TIMEOUT))
                .isEqualTo(200);
        failure(
                PgBatchException.class,
                client.query(insert)
                        .bindAll(List.of(new Object[] {200}, new Object[] {0}))
                        .rowsUpdated());

        assertThat(numbers()).hasSize(200).doesNotContain("200");
    }

    @Test
    void chunksOfAResultComeFromTheirTransaction() {
        startWithConnections(2);
        PgClient client = client(DOCUMENTED);

        List<Integer> sums = list(Flux.range(0, 4)
                .flatMap(
                        n -> client.inTransaction(transaction -> transaction
                                .query("select generate_series(1, 100)")
                                .fetchSize(7)
                                .map(row -> row.getInt(0))
                                .reduce(0, Integer::sum)),
                        4));

        assertThat(sums).containsExactly(5050, 5050, 5050, 5050);
    }

    @Test
    void aDeadlineAndACancelReachTheServer() {
        startWithConnections(2);
        PgClient client = client(DOCUMENTED);
        failure(
                PgTimeoutException.class,
                client.query("select 'late', pg_sleep(60)")
                        .timeout(Duration.ofMillis(300))
                        .rowsUpdated());
        await("the end of the late one", () -> !isRunning("late"));

        Disposable abandoned =
                client.query("select 'abandoned', pg_sleep(60)").rowsUpdated().subscribe();
        await("the statement", () -> isRunning("abandoned"));
        abandoned.dispose();
        await("its end", () -> !isRunning("abandoned"));

        assertThat(exclusive(client, "select 7")).isEqualTo("7");
    }

    // ---- statementCacheSize

    @Test
    void aStatementIsPreparedInOneConnectionToTheServerAndMissedInTheOther() {
        startWithConnections(2);
        String sql = "select 41 + $1";
        PgConnection cached = connect();
        warm(cached, sql);
        PgConnection uncached = connect(DOCUMENTED);
        warm(uncached, sql);
        holdItsServerConnection();

        assertThat(failure(PgServerException.class, inTransaction(cached, sql)).sqlState())
                .isEqualTo("26000");
        assertThat(list(inTransaction(uncached, sql))).containsExactly(42);
    }

    private static void warm(PgConnection connection, String sql) {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(list(connection.query(sql).bind(1).map(row -> row.getInt(0))))
                    .containsExactly(42);
        }
    }

    private static Flux<Integer> inTransaction(PgConnection connection, String sql) {
        return connection.inTransaction(
                transaction -> transaction.query(sql).bind(1).map(row -> row.getInt(0)));
    }

    /** Gives the connection to the server that was used last to somebody else for as long as the test lasts. */
    private PgConnection holdItsServerConnection() {
        PgConnection holder = connect(DOCUMENTED);
        run(holder, "begin; select 1");
        return holder;
    }

    // ---- what is left in a session

    @Test
    void whatIsSetStaysInAConnectionThatTheNextTransactionNeedNotGet() {
        startWithConnections(2);
        PgConnection setting = connect(DOCUMENTED);
        run(setting, "set work_mem = '1234kB'");
        PgConnection holder = holdItsServerConnection();

        assertThat(text(holder, "show work_mem")).isEqualTo("1234kB");
        assertThat(text(setting, "show work_mem")).isNotEqualTo("1234kB");
        assertThat(setting.inTransaction(transaction -> transaction
                                .query("set local work_mem = '4321kB'")
                                .rowsUpdated()
                                .thenMany(transaction.query("show work_mem").map(row -> row.getString(0))))
                        .blockLast(TIMEOUT))
                .isEqualTo("4321kB");
        assertAnswers(setting);
    }

    // ---- lockTimeout

    @Test
    void aLockTimeoutThatIsRefusedIsSetInTheConnectionAtHandAndThatIsWarnedOf() {
        startWithConnections(2);
        try (LogLines log = LogLines.of("io.fluxgres.connection", Level.WARN)) {
            PgConnection setting = connect(and(DOCUMENTED, "lockTimeout=500ms"));

            assertThat(text(setting, "show lock_timeout")).isEqualTo("500ms");
            holdItsServerConnection();
            assertThat(text(setting, "show lock_timeout")).isEqualTo("0");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("unsupported startup parameter: lock_timeout", "does not hold");
        }
    }

    @Test
    void aLockTimeoutThatThePoolerIsToldToDropIsNotInForce() {
        startWithConnections(1, "ignore_startup_parameters = lock_timeout");

        assertThat(text(connect(and(DOCUMENTED, "lockTimeout=500ms")), "show lock_timeout"))
                .isEqualTo("0");
    }

    @Test
    void theLockTimeoutOfARoleIsInForce() {
        String role = "alter role current_user in database " + postgres.database();
        postgres.execute(role + " set lock_timeout = '500ms'");
        try {
            startWithConnections(1);
            assertThat(transaction(client(DOCUMENTED), "show lock_timeout")).containsExactly("500ms");
        } finally {
            postgres.execute(role + " reset lock_timeout");
        }
    }

    // ---- sizes

    @Test
    void aTransactionThatWaitsInThePoolerCountsAgainstTheStatementTimeoutOnly() {
        startWithConnections(1);
        Duration acquireTimeout = Duration.ofSeconds(3);
        PgClient patient = client(and(DOCUMENTED, "acquireTimeout=3s"));
        PgClient impatient = client(and(DOCUMENTED, "statementTimeout=1s"));
        transaction(patient, "select 1");
        PgConnection holder = connect(DOCUMENTED);
        run(holder, "begin; select 1");

        CompletableFuture<List<String>> waiting = patient.inTransaction(
                        transaction -> transaction.query("select 'served'").map(row -> row.getString(0)))
                .collectList()
                .toFuture();
        failure(
                PgTimeoutException.class,
                impatient.inTransaction(
                        transaction -> transaction.query("select 1").rowsUpdated()));
        assertThat(Mono.fromFuture(waiting, true)
                        .timeout(acquireTimeout.plusSeconds(1))
                        .onErrorComplete()
                        .block(TIMEOUT))
                .isNull();

        holder.commit().block(TIMEOUT);
        assertThat(Mono.fromFuture(waiting).block(TIMEOUT)).containsExactly("served");
    }

    // ---- pool_mode = statement

    @Test
    void aPoolerThatSharesByStatementRefusesTransactions() {
        start(PoolMode.STATEMENT);
        PgClient client = client(DOCUMENTED);

        assertThat(list(client.query("select 7").map(row -> row.getInt(0)))).containsExactly(7);
        failure(
                PgException.class,
                client.inTransaction(
                        transaction -> transaction.query("select 1").rowsUpdated()));
    }
}
