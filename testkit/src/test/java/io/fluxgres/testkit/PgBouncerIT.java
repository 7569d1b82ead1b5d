package io.fluxgres.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PgBouncerIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @Test
    void clientsShareAConnectionToTheServerUntilItIsClosed() throws Exception {
        int port;
        try (PgBouncer pooler = PgBouncer.start(
                postgres,
                PgBouncer.PoolMode.TRANSACTION,
                "default_pool_size = 1",
                "ignore_startup_parameters = extra_float_digits")) {
            port = pooler.port();
            try (Connection first = connect(port);
                    Connection second = connect(port)) {
                assertThat(process(second)).isEqualTo(process(first));
            }
            assertThat(pooler.log()).anyMatch(line -> line.contains("login attempt: db=" + postgres.database()));
        }

        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
    }

    private static Connection connect(int port) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, postgres.database(), postgres.user()));
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select pg_backend_pid()")) {
            assertThat(result.next()).isTrue();
            return result.getInt(1);
        }
    }
}
