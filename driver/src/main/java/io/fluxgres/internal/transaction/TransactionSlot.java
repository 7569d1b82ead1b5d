package io.fluxgres.internal.transaction;

import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.session.Session;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The one place in a session for a transaction of {@link TransactionFlux}. May be used by any thread. */
public final class TransactionSlot {

    private final Session session;
    private final AtomicReference<@Nullable Transaction> taken = new AtomicReference<>();

    public TransactionSlot(Session session) {
        this.session = session;
    }

    /**
     * Takes the place for a new transaction.
     *
     * @throws PgUsageException if the session is in one already
     */
    Transaction open(PgTransactionOptions options) {
        Transaction transaction = new Transaction(session, options, this);
        // what the server said last of a connection that has ended is of no use: the statements fail with the end
        boolean open = session.wire().isActive() && !session.isIdle();
        if (open || !taken.compareAndSet(null, transaction)) {
            throw new PgUsageException("a transaction is open on this connection already; use a savepoint to nest");
        }
        return transaction;
    }

    /** Leaves the place to the next transaction. */
    void leave(Transaction transaction) {
        taken.compareAndSet(transaction, null);
    }
}
