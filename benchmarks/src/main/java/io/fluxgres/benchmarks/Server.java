package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.testkit.DelayProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An embedded PostgreSQL on the loopback interface with a {@link Dataset}. Nothing is ever flushed to the disk, so that
 * it is the drivers that are compared and not the disk; the settings are printed with the results.
 */
final class Server implements AutoCloseable {

    static final Map<String, String> SETTINGS = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "autovacuum", "off",
            "max_connections", "100",
            "shared_buffers", "1GB",
            "max_wal_size", "4GB",
            "jit", "off",
            "max_parallel_workers_per_gather", "0");

    private static final Path WORKING_DIRECTORY =
            Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg-benchmarks");

    private static final String SUPERUSER = "postgres";
    private static final String USER = "bench";
    private static final String PASSWORD = "bench-secret";

    private final EmbeddedPostgres process;
    private final List<DelayProxy> networks;
    private final Target target;

    private Server(EmbeddedPostgres process, Dataset dataset) {
        this.process = process;
        // in this process and not in that of a contender, whose CPU time counts
        this.networks = Load.ROUND_TRIPS.stream()
                .map(roundTrip -> DelayProxy.start(
                        "127.0.0.1",
                        process.getPort(),
                        Duration.ofMillis(roundTrip).dividedBy(2)))
                .toList();
        this.target = new Target(
                "127.0.0.1",
                process.getPort(),
                SUPERUSER,
                USER,
                PASSWORD,
                SUPERUSER,
                dataset,
                networks.stream().map(DelayProxy::port).toList());
    }

    static Server start(Dataset dataset) throws IOException, SQLException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                // not the shared one: whoever starts a server there stops those that it takes for abandoned
                .setOverrideWorkingDirectory(WORKING_DIRECTORY.toFile())
                .setLocaleConfig("locale", "C")
                .setDataDirectoryCustomizer(Server::writeHostBasedAuthentication);
        SETTINGS.forEach(builder::setServerConfig);
        Server server = new Server(builder.start(), dataset);
        try (Connection connection = server.connect()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set password_encryption = 'scram-sha-256'; create role " + USER
                        + " superuser login password '" + PASSWORD + "'");
            }
            dataset.create(connection);
        }
        return server;
    }

    private static void writeHostBasedAuthentication(File dataDirectory) {
        try {
            Files.writeString(
                    dataDirectory.toPath().resolve("pg_hba.conf"),
                    "host all %s all scram-sha-256%nhost all %s 127.0.0.1/32 trust%nlocal all all trust%n"
                            .formatted(USER, SUPERUSER));
        } catch (IOException e) {
            throw new UncheckedIOException("pg_hba.conf could not be written", e);
        }
    }

    Target target() {
        return target;
    }

    /** Returns the server's version, such as {@code 18.6}. */
    String version() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("show server_version")) {
            result.next();
            return result.getString(1);
        }
    }

    /** Removes what a round has written, so that each begins with the same tables. */
    void reset() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate entry");
            statement.execute("vacuum account");
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + process.getPort() + "/postgres?preferQueryMode=simple", SUPERUSER, "");
    }

    @Override
    public void close() throws IOException {
        networks.forEach(DelayProxy::close);
        process.close();
    }
}
