package io.fluxgres;

import io.fluxgres.testkit.PostgresExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server, and a connection to it for each test. */
abstract class ConnectionFixture {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    <T> void reopen(PgOption<T> option, T value) {
        Connections.close(connection);
        connection = Connections.open(postgres, option, value);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }
}
