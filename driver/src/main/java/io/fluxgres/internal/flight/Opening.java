package io.fluxgres.internal.flight;

import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.session.SessionIsolation;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that open a transaction: BEGIN, the question for its isolation level, and the savepoint that CockroachDB
 * wants.
 *
 * @param statements in their order
 * @param asks whether the second one is the question
 */
public record Opening(List<String> statements, boolean asks) {

    /** The index of the question. */
    static final int QUESTION = 1;

    /** Of a transaction that is open. */
    public static final Opening NONE = new Opening(List.of(), false);

    /**
     * Returns the statements that are sent now, and takes note of the level with which the transaction begins.
     *
     * @param mayRestart whether the savepoint is of use, for the driver repeats the transaction
     */
    public static Opening of(SessionIsolation isolation, PgTransactionOptions options, boolean mayRestart) {
        PgIsolation set = isolation.ofSession();
        // said once more, for behind a pooler the server may be another than the one that it was set on
        PgTransactionOptions modes = options.isolation() == null && set != null ? options.withIsolation(set) : options;
        boolean asks = options.isIsolationAsked() && modes.isolation() == null;
        List<String> statements = new ArrayList<>(3);
        statements.add(TransactionSql.begin(modes));
        if (asks) {
            statements.add(TransactionSql.SHOW_ISOLATION);
        }
        if (mayRestart && options.cockroachRestart()) {
            statements.add(TransactionSql.savepoint(TransactionSql.COCKROACH_RESTART));
        }
        isolation.onBegin(modes.isolation());
        return new Opening(statements, asks);
    }

    /** Returns them as one SQL text, of which each is executed only if those in front of it succeed. */
    public String sql() {
        return String.join("; ", statements);
    }
}
