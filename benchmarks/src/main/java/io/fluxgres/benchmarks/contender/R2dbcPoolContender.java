package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** r2dbc-postgresql below r2dbc-pool, with the ten connections that it has by default. */
final class R2dbcPoolContender implements Contender {

    private final Target target;

    R2dbcPoolContender(Target target) {
        this.target = target;
    }

    @Override
    public String name() {
        return "r2dbc-pool";
    }

    @Override
    public Client connect(Workload workload) {
        ConnectionPool pool =
                new ConnectionPool(ConnectionPoolConfiguration.builder(R2dbcContender.postgresql(target, 256))
                        .build());
        return new Client() {
            @Override
            public void point(int id, Lane lane) {
                Flux.usingWhen(pool.create(), connection -> execute(connection, id), Connection::close)
                        .subscribe(lane.sums());
            }

            @Override
            public void close() {
                pool.dispose();
            }
        };
    }

    private static Publisher<Long> execute(Connection connection, int id) {
        return Flux.<Result>from(
                        connection.createStatement(Dataset.POINT).bind(0, id).execute())
                .concatMap(result -> result.map(R2dbcContender::worldSum));
    }

    @Override
    public void close() {}
}
