package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.list;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgConnection;
import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.proxy.core.QueryExecutionInfo;
import io.r2dbc.proxy.listener.ProxyExecutionListener;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.r2dbc.BadSqlGrammarException;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The adapter below r2dbc-pool, r2dbc-proxy and Spring. */
@Timeout(120)
class PoolAndProxyIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private ConnectionFactory factory;

    @BeforeEach
    void createTable() {
        factory = Factories.factory(postgres);
        postgres.execute("create table item (id int primary key)");
    }

    @AfterEach
    void dropTable() {
        postgres.execute("drop table item");
    }

    private ConnectionPool pool(int size) {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
                .initialSize(0)
                .maxSize(size)
                .build());
    }

    // ---- pool

    @Test
    void aThousandUsesWithCancelsAtRandomLeaveNothingBehind() {
        ConnectionPool pool = pool(4);
        Random random = new Random(20260101);
        try {
            Flux.range(0, 1000)
                    .flatMap(
                            i -> {
                                Mono<Void> use = use(pool, i).then();
                                return random.nextInt(3) == 0
                                        ? use.timeout(Duration.ofNanos(random.nextInt(5_000_000)))
                                                .onErrorComplete()
                                        : use;
                            },
                            8)
                    .blockLast(Duration.ofSeconds(60));

            // those that were cancelled are handed back a little later
            assertThat(list(Flux.range(0, 4)
                            .flatMap(i -> Flux.usingWhen(
                                    pool.create(),
                                    connection -> Flux.from(connection.validate(io.r2dbc.spi.ValidationDepth.REMOTE))
                                            .map(valid -> valid && connection.isAutoCommit()),
                                    Connection::close))))
                    .containsExactly(true, true, true, true);
            assertThat(Objects.requireNonNull(pool.getMetrics().orElse(null)).allocatedSize())
                    .isLessThanOrEqualTo(4);
        } finally {
            pool.dispose();
        }
    }

    private static Flux<Long> use(ConnectionPool pool, int i) {
        return Flux.usingWhen(
                pool.create(),
                connection -> {
                    if (!connection.isAutoCommit()) {
                        return Flux.error(new AssertionError("the transaction of another use is open"));
                    }
                    return Flux.from(connection.beginTransaction())
                            .thenMany(connection
                                    .createStatement("insert into item values ($1)")
                                    .bind(0, i)
                                    .execute())
                            .flatMap(Result::getRowsUpdated)
                            .concatWith(Flux.from(connection
                                            .createStatement("select * from generate_series(1, 100)")
                                            .execute())
                                    .flatMap(result -> result.map((row, metadata) -> 1L)));
                },
                Connection::close);
    }

    @Test
    void whatAUseLeavesOpenIsRolledBack() {
        ConnectionPool pool = pool(1);
        try {
            Connection first = await(pool.create());
            await(first.beginTransaction());
            run(first, "insert into item values (1)");
            await(first.createStatement("select generate_series(1, 10000000)").execute());
            await(first.close());

            Connection second = await(pool.create());
            assertThat(second.isAutoCommit()).isTrue();
            assertThat(integers(second, "select id from item")).isEmpty();
            await(second.close());
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aConnectionThatWasLostIsNotHandedOutAgain() {
        ConnectionPool pool = pool(1);
        try {
            Connection first = await(pool.create());
            int process = ((Wrapped<?>) first).unwrap(PgConnection.class).processId();
            postgres.execute("select pg_terminate_backend(" + process + ")");
            assertThatThrownBy(() -> run(first, "select pg_sleep(10)")).isInstanceOf(io.r2dbc.spi.R2dbcException.class);
            Mono.from(first.close()).onErrorComplete().block(TIMEOUT);

            Connection second = await(pool.create());
            assertThat(integers(second, "select 1")).containsExactly(1);
            await(second.close());
        } finally {
            pool.dispose();
        }
    }

    // ---- proxy

    @Test
    void theProxySeesStatementsAndTheirResults() {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        ConnectionFactory proxied = ProxyConnectionFactory.builder(factory)
                .listener(new ProxyExecutionListener() {
                    @Override
                    public void afterQuery(QueryExecutionInfo execution) {
                        seen.add(execution.getQueries().get(0).getQuery() + " " + execution.isSuccess());
                    }
                })
                .build();
        Connection connection = Factories.open(proxied);

        run(connection, "insert into item values (1)");
        assertThat(integers(connection, "select id from item")).containsExactly(1);
        assertThatThrownBy(() -> run(connection, "insert into item values (1)"))
                .isInstanceOf(io.r2dbc.spi.R2dbcDataIntegrityViolationException.class);

        // the proxy tells of a failure once more when its subscriber cancels behind it
        assertThat(new LinkedHashSet<>(seen))
                .containsExactly(
                        "insert into item values (1) true",
                        "select id from item true",
                        "insert into item values (1) false");
        await(connection.close());
    }

    // ---- Spring

    @Test
    void springTranslatesErrors() {
        DatabaseClient client = DatabaseClient.create(factory);
        insert(client, 1).block(TIMEOUT);

        assertThatThrownBy(() -> insert(client, 1).block(TIMEOUT)).isInstanceOf(DuplicateKeyException.class);
        assertThatThrownBy(() -> client.sql("selec 1").then().block(TIMEOUT))
                .isInstanceOf(BadSqlGrammarException.class);
    }

    private static Mono<Long> insert(DatabaseClient client, int id) {
        return client.sql("insert into item values (:id)")
                .bind("id", id)
                .fetch()
                .rowsUpdated();
    }

    @Test
    void springRunsTransactions() {
        ConnectionPool pool = pool(2);
        try {
            DatabaseClient client = DatabaseClient.create(pool);
            TransactionalOperator transaction = TransactionalOperator.create(new R2dbcTransactionManager(pool));

            insert(client, 1)
                    .then(insert(client, 2))
                    .as(transaction::transactional)
                    .block(TIMEOUT);
            assertThatThrownBy(() -> insert(client, 3)
                            .then(insert(client, 1))
                            .as(transaction::transactional)
                            .block(TIMEOUT))
                    .isInstanceOf(DuplicateKeyException.class);

            List<Integer> ids = client.sql("select id from item order by id")
                    .map((row, metadata) -> row.get(0, Integer.class))
                    .all()
                    .collectList()
                    .block(TIMEOUT);
            assertThat(ids).containsExactly(1, 2);
            assertThat(client.sql("select id from item order by id")
                            .map(row -> row.get("id", Integer.class))
                            .first()
                            .block(TIMEOUT))
                    .isEqualTo(1);
        } finally {
            pool.dispose();
        }
    }
}
