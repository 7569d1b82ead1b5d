package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Properties;

/**
 * pgjdbc with a thread for each connection: statements kept and prepared from the first execution on, fetch sizes for large
 * results. A second one rewrites batches: it sends a few INSERT statements of many rows instead of those that it was given.
 */
final class JdbcContender implements Contender {

    private static final int SCAN_FETCH_SIZE = 5000;
    private static final int WIDE_FETCH_SIZE = 500;

    private final Target target;
    private final boolean rewriting;

    private JdbcContender(Target target, boolean rewriting) {
        this.target = target;
        this.rewriting = rewriting;
    }

    /** Returns pgjdbc that executes the statements it is given. */
    static JdbcContender plain(Target target) {
        return new JdbcContender(target, false);
    }

    /** Returns pgjdbc that rewrites batches of inserts. */
    static JdbcContender rewriting(Target target) {
        return new JdbcContender(target, true);
    }

    @Override
    public String name() {
        return rewriting ? "pgjdbc-rewriting" : "pgjdbc";
    }

    @Override
    public boolean isBlocking() {
        return true;
    }

    @Override
    public Client connect(Workload workload) {
        try {
            return new Connected(open(workload), workload);
        } catch (SQLException e) {
            throw new IllegalStateException("pgjdbc could not connect: " + e.getMessage(), e);
        }
    }

    private Connection open(Workload workload) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", target.user());
        properties.setProperty("password", target.password());
        properties.setProperty("prepareThreshold", workload == Workload.COLD ? "0" : "1");
        properties.setProperty("reWriteBatchedInserts", Boolean.toString(rewriting));
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(target.host(), target.port(), target.database()), properties);
    }

    @Override
    public void login(Lane lane) {
        try {
            open(Workload.CONNECT).close();
        } catch (SQLException e) {
            lane.failed(e);
            return;
        }
        lane.completed(0);
    }

    @Override
    public void close() {}

    private static final class Connected implements Client {

        private final Connection connection;
        private final PreparedStatement point;
        private final PreparedStatement fortunes;
        private final PreparedStatement scan;
        private final PreparedStatement wide;
        private final PreparedStatement insert;
        private final PreparedStatement update;

        Connected(Connection connection, Workload workload) throws SQLException {
            this.connection = connection;
            // a fetch size needs a transaction
            connection.setAutoCommit(
                    switch (workload) {
                        case POINT, FORTUNES, CONNECT, COLD, LATENCY -> true;
                        case SCAN, WIDE, BATCH, UPDATE -> false;
                    });
            point = connection.prepareStatement(withQuestionMarks(Dataset.POINT));
            fortunes = connection.prepareStatement(Dataset.FORTUNE);
            scan = connection.prepareStatement(Dataset.SCAN);
            scan.setFetchSize(SCAN_FETCH_SIZE);
            wide = connection.prepareStatement(Dataset.WIDE);
            wide.setFetchSize(WIDE_FETCH_SIZE);
            insert = connection.prepareStatement(withQuestionMarks(Dataset.INSERT));
            update = connection.prepareStatement(withQuestionMarks(Dataset.UPDATE));
        }

        private static String withQuestionMarks(String sql) {
            return sql.replaceAll("\\$\\d", "?");
        }

        @FunctionalInterface
        private interface Work {
            long execute() throws SQLException;
        }

        private static void finish(Lane lane, Work work) {
            long sum;
            try {
                sum = work.execute();
            } catch (SQLException e) {
                lane.failed(e);
                return;
            }
            lane.completed(sum);
        }

        @Override
        public void point(int id, Lane lane) {
            finish(lane, () -> worldSum(point, id));
        }

        private static long worldSum(PreparedStatement statement, int id) throws SQLException {
            statement.setInt(1, id);
            long sum = 0;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    sum += (long) rows.getInt(1) + rows.getInt(2);
                }
            }
            return sum;
        }

        @Override
        public void fortunes(Lane lane) {
            finish(lane, () -> textSum(fortunes));
        }

        private static long textSum(PreparedStatement statement) throws SQLException {
            long sum = 0;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    sum += (long) rows.getInt(1) + rows.getString(2).length();
                }
            }
            return sum;
        }

        @Override
        public void scan(Lane lane) {
            finish(lane, () -> {
                long sum = 0;
                try (ResultSet rows = scan.executeQuery()) {
                    while (rows.next()) {
                        sum += rows.getLong(1)
                                + rows.getObject(2, OffsetDateTime.class).toEpochSecond()
                                + rows.getInt(3)
                                + (long) rows.getDouble(4)
                                + rows.getString(5).length()
                                + rows.getString(6).length();
                    }
                }
                connection.commit();
                return sum;
            });
        }

        @Override
        public void wide(Lane lane) {
            finish(lane, () -> {
                long sum = textSum(wide);
                connection.commit();
                return sum;
            });
        }

        @Override
        public void batch(Lane lane) {
            finish(lane, () -> {
                for (int i = 0; i < Dataset.BATCH_ROWS; i++) {
                    insert.setInt(1, i);
                    insert.setLong(2, i);
                    insert.setString(3, Dataset.NOTE);
                    insert.addBatch();
                }
                // of a rewritten batch the number of rows is not known for each item
                long items = insert.executeBatch().length;
                connection.commit();
                return items;
            });
        }

        @Override
        public void update(int[] ids, Lane lane) {
            finish(lane, () -> {
                for (int i = 0; i < ids.length; i++) {
                    update.setInt(1, i);
                    update.setInt(2, ids[i]);
                    update.addBatch();
                }
                long written = 0;
                for (int rows : update.executeBatch()) {
                    written += rows;
                }
                connection.commit();
                return written;
            });
        }

        @Override
        public void cold(String sql, int id, Lane lane) {
            finish(lane, () -> {
                try (PreparedStatement statement = connection.prepareStatement(withQuestionMarks(sql))) {
                    return worldSum(statement, id);
                }
            });
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException("pgjdbc could not close: " + e.getMessage(), e);
            }
        }
    }
}
