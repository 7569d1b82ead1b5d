package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.rows;
import static io.fluxgres.r2dbc.Factories.run;

import io.r2dbc.spi.Connection;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A connection that writes numbers to a table, and another one, which sees what is committed. */
abstract class TransactionFixture extends AdapterFixture {

    Connection other;

    @BeforeEach
    void createTable() {
        other = open();
        run(connection, "create table item (id int primary key)");
    }

    void insert(int id) {
        run(connection, "insert into item values (" + id + ")");
    }

    List<Integer> committed() {
        return integers(other, "select id from item order by id");
    }

    String setting(String name) {
        return rows(connection, "show " + name, row -> row.get(0, String.class)).get(0);
    }
}
