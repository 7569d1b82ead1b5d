package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.statement.SessionCodecs;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** Where queries are executed: a session, a transaction on one, or a client that chooses a session for each. */
interface QueryScope {

    /** Returns the codecs that values are bound with. */
    SessionCodecs codecs();

    /** Returns how long each query may take from its subscription on, null for no bound. */
    @Nullable Duration timeout();

    QueryScope withTimeout(Duration bound);

    /** Returns the scope of queries that want a session for themselves. */
    QueryScope exclusive();

    /** Whether they do. */
    boolean isExclusive();

    /** Returns the scope of queries that begin a transaction unless one is open. */
    QueryScope beginning(PgTransactionOptions options);

    /** Executes a query for a subscriber. */
    <T> void execute(QueryCall<T> call, CoreSubscriber<? super T> subscriber);

    /** Returns a batch of several requests, which need the same session. */
    PgBatch batch(Function<RequestScope, PgBatch> batch);
}
