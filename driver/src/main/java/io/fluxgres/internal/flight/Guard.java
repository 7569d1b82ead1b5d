package io.fluxgres.internal.flight;

import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.PrefixState;
import io.fluxgres.internal.session.Session;
import java.util.List;
import java.util.stream.Stream;

/**
 * The savepoint that was written in front of a request, which the server may not know, and what another attempt begins with.
 * Confined to the event loop.
 */
final class Guard {

    private final Session session;
    private final PrefixState state;
    /** What opened the transaction in front of the savepoint; empty if it was open. */
    private final List<String> opening;

    private boolean refused;

    Guard(Session session, PrefixState state, List<String> opening) {
        this.session = session;
        this.state = state;
        this.opening = opening;
    }

    /** Learns from the error of the request whether the server knows savepoints. */
    void onError(ErrorFields error) {
        boolean unknown = error.sqlState().equals("0A000") || error.sqlState().equals("42601");
        if (unknown && state.hasFailedInLast()) {
            refused = true;
            session.statements().savepoint().onRefused();
        }
    }

    /** Whether the server has refused the savepoint, and what it has aborted by that can be begun once more. */
    boolean isDispensable() {
        return refused && (!opening.isEmpty() || session.server().status().status() != PgTransactionStatus.FAILED);
    }

    /**
     * Returns what goes in front of another attempt: back to the savepoint; or, if there was none and the transaction began
     * here, its beginning once more.
     */
    List<String> ofAnother() {
        if (!refused) {
            return List.of(TransactionSql.UNDO);
        }
        return opening.isEmpty()
                ? List.of()
                : Stream.concat(Stream.of(TransactionSql.ROLLBACK), opening.stream())
                        .toList();
    }
}
