package io.fluxgres.r2dbc;

import io.fluxgres.PgResult;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Statements without parameters that are sent together and take effect together, each with a result: an atomic batch of the
 * driver. Where that cannot be, they are joined to one SQL text, which the server takes as one transaction too: if one of
 * them is several itself, or if the server knows only the simple query protocol.
 */
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
        return new BatchExecution(connection, List.copyOf(statements));
    }

    /** The results of the statements that the batch had when {@code execute()} was called. */
    private static final class BatchExecution extends Execution {

        private final AdaptedConnection connection;
        private final List<String> statements;

        BatchExecution(AdaptedConnection connection, List<String> statements) {
            super(String.join(SEPARATOR, statements), false);
            this.connection = connection;
            this.statements = statements;
        }

        @Override
        Flux<PgResult> underModes() {
            Flux<PgResult> text = connection.query(sql()).execute();
            return statements.stream().anyMatch(AdaptedBatch::mayBeSeveral)
                    ? text
                    : connection
                            .batch(statements.toArray(String[]::new))
                            .execute()
                            .onErrorResume(PgUsageException.class, refusal -> text);
        }
    }

    /** A superset: the semicolon may be part of a literal. */
    private static boolean mayBeSeveral(String sql) {
        int semicolon = sql.indexOf(';');
        return semicolon >= 0 && semicolon < sql.stripTrailing().length() - 1;
    }
}
