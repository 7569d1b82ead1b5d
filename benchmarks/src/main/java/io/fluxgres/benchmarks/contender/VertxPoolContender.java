package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;

/** The pool of the Vert.x client with ten connections, as many as the others have. */
final class VertxPoolContender implements Contender {

    private static final int CONNECTIONS = 10;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final Target target;

    VertxPoolContender(Target target) {
        this.target = target;
    }

    @Override
    public String name() {
        return "vertx-pg-pool";
    }

    @Override
    public Client connect(Workload workload) {
        Pool pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(CONNECTIONS))
                .connectingTo(VertxContender.options(target))
                .using(vertx)
                .build();
        return new Client() {
            @Override
            public void point(int id, Lane lane) {
                pool.preparedQuery(Dataset.POINT)
                        .execute(Tuple.of(id))
                        .onComplete(rows -> lane.completed(VertxContender.worldSum(rows)), lane::failed);
            }

            @Override
            public void close() {
                VertxContender.await(pool.close());
            }
        };
    }

    @Override
    public void close() {
        VertxContender.await(vertx.close());
    }
}
