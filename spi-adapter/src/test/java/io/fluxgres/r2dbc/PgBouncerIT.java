package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.list;
import static io.fluxgres.r2dbc.Factories.rows;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PgBouncer;
import io.fluxgres.testkit.PgBouncer.PoolMode;
import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connections through a PgBouncer that shares those to the server by transaction, with the options of docs/poolers.md. */
@Timeout(60)
class PgBouncerIT {

    private static final int COLD_TO_WARM = 3;
    private static final LocalDateTime IN_TOKYO = LocalDateTime.of(2024, 7, 1, 21, 0);
    private static final OffsetDateTime MOMENT = OffsetDateTime.parse("2024-07-01T21:00+09:00");

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgBouncer pooler;
    private Connection connection;

    @BeforeEach
    void start() {
        postgres.execute("create table item (id int primary key, at timestamptz)");
        pooler = PgBouncer.start(postgres, PoolMode.TRANSACTION, "default_pool_size = 2");
        connection = Factories.open(factory("Asia/Tokyo"));
    }

    @AfterEach
    void stop() {
        if (pooler != null) {
            Factories.close(connection);
            pooler.close();
        }
        postgres.execute("drop table item");
    }

    private ConnectionFactory factory(String timeZone) {
        return Factories.factory(
                postgres,
                "host",
                "127.0.0.1",
                "port",
                pooler.port(),
                "statementCacheSize",
                "0",
                "sessionReset",
                "never",
                "timeZone",
                timeZone);
    }

    @Test
    void manyUsesOfAPoolSaveAndLoadTheSameTimes() {
        ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(factory("Asia/Tokyo"))
                .initialSize(0)
                .maxSize(5)
                .build());
        try {
            List<List<Object>> loaded = list(Flux.range(0, 300)
                    .flatMap(id -> Flux.usingWhen(pool.create(), use -> save(use, id), Connection::close), 16));

            assertThat(loaded)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 300)
                            .mapToObj(id -> List.<Object>of(id, IN_TOKYO.plusHours(id)))
                            .toList());
        } finally {
            pool.dispose();
        }
    }

    private static Flux<List<Object>> save(Connection use, int id) {
        return Mono.from(use.beginTransaction())
                .thenMany(use.createStatement("insert into item values ($1, $2)")
                        .bind(0, id)
                        .bind(1, IN_TOKYO.plusHours(id))
                        .execute())
                .flatMap(Result::getRowsUpdated)
                .thenMany(Mono.from(use.commitTransaction()))
                .thenMany(use.createStatement("select id, at from item where id = $1")
                        .bind(0, id)
                        .execute())
                .flatMap(result -> result.map((row, metadata) ->
                        List.<Object>of(row.get(0, Integer.class), row.get(1, LocalDateTime.class))));
    }

    @Test
    void aZoneThatOneUserSetsIsNotThatOfOthers() {
        Connection other = Factories.open(factory("Asia/Tokyo"));
        for (int i = 0; i < COLD_TO_WARM; i++) {
            run(other, "set timezone = 'UTC'");
            assertThat(moment(other, OffsetDateTime.class))
                    .isEqualTo(MOMENT.toInstant().atOffset(java.time.ZoneOffset.UTC));
            assertThat(moment(connection, OffsetDateTime.class)).isEqualTo(MOMENT);
            assertThat(moment(connection, LocalDateTime.class)).isEqualTo(IN_TOKYO);
            assertThat(moment(connection, String.class)).isEqualTo("2024-07-01 21:00:00+09");
            run(other, "reset timezone");
            assertThat(moment(connection, Object.class)).isEqualTo(MOMENT);
        }
        Factories.close(other);
    }

    private static <T> T moment(Connection asked, Class<T> type) {
        return rows(asked, "select timestamptz '2024-07-01 12:00:00Z'", row -> row.get(0, type))
                .get(0);
    }

    @Test
    void transactionsHaveTheirSavepointsAndTheirLevel() {
        for (int i = 0; i < COLD_TO_WARM; i++) {
            int id = i;
            await(connection.beginTransaction(IsolationLevel.SERIALIZABLE));
            run(connection, "insert into item values (" + id + ")");
            await(connection.createSavepoint("s"));
            assertThatThrownBy(() -> run(connection, "insert into item values (" + id + ")"))
                    .isInstanceOf(R2dbcException.class);
            await(connection.rollbackTransactionToSavepoint("s"));
            assertThat(connection.getTransactionIsolationLevel()).isEqualTo(IsolationLevel.SERIALIZABLE);
            assertThat(rows(connection, "show transaction_isolation", row -> row.get(0)))
                    .containsExactly("serializable");
            await(connection.commitTransaction());
        }

        assertThat(integers(connection, "select id from item order by id")).containsExactly(0, 1, 2);
    }
}
