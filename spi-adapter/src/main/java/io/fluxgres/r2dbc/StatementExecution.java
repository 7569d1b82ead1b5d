package io.fluxgres.r2dbc;

import io.fluxgres.PgQuery;
import io.fluxgres.PgResult;
import io.fluxgres.PgUsageException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The results of a statement with the values that it had when {@code execute()} was called. */
final class StatementExecution extends Execution {

    private final Function<String, PgQuery> connection;
    private final List<@Nullable Object[]> rows;
    private final boolean lobs;
    private final int fetchSize;

    /**
     * Creates the results.
     *
     * @param connection makes queries by its modes when it is asked
     * @param rows the rows of values, one at least; nobody changes them any more
     * @param lobs whether there are large objects among the values
     * @param fetchSize negative for that of the connection
     */
    StatementExecution(
            Function<String, PgQuery> connection,
            String sql,
            boolean out,
            List<@Nullable Object[]> rows,
            boolean lobs,
            int fetchSize) {
        super(sql, out);
        this.connection = connection;
        this.rows = rows;
        this.lobs = lobs;
        this.fetchSize = fetchSize;
    }

    @Override
    Flux<PgResult> underModes() {
        PgQuery plain = connection.apply(sql());
        PgQuery query = fetchSize < 0 ? plain : plain.fetchSize(fetchSize);
        return lobs
                ? Flux.fromIterable(rows)
                        .concatMap(LargeObjects::materialize)
                        .collectList()
                        .flatMapMany(ready -> executions(query, ready))
                : executions(query, rows);
    }

    /** One by one where the server knows only the simple query protocol: a batch is refused there and nothing is sent. */
    private static Flux<PgResult> executions(PgQuery query, List<@Nullable Object[]> all) {
        return all.size() == 1
                ? bound(query, all.get(0)).execute()
                : query.bindAll(all)
                        .execute()
                        .onErrorResume(
                                PgUsageException.class,
                                refusal -> Flux.fromIterable(all)
                                        .concatMap(values -> query.bind(values).execute()));
    }

    private static PgQuery bound(PgQuery query, @Nullable Object[] values) {
        return values.length == 0 ? query : query.bind(values);
    }
}
