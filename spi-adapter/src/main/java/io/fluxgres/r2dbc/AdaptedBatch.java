package io.fluxgres.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/** Statements without parameters that are sent together and take effect together, each with a result. */
final class AdaptedBatch implements Batch {

    /** On a line of its own, so that a comment at the end of a statement does not swallow it. */
    private static final String SEPARATOR = "\n;\n";

    private final AdaptedConnection connection;
    private final List<String> statements = new ArrayList<>();

    AdaptedBatch(AdaptedConnection connection) {
        this.connection = connection;
    }

    @Override
    public Batch add(String sql) {
        if (sql == null) {
            throw new IllegalArgumentException("the SQL of a statement must not be null");
        }
        statements.add(sql);
        return this;
    }

    @Override
    public Flux<? extends Result> execute() {
        String sql = String.join(SEPARATOR, statements);
        Flux<AdaptedResult> results = new TranslatedFlux<>(
                connection.query(sql).execute(), result -> new AdaptedResult(result, sql, false), sql);
        return connection.inItsTransaction(results);
    }
}
