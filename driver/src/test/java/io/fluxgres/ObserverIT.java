package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.sun.management.ThreadMXBean;
import io.fluxgres.testkit.PostgresExtension;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What observers and the log of queries are told of real queries. */
@Timeout(60)
class ObserverIT {

    private static final String SECRET = "secret-7d1f";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final RecordingObserver observer = new RecordingObserver();

    private PgConnection open() {
        return open("");
    }

    private PgConnection open(String options) {
        return Connections.open(PgOptions.parse(POSTGRES.url() + options), observer);
    }

    @Test
    void connectionsAreToldFromTheirBeginningToTheirEnd() {
        PgConnection connection = open();
        String target = POSTGRES.host() + ":" + POSTGRES.port();
        int processId = connection.processId();

        assertThat(observer.connects()).containsExactly("process " + processId + ": " + target);
        assertThat(observer.disconnects()).isEmpty();
        Connections.close(connection);
        Connections.await("the end", () -> !observer.disconnects().isEmpty());
        assertThat(observer.disconnects())
                .containsExactly(
                        "process " + processId + " at " + target + ": the connection was closed by the caller");
    }

    @Test
    void aConnectionThatIsRefusedWasNeverThere() {
        PgException refused = failure(
                PgServerException.class,
                PgClient.create(PgOptions.parse(POSTGRES.url())
                                .with(PgOption.DATABASE, "no-such-database")
                                .with(PgOption.OBSERVER, observer))
                        .connect());

        assertThat(observer.connects()).containsExactly("process 0: " + refused);
        assertThat(observer.disconnects()).isEmpty();
    }

