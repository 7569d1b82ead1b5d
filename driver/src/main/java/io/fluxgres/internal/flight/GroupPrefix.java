package io.fluxgres.internal.flight;

import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.Parameters;
import io.fluxgres.internal.protocol.PrefixState;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.statement.SqlText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes in front of a request in its Sync group: the Close messages that are due, the statements that open the
 * transaction whose first request it is, and the savepoint behind which the types of values are tried. The server skips the
 * request if one of them fails.
 *
 * <p>Used once, on the event loop.
 */
final class GroupPrefix {

    private static final int TEXT = 0;

    private final Session session;
    private final @Nullable TransactionStart transaction;
    private boolean beginsTransaction;
    private List<String> statements;
    private final boolean asksIsolation;
    private boolean guarded;
    private int closes;
    private @Nullable PrefixState state;
    private @Nullable Guard guard;

    /**
     * Decides what goes in front.
     *
     * @param transaction what the request is part of, null if only the order of the requests decides that
     * @throws io.fluxgres.PgException if the transaction is not open any more or cannot begin
     */
    GroupPrefix(Session session, @Nullable TransactionStart transaction) {
        this.session = session;
        this.transaction = transaction;
        Opening opening = transaction == null ? Opening.NONE : transaction.opening();
        this.statements = opening.statements();
        this.asksIsolation = opening.asks();
        this.beginsTransaction = !statements.isEmpty();
    }

    /** Whether the transaction is to begin. */
    boolean beginsTransaction() {
        return beginsTransaction;
    }

    /** Adds a savepoint if the server may refuse the types of values, which would abort the transaction. */
    void guard(BoundStatement statement) {
        guarded = (beginsTransaction || session.isInTransaction())
                && session.statements().areTypesUntried(statement)
                && !session.statements().savepoint().isRefused()
                && SqlText.of(statement.sql()).cacheable();
        if (guarded) {
            add(TransactionSql.GUARD);
        }
    }

    /** Whether there is a savepoint to go back to. */
    boolean isGuarded() {
        return guarded;
    }

    /** Adds what another attempt of a guarded one begins with. */
    void again(List<String> statementsInFront) {
        statementsInFront.forEach(this::add);
        beginsTransaction = statementsInFront.size() > 1;
        guarded = statementsInFront.contains(TransactionSql.UNDO);
    }

    /** Returns the savepoint that was written, null if there is none. */
    @Nullable Guard guard() {
        return guard;
    }

    /** Returns what opens the transaction: without the savepoint, and the question that is answered in front of it. */
    private List<String> opening() {
        return statements.subList(0, statements.size() - 1).stream()
                .filter(statement -> !statement.equals(TransactionSql.SHOW_ISOLATION))
                .toList();
    }

    /** Copies the list, for most requests have nothing in front of them and share an empty one. */
    private void add(String statement) {
        statements = new ArrayList<>(statements);
        statements.add(statement);
    }

    /** Writes it and returns the number of CloseComplete messages that are left to the state of the request. */
    int write(FrontendWriter out) {
        closes = session.statements().writeCloses(out);
        for (int i = 0; i < statements.size(); i++) {
            out.parse(Name.UNNAMED, statements.get(i), Parameters.NONE);
            out.bind(Name.UNNAMED, Name.UNNAMED, Parameters.NONE, TEXT);
            out.execute(Name.UNNAMED, 0);
        }
        return statements.isEmpty() ? closes : 0;
    }

    /** The request was written behind it: returns the state of the answers to both. */
    BackendState inFrontOf(BackendState request) {
        session.statements().closesWritten(closes);
        if (transaction != null && beginsTransaction) {
            transaction.onBeginWritten();
        }
        if (statements.isEmpty()) {
            return request;
        }
        PrefixState prefixed = asksIsolation
                ? new PrefixState(closes, statements.size(), request, Opening.QUESTION, session.isolation()::onTold)
                : new PrefixState(closes, statements.size(), request);
        state = prefixed;
        if (guarded) {
            guard = new Guard(session, prefixed, beginsTransaction ? opening() : List.of());
        }
        return prefixed;
    }

    /** Whether nothing but Close is in front. */
    boolean isEmpty() {
        return statements.isEmpty();
    }

    /** Whether one of the statements has failed, so that the error is not of the request. */
    boolean hasFailed() {
        return state != null && state.hasFailed();
    }
}
