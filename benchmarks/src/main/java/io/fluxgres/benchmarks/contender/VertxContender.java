package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * The PostgreSQL client of Vert.x on the native transport: statements kept prepared unless each is executed only once, 256
 * requests in flight, and every connection on an event loop of its own.
 */
final class VertxContender implements Contender {

    private static final int CONNECTIONS = 8;
    private static final int SCAN_FETCH_SIZE = 5000;
    private static final int WIDE_FETCH_SIZE = 500;

    private final Vertx vertx =
            Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(CONNECTIONS));
    private final Target target;

    VertxContender(Target target) {
        this.target = target;
    }

    @Override
    public String name() {
        return "vertx-pg-client";
    }

    @Override
    public Client connect(Workload workload) {
        Promise<PgConnection> connected = Promise.promise();
        // the connection stays on the event loop of the verticle that opens it, and each verticle gets the next loop
        vertx.deployVerticle(new AbstractVerticle() {
                    @Override
                    public void start() {
                        PgConnection.connect(vertx, options(workload)).onComplete(connected);
                    }
                })
                .onFailure(connected::tryFail);
        return new Connected(await(connected.future()));
    }

    private PgConnectOptions options(Workload workload) {
        return options(target).setCachePreparedStatements(workload != Workload.COLD);
    }

    static PgConnectOptions options(Target target) {
        return new PgConnectOptions()
                .setHost(target.host())
                .setPort(target.port())
                .setDatabase(target.database())
                .setUser(target.user())
                .setPassword(target.password())
                .setPipeliningLimit(256)
                .setCachePreparedStatements(true);
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("Vert.x did not answer: " + e, e);
        }
    }

    @Override
    public void login(Lane lane) {
        finish(
                PgConnection.connect(vertx, options(Workload.CONNECT))
                        .compose(PgConnection::close)
                        .map(0L),
                lane);
    }

    private static void finish(Future<Long> sum, Lane lane) {
        sum.onComplete(lane::completed, lane::failed);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    static long worldSum(RowSet<Row> rows) {
        long sum = 0;
        for (Row row : rows) {
            sum += (long) row.getInteger(0) + row.getInteger(1);
        }
        return sum;
    }

    private static final class Connected implements Client {

        private final PgConnection connection;
        private final PreparedQuery<RowSet<Row>> point;
        private final PreparedQuery<RowSet<Row>> fortunes;

        Connected(PgConnection connection) {
            this.connection = connection;
            this.point = connection.preparedQuery(Dataset.POINT);
            this.fortunes = connection.preparedQuery(Dataset.FORTUNE);
        }

        @Override
        public void point(int id, Lane lane) {
            point.execute(Tuple.of(id)).onComplete(rows -> lane.completed(worldSum(rows)), lane::failed);
        }

        @Override
        public void fortunes(Lane lane) {
            fortunes.execute().onComplete(rows -> lane.completed(textSum(rows)), lane::failed);
        }

        private static long textSum(RowSet<Row> rows) {
            long sum = 0;
            for (Row row : rows) {
                sum += textSum(row);
            }
            return sum;
        }

        private static long textSum(Row row) {
            return (long) row.getInteger(0) + row.getString(1).length();
        }

        @Override
        public void scan(Lane lane) {
            stream(Dataset.SCAN, SCAN_FETCH_SIZE, Connected::measurementSum, lane);
        }

        /** Reads by a cursor: a result that comes as a whole costs Vert.x several times as much, however it is collected. */
        private void stream(String sql, int fetchSize, ToLongFunction<Row> rowSum, Lane lane) {
            AtomicLong sum = new AtomicLong();
            finish(
                    connection
                            .begin()
                            .compose(transaction -> connection
                                    .prepare(sql)
                                    .compose(statement -> read(statement, fetchSize, row -> {
                                        sum.setPlain(sum.getPlain() + rowSum.applyAsLong(row));
                                    }))
                                    .compose(end -> transaction.commit())
                                    .map(done -> sum.get())),
                    lane);
        }

        private static Future<Void> read(PreparedStatement statement, int fetchSize, Handler<Row> handler) {
            Promise<Void> end = Promise.promise();
            statement
                    .createStream(fetchSize)
                    .exceptionHandler(end::tryFail)
                    .endHandler(end::tryComplete)
                    .handler(handler);
            return end.future().compose(done -> statement.close());
        }

        private static long measurementSum(Row row) {
            return row.getLong(0)
                    + row.getOffsetDateTime(1).toEpochSecond()
                    + row.getInteger(2)
                    + row.getDouble(3).longValue()
                    + row.getString(4).length()
                    + row.getString(5).length();
        }

        @Override
        public void wide(Lane lane) {
            stream(Dataset.WIDE, WIDE_FETCH_SIZE, Connected::textSum, lane);
        }

        @Override
        public void batch(Lane lane) {
            List<Tuple> rows = new ArrayList<>(Dataset.BATCH_ROWS);
            for (int i = 0; i < Dataset.BATCH_ROWS; i++) {
                rows.add(Tuple.of(i, (long) i, Dataset.NOTE));
            }
            write(Dataset.INSERT, rows, lane);
        }

        @Override
        public void update(int[] ids, Lane lane) {
            List<Tuple> rows = new ArrayList<>(ids.length);
            for (int i = 0; i < ids.length; i++) {
                rows.add(Tuple.of(i, ids[i]));
            }
            write(Dataset.UPDATE, rows, lane);
        }

        private void write(String sql, List<Tuple> rows, Lane lane) {
            finish(
                    connection
                            .begin()
                            .compose(transaction -> connection
                                    .preparedQuery(sql)
                                    .executeBatch(rows)
                                    .compose(result -> transaction.commit().map(done -> rowsWritten(result)))),
                    lane);
        }

        private static long rowsWritten(RowSet<Row> first) {
            long written = 0;
            for (RowSet<Row> each = first; each != null; each = each.next()) {
                written += each.rowCount();
            }
            return written;
        }

        @Override
        public void cold(String sql, int id, Lane lane) {
            connection
                    .preparedQuery(sql)
                    .execute(Tuple.of(id))
                    .onComplete(rows -> lane.completed(worldSum(rows)), lane::failed);
        }

        @Override
        public void close() {
            await(connection.close());
        }
    }
}