    @Test
    void aQueryIsMeasuredFromItsSubscriptionOn() {
        PgConnection connection = open();
        String sql =
                "select pg_sleep(case n when 1 then 0.1 else 0 end), n from generate_series(1, 1000) n where n > $1";

        List<Integer> rows = Connections.list(connection.query(sql).bind(0).map(row -> row.getInt(1)));

        PgExecution execution = observer.ended(sql);
        assertThat(rows).hasSize(1000);
        assertThat(execution.rows()).isEqualTo(1000);
        assertThat(execution.processId()).isEqualTo(connection.processId());
        assertThat(execution.error()).isNull();
        assertThat(execution.isCancelled()).isFalse();
        assertThat(execution.queueTime()).isBetween(Duration.ZERO, execution.timeToFirstRow());
        assertThat(execution.timeToFirstRow()).isBetween(Duration.ofMillis(100), execution.duration());
        assertThat(execution.duration()).isEqualTo(execution.duration()).isLessThan(TIMEOUT);
        Connections.close(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueryThatIsFetchedInChunksIsOne(boolean inTransaction) {
        PgConnection connection = open();
        if (inTransaction) {
            run(connection, "begin");
        }
        String sql = "select n from generate_series(1, 1000) n";

        Connections.list(connection.query(sql).fetchSize(10).rows());

        PgExecution execution = observer.ended(sql);
        assertThat(execution.rows()).isEqualTo(1000);
        assertThat(execution.bytesRead()).isBetween(11_000L, 20_000L);
        Connections.close(connection);
    }

    @Test
    void theTimeInTheQueueIsThatBehindOthers() {
        PgConnection connection = open("?pipelineDepth=1");
        CompletableFuture<Long> sleeping =
                connection.query("select pg_sleep(0.3)").rowsUpdated().toFuture();
        run(connection, "select 'waited'");
        sleeping.join();

        assertThat(observer.ended("select 'waited'").queueTime()).isGreaterThan(Duration.ofMillis(250));
        assertThat(observer.ended("select pg_sleep(0.3)").queueTime())
                .isLessThan(observer.ended("select 'waited'").queueTime());
        Connections.close(connection);
    }

    @Test
    void aFailureIsTheOneThatTheSubscriberIsTold() {
        PgConnection connection = open();
        PgServerException failure =
                failure(PgServerException.class, connection.query("select 1/0").rows());

        assertThat(observer.ended("select 1/0").error()).isSameAs(failure);
        assertThat(observer.ended("select 1/0").timeToFirstRow()).isNull();
        Connections.close(connection);
    }

    @Test
    void anAtomicBatchIsOneQueryOfWhichAllPartsAreCounted() {
        PgConnection connection = open("?pipelineBytes=1000");
        String sql = "select $1";
        List<Object[]> rows = Collections.nCopies(500, new Object[] {7});

        Connections.list(connection.query(sql).bindAll(rows).map(row -> row.getInt(0)));
        Connections.list(connection.batch("select 1", "select 2").counts());

        PgExecution execution = observer.ended(sql);
        assertThat(execution.rows()).isEqualTo(500);
        // Bind of four bytes and Execute
        assertThat(execution.bytesWritten()).isGreaterThan(500 * (24 + 10));
        assertThat(execution.bytesRead()).isGreaterThan(500 * (5 + 12 + 14));
        assertThat(execution.error()).isNull();
        assertThat(observer.ended("select 1; select 2").error()).isNull();
        Connections.close(connection);
    }

    @Test
    void aBatchOfSeveralGroupsIsAsManyQueries() {
        PgConnection connection = open();
        Object[] row = {7};

        Connections.list(connection
                .query("select $1 as published")
                .bindAll(Flux.range(0, 2500).map(n -> row))
                .counts());
        Connections.list(connection
                .query("select $1 as separate")
                .bindAll(Collections.nCopies(5, row))
                .syncEach()
                .counts());

        assertThat(observer.endings("select $1 as published")).hasSize(3);
        assertThat(observer.endings("select $1 as separate")).hasSize(5);
        Connections.close(connection);
    }

    @Test
    void aQueryWhoseResultNobodyReadsEndsToo() {
        PgConnection connection = open();
        String sql = "select n from generate_series(1, 10) n";

        PgResult dropped = connection.query(sql).execute().blockLast(Connections.TIMEOUT);
        run(connection, "select 1");

        assertThat(observer.ended(sql).error()).isNull();
        assertThat(dropped).isNotNull();
        Connections.close(connection);
    }

    @Test
    void aQueryThatWasNeverSentHasNoTimeInTheQueueAndNoBytes() {
        PgConnection connection = open();
        Connections.close(connection);
        PgConnectionException failure = failure(
                PgConnectionException.class, connection.query("select 1").rows());

        PgExecution execution = observer.ended("select 1");
        assertThat(execution.error()).isSameAs(failure);
        assertThat(execution.queueTime()).isNull();
        assertThat(execution.bytesWritten()).isZero();
        assertThat(execution.bytesRead()).isZero();
    }

    @Test
    void aQueryThatIsLateEndsWithItsDeadline() {
        PgConnection connection = open();
        failure(
                PgTimeoutException.class,
                connection
                        .query("select pg_sleep(100)")
                        .timeout(Duration.ofMillis(100))
                        .rowsUpdated());

        PgExecution execution = observer.ended("select pg_sleep(100)");
        assertThat(execution.error()).isInstanceOf(PgTimeoutException.class);
        assertThat(execution.duration()).isBetween(Duration.ofMillis(100), TIMEOUT);
        assertAnswers(connection);
        Connections.close(connection);
    }

    @Test
    void theContextOfTheSubscriberIsAtHand() {
        PgConnection connection = open();
        connection
                .query("select 1")
                .rowsUpdated()
                .contextWrite(context -> context.put("span", "parent"))
                .block(TIMEOUT);

        assertThat(observer.ended("select 1").context().<String>get("span")).isEqualTo("parent");
        Connections.close(connection);
    }

    /** Throws whatever it is told. */
    private static final class Failing implements PgObserver {

        @Override
        public void onConnect(String target, int processId, Duration duration, @Nullable Throwable error) {
            throw new IllegalStateException("connect");
        }

        @Override
        public void onDisconnect(String target, int processId, PgException reason) {
            throw new IllegalStateException("disconnect");
        }

        @Override
        public void onQueryStart(PgExecution execution) {
            throw new AssertionError("start");
        }

        @Override
        public void onQueryEnd(PgExecution execution) {
            throw new StackOverflowError("end");
        }
    }

    @Test
    void anObserverThatFailsDisturbsNothingAndIsLogged() {
        try (LogLines log = LogLines.of("io.fluxgres.query", Level.WARN)) {
            PgConnection connection = Connections.open(PgOptions.parse(POSTGRES.url()), new Failing());

            assertAnswers(connection);
            assertThat(failure(
                                    PgServerException.class,
                                    connection.query("select 1/0").rows())
                            .sqlState())
                    .isEqualTo("22012");
            assertAnswers(connection);
            Connections.close(connection);
            Connections.await("the end", () -> log.lines().size() == 2 + 5 * 2);
            assertThat(log.lines()).containsOnly("the observer failed");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "SIMPLE"})
    void theLogOfQueriesHasTheSqlAndNoValue(PgQueryMode queryMode) {
        try (LogLines log = LogLines.of("io.fluxgres.query", Level.DEBUG)) {
            PgConnection connection = Connections.open(POSTGRES, PgOption.QUERY_MODE, queryMode);
            assertThat(connection
                            .query("select upper($1)")
                            .bind(SECRET)
                            .map(row -> String.valueOf(row.getString(0)))
                            .blockFirst(TIMEOUT))
                    .isEqualToIgnoringCase(SECRET);
            PgServerException failure = failure(
                    PgServerException.class,
                    connection.query("select $1::text::int").bind(SECRET).rows());

            assertThat(failure).hasMessageContaining(SECRET);
            assertThat(log.lines())
                    .noneMatch(line -> line.contains(SECRET))
                    .anyMatch(line -> line.matches("process " + connection.processId()
                            + ": \\w+ after \\d+ us, 1 rows: select upper\\(\\$1\\)"))
                    .anyMatch(line -> line.matches(".* failed with 22P02 after .* 0 rows: select \\$1::text::int"));
            Connections.close(connection);
        }
    }

    @Test
    void noticesHaveALogOfTheirOwn() {
        PgConnection connection = Connections.open(POSTGRES);
        try (LogLines log = LogLines.of("io.fluxgres.notice", Level.DEBUG)) {
            run(connection, "do $$ begin raise notice 'mind the gap'; end $$");

            assertThat(log.lines()).singleElement().asString().contains("mind the gap");
        }
        Connections.close(connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRowAllocatesNothingWithAnObserverOrWithout(boolean observed) {
        int rows = 500_000;
        PgConnection connection = observed ? open() : Connections.open(POSTGRES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicLong first = new AtomicLong();
        AtomicLong last = new AtomicLong();
        Integer value = 1;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            connection
                    .query("select n from generate_series(1, " + rows + ") n")
                    .map(row -> {
                        int n = row.getInt(0);
                        if (n == 1) {
                            first.set(threads.getCurrentThreadAllocatedBytes());
                        } else if (n == rows) {
                            last.set(threads.getCurrentThreadAllocatedBytes());
                        }
                        return value;
                    })
                    .then()
                    .block(TIMEOUT);
            least = Math.min(least, last.get() - first.get());
        }

        // an object has 16 bytes at least, and the buffers and their leak detection take some in any case
        assertThat(least).isPositive().isLessThan(16L * rows);
        assertThat(text(connection, "select 1")).isEqualTo("1");
        Connections.close(connection);
    }

    @Test
    void anExecutionForEachSubscription() {
        PgConnection connection = open();
        Mono<Long> query = connection.query("select 2").rowsUpdated();
        query.then(query).block(TIMEOUT);

        assertThat(observer.endings("select 2")).hasSize(2).doesNotHaveDuplicates();
        Connections.close(connection);
    }
}
