package io.fluxgres.benchmarks.contender;

import io.fluxgres.PgOption;
import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.fluxgres.r2dbc.FluxgresConnectionFactoryProvider;
import io.fluxgres.r2dbc.FluxgresOptions;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Any driver by the SPI of R2DBC: the code is the same for all, only the factories of connections differ. */
final class R2dbcContender implements Contender {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Function<Workload, ConnectionFactory> factories;
    private final ConnectionFactory logins;

    /**
     * Creates a contender.
     *
     * @param factories makes the factory of connections with the settings that suit a workload
     */
    R2dbcContender(String name, Function<Workload, ConnectionFactory> factories) {
        this.name = name;
        this.factories = factories;
        this.logins = factories.apply(Workload.CONNECT);
    }

    /** Returns the adapter of this driver: statements prepared from the first execution on unless each is executed once. */
    static R2dbcContender fluxgres(Target target) {
        ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                .option(ConnectionFactoryOptions.DRIVER, FluxgresConnectionFactoryProvider.DRIVER)
                .option(ConnectionFactoryOptions.HOST, target.host())
                .option(ConnectionFactoryOptions.PORT, target.port())
                .option(ConnectionFactoryOptions.DATABASE, target.database())
                .option(ConnectionFactoryOptions.USER, target.user())
                .option(ConnectionFactoryOptions.PASSWORD, target.password())
                .build();
        ConnectionFactoryOptions preparing = options.mutate()
                .option(FluxgresOptions.of(PgOption.PREPARE_THRESHOLD), 1)
                .build();
        return new R2dbcContender(
                "fluxgres-r2dbc", workload -> ConnectionFactories.get(workload == Workload.COLD ? options : preparing));
    }

    /** Returns r2dbc-postgresql: binary results, and statements kept prepared unless each is executed only once. */
    static R2dbcContender postgresql(Target target) {
        return new R2dbcContender(
                "r2dbc-postgresql", workload -> postgresql(target, workload == Workload.COLD ? 0 : 256));
    }

    static ConnectionFactory postgresql(Target target, int cachedStatements) {
        return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host(target.host())
                .port(target.port())
                .database(target.database())
                .username(target.user())
                .password(target.password())
                .forceBinary(true)
                .preparedStatementCacheQueries(cachedStatements)
                .build());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Client connect(Workload workload) {
        return new Connected(Objects.requireNonNull(
                Mono.<Connection>from(factories.apply(workload).create()).block(PATIENCE)));
    }

    @Override
    public void login(Lane lane) {
        Mono.<Connection>from(logins.create())
                .flatMap(connection -> Mono.from(connection.close()))
                .thenReturn(0L)
                .subscribe(lane.sums());
    }

    @Override
    public void close() {}

    static Long worldSum(Readable row) {
        return (long) value(row, 0, Integer.class) + value(row, 1, Integer.class);
    }

    private static <T> T value(Readable row, int column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type));
    }

    private static final class Connected implements Client {

        private final Connection connection;

        Connected(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void point(int id, Lane lane) {
            query(connection.createStatement(Dataset.POINT).bind(0, id), R2dbcContender::worldSum, lane);
        }

        private static void query(Statement statement, Function<Readable, Long> mapper, Lane lane) {
            Mono.<Result>from(statement.execute())
                    .flatMapMany(result -> result.map(mapper))
                    .subscribe(lane.sums());
        }

        @Override
        public void fortunes(Lane lane) {
            query(connection.createStatement(Dataset.FORTUNE), Connected::textSum, lane);
        }

        private static Long textSum(Readable row) {
            return (long) value(row, 0, Integer.class)
                    + value(row, 1, String.class).length();
        }

        @Override
        public void scan(Lane lane) {
            query(connection.createStatement(Dataset.SCAN), Connected::measurementSum, lane);
        }

        private static Long measurementSum(Readable row) {
            return value(row, 0, Long.class)
                    + value(row, 1, OffsetDateTime.class).toEpochSecond()
                    + value(row, 2, Integer.class)
                    + value(row, 3, Double.class).longValue()
                    + value(row, 4, String.class).length()
                    + value(row, 5, String.class).length();
        }

        @Override
        public void wide(Lane lane) {
            query(connection.createStatement(Dataset.WIDE), Connected::textSum, lane);
        }

        @Override
        public void batch(Lane lane) {
            Statement insert = connection.createStatement(Dataset.INSERT);
            for (int i = 0; i < Dataset.BATCH_ROWS; i++) {
                if (i > 0) {
                    insert.add();
                }
                insert.bind(0, i).bind(1, (long) i).bind(2, Dataset.NOTE);
            }
            write(insert, lane);
        }

        @Override
        public void update(int[] ids, Lane lane) {
            Statement update = connection.createStatement(Dataset.UPDATE);
            for (int i = 0; i < ids.length; i++) {
                if (i > 0) {
                    update.add();
                }
                update.bind(0, i).bind(1, ids[i]);
            }
            write(update, lane);
        }

        private void write(Statement statement, Lane lane) {
            Mono.from(connection.beginTransaction())
                    .thenMany(Flux.<Result>from(statement.execute()).concatMap(Result::getRowsUpdated))
                    .reduce(0L, Long::sum)
                    .delayUntil(rows -> connection.commitTransaction())
                    .subscribe(lane.sums());
        }

        @Override
        public void cold(String sql, int id, Lane lane) {
            query(connection.createStatement(sql).bind(0, id), R2dbcContender::worldSum, lane);
        }

        @Override
        public void close() {
            Mono.from(connection.close()).block(PATIENCE);
        }
    }
}
