package io.fluxgres.r2dbc;

import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server, and the connections of a test through the adapter. They are closed behind it, and then the table {@code item} is
 * dropped, which is for tests to create.
 */
abstract class AdapterFixture {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    Connection connection;
    private final List<Connection> opened = new ArrayList<>();

    @BeforeEach
    void openConnection() {
        connection = open();
    }

    /** Returns a further connection, with options as {@code name, value} pairs. */
    Connection open(Object... options) {
        Connection further = Factories.open(Factories.factory(postgres, options));
        opened.add(further);
        return further;
    }

    @AfterEach
    void closeConnections() {
        opened.forEach(Factories::close);
        postgres.execute("drop table if exists item");
    }
}
