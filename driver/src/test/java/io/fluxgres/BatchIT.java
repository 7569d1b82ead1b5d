package io.fluxgres;

import static io.fluxgres.ItemTable.INSERT;
import static io.fluxgres.ItemTable.failure;
import static io.fluxgres.ItemTable.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.DelayProxy;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Atomic batches that succeed: items in memory, in one group with one Sync. */
@Timeout(60)
class BatchIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final ItemTable items = new ItemTable(POSTGRES);

    @Test
    void aThousandInsertsAreOneTransaction() {
        assertThat(items.inserts(rows(1000)).rowsUpdated().block(DEADLINE)).isEqualTo(1000L);

        assertThat(items.stored()).isEqualTo(1000);
        assertThat(POSTGRES.queryForString("select count(distinct xmin::text) from item"))
                .isEqualTo("1");
    }

    @Test
    void aThousandInsertsOverALongLineTakeOneRoundTrip() {
        try (DelayProxy proxy = DelayProxy.start(POSTGRES.host(), POSTGRES.port(), Duration.ofMillis(100))) {
            PgConnection distant = PgClient.create(
                            POSTGRES.url().replace(":" + POSTGRES.port() + "/", ":" + proxy.port() + "/"))
                    .connect()
                    .block(DEADLINE);
            // the machine may be busy with something else once, not five times
            Duration fastest = IntStream.range(0, 5)
                    .mapToObj(i -> {
                        long started = System.nanoTime();
                        distant.query(INSERT)
                                .bindAll(rows(i * 1000, 1000))
                                .rowsUpdated()
                                .block(DEADLINE);
                        return Duration.ofNanos(System.nanoTime() - started);
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            distant.close().block(DEADLINE);

            assertThat(fastest).isBetween(Duration.ofMillis(200), Duration.ofMillis(390));
        }
    }

    @Test
    void eachItemHasItsCountInTheirOrder() {
        items.insert(6);

        assertThat(items.connection()
                        .query("delete from item where n <= $1 and n > $2")
                        .bindAll(List.of(new Object[] {3, 0}, new Object[] {3, 0}, new Object[] {5, 3}))
                        .counts()
                        .collectList()
                        .block(DEADLINE))
                .containsExactly(3L, 0L, 2L);
    }

    @Test
    void countsFollowTheDemand() {
        StepVerifier.create(items.inserts(rows(5)).counts(), 0)
                .thenRequest(2)
                .expectNext(1L, 1L)
                .thenRequest(1)
                .expectNext(1L)
                .thenRequest(Long.MAX_VALUE)
                .expectNext(1L, 1L)
                .expectComplete()
                .verify(DEADLINE);
        assertThat(items.stored()).isEqualTo(5);
    }

    @Test
    void outcomesTellThatEachItemIsDone() {
        assertThat(items.inserts(rows(3)).outcomes().collectList().block(DEADLINE))
                .containsExactly(
                        new PgBatchOutcome(0, Status.DONE, 1, null),
                        new PgBatchOutcome(1, Status.DONE, 1, null),
                        new PgBatchOutcome(2, Status.DONE, 1, null));
    }

    @Test
    void returnedRowsAreMappedInTheOrderOfTheItems() {
        List<String> returned = items.connection()
                .query(INSERT + " returning n, t")
                .bindAll(rows(2000))
                .map(row -> row.getInt(0) + row.getString(1))
                .collectList()
                .block(DEADLINE);

        assertThat(returned)
                .isEqualTo(IntStream.range(0, 2000).mapToObj(n -> n + "t" + n).toList());
    }

    @Test
    void returnedRowsFollowTheDemandThoughTheBatchIsLong() {
        Flux<Integer> returned = items.connection()
                .query(INSERT + " returning n, repeat(t, 100)")
                .bindAll(rows(50_000))
                .map(row -> row.getInt(0));

        StepVerifier.create(returned, 10)
                .expectNextCount(10)
                .thenRequest(90)
                .expectNextCount(90)
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(49_900)
                .expectComplete()
                .verify(DEADLINE);
    }

    @Test
    void severalStatementsAreOneTransaction() {
        PgBatch batch = items.connection()
                .batch(
                        "insert into item values (1, 'a'), (2, 'b')",
                        "",
                        "update item set t = 'c'",
                        "select n from item");

        assertThat(batch.counts().collectList().block(DEADLINE)).containsExactly(2L, 0L, 2L, 0L);
        assertThat(items.connection()
                        .batch("select 1", "create table other (n int)", "select n from item order by n")
                        .map(row -> row.getInt(0))
                        .collectList()
                        .block(DEADLINE))
                .containsExactly(1, 1, 2);
        POSTGRES.execute("drop table other");
    }

    @Test
    void anEmptyBatchSucceeds() {
        assertThat(items.inserts(List.of()).rowsUpdated().block(DEADLINE)).isZero();
        assertThat(items.inserts(List.of()).counts().collectList().block(DEADLINE))
                .isEmpty();
        assertThat(items.connection().batch().outcomes().collectList().block(DEADLINE))
                .isEmpty();
    }

    @Test
    void aBatchMayBeSubscribedToAgain() {
        PgBatch update =
                items.connection().query("update item set t = $2 where n = $1").bindAll(rows(10));
        items.insert(10);

        for (int i = 0; i < 4; i++) {
            assertThat(update.rowsUpdated().block(DEADLINE)).isEqualTo(10L);
        }
    }

    @Test
    void valuesMayChangeTheirClassFromItemToItem() {
        List<Object[]> rows = List.of(
                new Object[] {1, null},
                new Object[] {2L, "two"},
                new Object[] {(short) 3, null},
                new Object[] {4, "four"},
                new Object[] {PgParameter.of(PgType.INT4, 5), null});

        assertThat(items.connection()
                        .query(INSERT + " returning n, t")
                        .bindAll(rows)
                        .map(row -> row.getInt(0) + ":" + row.getString(1))
                        .collectList()
                        .block(DEADLINE))
                .containsExactly("1:null", "2:two", "3:null", "4:four", "5:null");
    }

    @Test
    void stringsTakeTheTypeOfTheColumn() {
        POSTGRES.execute("drop table if exists ids; create table ids (id uuid)");
        List<Object[]> rows = Stream.generate(
                        () -> new Object[] {UUID.randomUUID().toString()})
                .limit(5)
                .toList();
        Iterator<Object[]> once = rows.iterator();

        assertThat(items.connection()
                        .query("insert into ids values ($1)")
                        .bindAll(() -> once)
                        .rowsUpdated()
                        .block(DEADLINE))
                .isEqualTo(5L);
        assertThat(POSTGRES.queryForString("select count(*) from ids")).isEqualTo("5");
    }

    @Test
    void aBatchRunsInItsTurnAmongOtherRequests() {
        List<Object> answers = Flux.<Object>mergeSequential(Flux.just(
                        items.count(),
                        items.inserts(rows(3)).rowsUpdated(),
                        items.count(),
                        items.inserts(rows(3, 3)).rowsUpdated(),
                        items.count()))
                .collectList()
                .block(DEADLINE);

        assertThat(answers).containsExactly(0L, 3L, 3L, 3L, 6L);
    }

    @Test
    void aHundredThousandLongItemsWithLongAnswersTakeLittleMemoryAndDoNotDeadlock() {
        String kilobyte = "x".repeat(1000);
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger ahead = new AtomicInteger();
        Iterable<Object[]> rows = () -> IntStream.range(0, 100_000)
                .mapToObj(n -> {
                    ahead.accumulateAndGet(taken.incrementAndGet() - answered.get(), Math::max);
                    return new Object[] {n, kilobyte};
                })
                .iterator();

        Long returned = items.connection()
                .query(INSERT + " returning n, t")
                .bindAll(rows)
                .map(row -> answered.incrementAndGet())
                .count()
                .block(DEADLINE);

        assertThat(returned).isEqualTo(100_000L);
        assertThat(ahead).hasValueLessThan(2_000);
        assertThat(items.stored()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 65_536})
    void anyBoundOfThePipelineServes(int bytes) {
        PgConnection narrow = PgClient.create(POSTGRES.url() + "?pipelineBytes=" + bytes)
                .connect()
                .block(DEADLINE);

        assertThat(narrow.query(INSERT).bindAll(rows(500)).rowsUpdated().block(DEADLINE))
                .isEqualTo(500L);
        PgBatchException failure = catchThrowableOfType(
                PgBatchException.class,
                () -> narrow.query(INSERT).bindAll(rows(499, 500)).rowsUpdated().block(DEADLINE));
        assertThat(failure.index()).isZero();
        narrow.close().block(DEADLINE);
        assertThat(items.stored()).isEqualTo(500);
    }
}
