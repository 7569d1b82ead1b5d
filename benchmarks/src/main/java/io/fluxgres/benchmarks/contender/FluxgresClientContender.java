package io.fluxgres.benchmarks.contender;

import io.fluxgres.PgClient;
import io.fluxgres.PgQuery;
import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import java.time.Duration;

/** This driver's client, with the options that it has by default. */
final class FluxgresClientContender implements Contender {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Target target;

    FluxgresClientContender(Target target) {
        this.target = target;
    }

    @Override
    public String name() {
        return "fluxgres-client";
    }

    @Override
    public Client connect(Workload workload) {
        PgClient client = PgClient.create(FluxgresContender.options(target));
        PgQuery point = client.query(Dataset.POINT);
        return new Client() {
            @Override
            public void point(int id, Lane lane) {
                point.bind(id).map(FluxgresContender::worldSum).subscribe(lane.sums());
            }

            @Override
            public void close() {
                client.close().block(PATIENCE);
            }
        };
    }

    @Override
    public void close() {}
}
