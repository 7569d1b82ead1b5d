package io.fluxgres.benchmarks.contender;

import io.fluxgres.PgClient;
import io.fluxgres.PgConnection;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQuery;
import io.fluxgres.PgRow;
import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.ScannedRow;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** This driver by its own API: statements prepared from the first execution on unless each is executed only once. */
final class FluxgresContender implements Contender {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PgOptions options;
    private final PgClient client;

    FluxgresContender(Target target) {
        options = options(target);
        client = PgClient.create(options);
    }

    static PgOptions options(Target target) {
        return PgOptions.defaults()
                .with(PgOption.HOST, target.host())
                .with(PgOption.PORT, target.port())
                .with(PgOption.DATABASE, target.database())
                .with(PgOption.USER, target.user())
                .with(PgOption.PASSWORD, target.password());
    }

    @Override
    public String name() {
        return "fluxgres";
    }

    @Override
    public Client connect(Workload workload) {
        PgClient tuned =
                workload == Workload.COLD ? client : PgClient.create(options.with(PgOption.PREPARE_THRESHOLD, 1));
        return new Connected(Objects.requireNonNull(tuned.connect().block(PATIENCE)));
    }

    @Override
    public void login(Lane lane) {
        client.connect().flatMap(PgConnection::close).thenReturn(0L).subscribe(lane.sums());
    }

    @Override
    public void close() {}

    static Long worldSum(PgRow row) {
        return (long) row.getInt(0) + row.getInt(1);
    }

    private static final class Connected implements Client {

        private final PgConnection connection;
        private final PgQuery point;
        private final PgQuery fortunes;

        Connected(PgConnection connection) {
            this.connection = connection;
            this.point = connection.query(Dataset.POINT);
            this.fortunes = connection.query(Dataset.FORTUNE);
        }

        @Override
        public void point(int id, Lane lane) {
            point.bind(id).map(FluxgresContender::worldSum).subscribe(lane.sums());
        }

        @Override
        public void fortunes(Lane lane) {
            fortunes.map(Connected::textSum).subscribe(lane.sums());
        }

        private static Long textSum(PgRow row) {
            return (long) row.getInt(0) + row.require(1, String.class).length();
        }

        @Override
        public void scan(Lane lane) {
            connection.query(Dataset.SCAN).map(ScannedRow::sum).subscribe(lane.sums());
        }

        @Override
        public void wide(Lane lane) {
            connection.query(Dataset.WIDE).map(Connected::textSum).subscribe(lane.sums());
        }

        @Override
        public void batch(Lane lane) {
            List<Object[]> rows = new ArrayList<>(Dataset.BATCH_ROWS);
            for (int i = 0; i < Dataset.BATCH_ROWS; i++) {
                rows.add(new Object[] {i, (long) i, Dataset.NOTE});
            }
            write(Dataset.INSERT, rows, lane);
        }

        @Override
        public void update(int[] ids, Lane lane) {
            List<Object[]> rows = new ArrayList<>(ids.length);
            for (int i = 0; i < ids.length; i++) {
                rows.add(new Object[] {i, ids[i]});
            }
            write(Dataset.UPDATE, rows, lane);
        }

        /** A batch leaves with BEGIN in one write; of statements by themselves only the first would. */
        private void write(String sql, List<Object[]> rows, Lane lane) {
            connection
                    .inTransaction(
                            transaction -> transaction.query(sql).bindAll(rows).rowsUpdated())
                    .subscribe(lane.sums());
        }

        @Override
        public void cold(String sql, int id, Lane lane) {
            connection.query(sql).bind(id).map(FluxgresContender::worldSum).subscribe(lane.sums());
        }

        @Override
        public void close() {
            connection.close().onErrorResume(ignored -> Mono.empty()).block(PATIENCE);
        }
    }
}
