package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** A session that keeps statements prepared, in the database of {@link StalePlanChanges}. */
@Timeout(60)
abstract class StalePlanFixture extends PreparedStatementFixture {

    @BeforeAll
    static void createRoles() {
        postgres.execute("create role stale_plan_one superuser; create role stale_plan_two superuser");
    }

    @AfterAll
    static void dropRoles() {
        postgres.execute("drop role stale_plan_one; drop role stale_plan_two");
    }

    @Override
    @BeforeEach
    void open() {
        postgres.execute(StalePlanChanges.SCHEMA);
        super.open();
    }

    /** Executes a statement until it is kept prepared and was executed as such. */
    void prepare(String sql, @Nullable Object... values) {
        for (int execution = 0; execution < 3; execution++) {
            list(query(sql, values).rows());
        }
    }

    PgQuery query(String sql, @Nullable Object... values) {
        PgQuery query = connection.query(sql);
        return values.length == 0 ? query : query.bind(values);
    }

    /** Returns what the session gives for a statement of which nothing is prepared. */
    Outcome truth(String sql) {
        return Outcome.of(connection.query("; " + sql));
    }

    /** Subscribes to all within one turn of the event loop, so that they leave in one write. */
    List<Outcome> inOneWrite(List<PgQuery> queries) {
        return connection
                .query("select 1")
                .rowsUpdated()
                .flatMapMany(ready -> Flux.mergeSequential(
                        queries.stream().map(Outcome::later).toList(), Math.max(1, queries.size()), 1))
                .collectList()
                .blockOptional(TIMEOUT)
                .orElseThrow();
    }

    List<Outcome> inOneWrite(PgQuery... queries) {
        return inOneWrite(Arrays.asList(queries));
    }

    /** Drops what is prepared without a word to the driver. */
    void deallocateUnseen() {
        run(connection, "do $$ begin execute 'deallocate all'; end $$");
    }
}
