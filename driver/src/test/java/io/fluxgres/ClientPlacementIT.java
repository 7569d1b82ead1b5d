package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** On which kind of connection a client executes what. The tables tell: they note the process that inserts. */
@Timeout(60)
class ClientPlacementIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgClient client;
    private int shared;

    @BeforeAll
    static void createTables() {
        postgres.execute("create table book (id int primary key, title text, backend int default pg_backend_pid())");
    }

    @BeforeEach
    void connect() {
        postgres.execute("truncate book");
        client = PgClient.create(postgres.url() + "?sharedConnections=1&poolSize=1");
        shared = list(client.query("select pg_backend_pid()").map(row -> row.getInt(0)))
                .get(0);
    }

    @AfterEach
    void close() {
        client.close().block(TIMEOUT);
    }

    private static List<Object[]> rows(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Object[] {n, "x".repeat(length)})
                .toList();
    }

    private PgQuery insert() {
        return client.query("insert into book (id, title) values ($1, $2)");
    }

    private void assertInserted(int count, boolean onSharedConnection) {
        assertThat(postgres.queryForString("select count(*) || ' ' || count(distinct backend) || ' '"
                        + " || bool_and(backend = " + shared + ") from book"))
                .isEqualTo(count + " 1 " + onSharedConnection);
    }

    @Test
    void aShortBatchSharesAConnection() {
        assertThat(insert().bindAll(rows(100, 100)).rowsUpdated().block(TIMEOUT))
                .isEqualTo(100);
        assertInserted(100, true);
    }

    @Test
    void aLongBatchHasAConnectionOfThePool() {
        assertThat(insert().bindAll(rows(700, 100)).rowsUpdated().block(TIMEOUT))
                .isEqualTo(700);
        assertInserted(700, false);
    }

    @Test
    void aBatchOfUnknownLengthHasAConnectionOfThePool() {
        Iterable<Object[]> rows = rows(10, 1)::iterator;

        assertThat(list(insert().bindAll(rows).counts())).hasSize(10).containsOnly(1L);
        assertInserted(10, false);
    }

    @Test
    void aBatchOfPublishedRowsHasAConnectionOfThePool() {
        assertThat(insert().bindAll(Flux.fromIterable(rows(3000, 1)))
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isEqualTo(3000);
        assertInserted(3000, false);
    }

    @Test
    void aBatchWithASyncEachHasAConnectionOfThePool() {
        List<PgBatchOutcome> outcomes = list(insert().bindAll(
                        Stream.concat(rows(5, 1).stream(), rows(6, 1).stream()).toList())
                .syncEach()
                .outcomes());

        assertThat(outcomes.stream().map(outcome -> outcome.status().name()).collect(Collectors.joining(" ")))
                .isEqualTo("DONE DONE DONE DONE DONE FAILED FAILED FAILED FAILED FAILED DONE");
        assertInserted(6, false);
    }

    @Test
    void anExclusiveBatchHasAConnectionOfThePool() {
        assertThat(insert().exclusive().bindAll(rows(2, 1)).rowsUpdated().block(TIMEOUT))
                .isEqualTo(2);
        assertInserted(2, false);
    }

    @Test
    void aBatchThatFailsTakesNoEffectAndHoldsUpNothing() {
        PgBatchException failure = failure(
                PgBatchException.class,
                insert().bindAll(Stream.concat(rows(5, 1).stream(), rows(1, 1).stream())
                                .toList())
                        .rowsUpdated());

        assertThat(failure.index()).isEqualTo(5);
        assertThat(insert().bind(1, "x").rowsUpdated().block(TIMEOUT)).isEqualTo(1);
        assertInserted(1, true);
    }

    @Test
    void severalStatementsGoWhereTheMostDemandingOneDoes() {
        assertThat(list(client.batch("insert into book values (1)", "insert into book values (2)")
                        .counts()))
                .containsExactly(1L, 1L);
        assertInserted(2, true);

        client.batch("create table page ()", "delete from book", "insert into book values (3)", "drop table page")
                .rowsUpdated()
                .block(TIMEOUT);
        assertInserted(1, false);

        failure(PgUsageException.class, client.batch("select 1", "begin").rowsUpdated());
        failure(
                PgUsageException.class,
                client.batch("select 1", "begin").syncEach().rowsUpdated());
    }

    @Test
    void resultsAreThoseOfTheirStatement() {
        assertThat(list(client.query("insert into book values (1), (2) returning id")
                        .execute()
                        .concatMap(result -> result.map(row -> row.getInt(0)))))
                .containsExactly(1, 2);
        assertInserted(2, true);
        assertThat(list(client.query("delete from book; insert into book values (3); select 4, pg_backend_pid()")
                        .execute()
                        .concatMap(result -> result.map(row -> row.getInt(0)))))
                .containsExactly(4);
        assertInserted(1, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void aFetchSizeHasAConnectionOfThePool(int rows) {
        assertThat(list(client.query("select pg_backend_pid() from generate_series(1, 1000)")
                        .fetchSize(rows)
                        .map(row -> row.getInt(0))))
                .hasSize(1000)
                .doesNotContain(shared);
    }

    @Test
    void theFetchSizeOfTheOptionsCounts() {
        PgClient fetching = PgClient.create(postgres.url() + "?sharedConnections=1&fetchSize=10");
        int sharedOne = list(fetching.query("select pg_backend_pid()")
                        .fetchSize(0)
                        .map(row -> row.getInt(0)))
                .get(0);

        assertThat(list(fetching.query("select pg_backend_pid() from generate_series(1, 100)")
                        .map(row -> row.getInt(0))))
                .hasSize(100)
                .doesNotContain(sharedOne);
        fetching.close().block(TIMEOUT);
    }
}
