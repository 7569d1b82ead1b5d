package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.run;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection, a table {@code item} with a constraint that is looked at when a transaction commits, and results. */
abstract class ResultFixture extends ConnectionFixture {

    static final String MANY = "select i, repeat('x', 1000) from generate_series(1, 30000) i";

    @Override
    @BeforeEach
    void open() {
        super.open();
        run(connection, "create table item (id int primary key, pair int unique deferrable initially deferred)");
    }

    @Override
    @AfterEach
    void close() {
        super.close();
        postgres.execute("drop table item");
    }

    static <T> T one(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(TIMEOUT));
    }

    PgResult result(String sql) {
        return one(connection.query(sql).execute().next());
    }

    static Flux<Integer> numbers(PgResult result) {
        return result.map(row -> row.getInt(0));
    }
}
