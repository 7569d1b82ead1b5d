package io.fluxgres.internal.session;

import io.fluxgres.PgBatch;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Queries of a session.
 *
 * @param transaction what they are part of, null if only the order of the requests decides that
 * @param timeout how long each may take from its subscription on, null for no bound
 */
record RequestScope(
        Session session,
        @Nullable Transaction transaction,
        @Nullable Duration timeout) implements QueryScope {

    @Override
    public SessionCodecs codecs() {
        return session.codecs();
    }

    @Override
    public RequestScope withTimeout(Duration bound) {
        return new RequestScope(session, transaction, bound);
    }

    @Override
    public RequestScope exclusive() {
        return this;
    }

    @Override
    public <T> void execute(QueryCall<T> call, CoreSubscriber<? super T> subscriber) {
        session.start(call.newRequest(session, subscriber), transaction, timeout, 0);
    }

    @Override
    public PgBatch batch(Function<RequestScope, PgBatch> batch) {
        return batch.apply(this);
    }
}
