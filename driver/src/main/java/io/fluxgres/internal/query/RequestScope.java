package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.SessionCodecs;
import io.fluxgres.internal.transaction.Transaction;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Queries of a session.
 *
 * @param transaction what they are part of, null if only the order of the requests decides that
 * @param opening how each begins a transaction if none is open then, null if it does not
 * @param timeout how long each may take from its subscription on, null for no bound
 */
record RequestScope(
        Session session,
        @Nullable Transaction transaction,
        @Nullable PgTransactionOptions opening,
        @Nullable Duration timeout)
        implements QueryScope {

    @Override
    public SessionCodecs codecs() {
        return session.codecs();
    }

    @Override
    public RequestScope withTimeout(Duration bound) {
        return new RequestScope(session, transaction, opening, bound);
    }

    @Override
    public RequestScope exclusive() {
        return this;
    }

    /** They have the session of their user, who sees to it. */
    @Override
    public boolean isExclusive() {
        return false;
    }

    /** Within a transaction it is open in any case. */
    @Override
    public RequestScope beginning(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        return transaction != null ? this : new RequestScope(session, null, options, timeout);
    }

    @Override
    public <T> void execute(QueryCall<T> call, CoreSubscriber<? super T> subscriber) {
        Transaction joined = opening == null ? transaction : Transaction.unlessOpen(session, opening);
        call.newRequest(session, subscriber).start(joined, timeout, 0);
    }

    @Override
    public PgBatch batch(Function<RequestScope, PgBatch> batch) {
        return batch.apply(this);
    }
}
