package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.list;

import io.fluxgres.testkit.PgBouncer;
import io.fluxgres.testkit.PgBouncer.PoolMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import reactor.core.publisher.Flux;

/** A PgBouncer in front of the server, whose zone is UTC, and clients and connections of that. */
abstract class PgBouncerFixture extends ClientFixture {

    /** Those of docs/poolers.md for connections to the server that are shared by transaction. */
    static final String[] DOCUMENTED = {
        "statementCacheSize=0", "sessionReset=never", "sharedConnections=2", "poolSize=8"
    };

    static final int COLD_TO_WARM = 3;
    static final String MOMENT = "select timestamptz '2024-07-01 12:00:00Z'";
    static final String MOMENT_IN_TOKYO = "2024-07-01 21:00:00+09";
    static final String PROCESS = "select pg_backend_pid()::text";

    final RecordingObserver observer = new RecordingObserver();
    private final List<PgConnection> connections = new ArrayList<>();
    private PgBouncer pooler;

    @BeforeAll
    static void setZoneOfServer() {
        postgres.execute("alter database " + postgres.database() + " set timezone = 'UTC'");
    }

    void start(PoolMode mode, String... settings) {
        pooler = PgBouncer.start(postgres, mode, settings);
    }

    void startWithConnections(int connections, String... settings) {
        start(PoolMode.TRANSACTION, and(settings, "default_pool_size = " + connections));
    }

    @AfterEach
    @Override
    void closeClients() {
        connections.forEach(Connections::close);
        super.closeClients();
        if (pooler != null) {
            pooler.close();
        }
    }

    PgOptions options(String... options) {
        return PgOptions.parse(postgres.url() + "?" + String.join("&", options))
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, pooler.port());
    }

    @Override
    PgClient client(String... options) {
        return closedBehindTheTest(PgClient.create(options(options).with(PgOption.OBSERVER, observer)));
    }

    PgConnection connect(String... options) {
        PgConnection connection = Connections.open(options(options));
        connections.add(connection);
        return connection;
    }

    void awaitReplacement() {
        await(
                "the end of a session that was moved",
                () -> observer.disconnects().stream()
                        .anyMatch(reason -> reason.contains("TimeZone is not what it was at startup")));
    }

    static List<String> transaction(PgClient client, String... sqls) {
        return list(client.inTransaction(transaction ->
                Flux.just(sqls).concatMap(sql -> transaction.query(sql).map(row -> String.valueOf(row.getString(0))))));
    }

    static String exclusive(PgClient client, String sql) {
        return client.query(sql)
                .exclusive()
                .map(row -> String.valueOf(row.getString(0)))
                .single()
                .block(TIMEOUT);
    }

    /** Whether the server runs a statement of this database that contains a text. */
    static boolean isRunning(String text) {
        return "t"
                .equals(postgres.queryForString("select exists (select from pg_stat_activity where state = 'active'"
                        + " and pid <> pg_backend_pid() and datname = current_database() and query like '%" + text
                        + "%')"));
    }

    static String[] and(String[] options, String... further) {
        return Stream.of(options, further).flatMap(Stream::of).toArray(String[]::new);
    }
}
