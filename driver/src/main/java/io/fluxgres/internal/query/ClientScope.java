package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgQuery;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.statement.SessionCodecs;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Queries of a client.
 *
 * @param router finds a session for each of them
 * @param exclusively finds one that serves nothing else meanwhile
 * @param isExclusive whether the caller wants that
 * @param fetchSize of queries that do not say
 * @param timeout of queries that do not say, null for none
 */
public record ClientScope(
        SessionCodecs codecs,
        CallRouter router,
        CallRouter exclusively,
        boolean isExclusive,
        int fetchSize,
        @Nullable Duration timeout)
        implements QueryScope {

    /** Returns a query without parameters. */
    public PgQuery query(String sql) {
        return new Query(this, new BoundStatement(sql), fetchSize);
    }

    /** Returns a batch of several statements. */
    public PgBatch batch(String... sqls) {
        return MemoryBatch.ofStatements(this, sqls);
    }

    @Override
    public ClientScope withTimeout(Duration bound) {
        return new ClientScope(codecs, router, exclusively, isExclusive, fetchSize, bound);
    }

    @Override
    public ClientScope exclusive() {
        return new ClientScope(codecs, exclusively, exclusively, true, fetchSize, timeout);
    }

    @Override
    public ClientScope beginning(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        throw noTransaction();
    }

    static PgUsageException noTransaction() {
        return new PgUsageException(
                "a client's query cannot leave a transaction open; use inTransaction or a connection");
    }

    @Override
    public <T> void execute(QueryCall<T> call, CoreSubscriber<? super T> subscriber) {
        router.route(call, subscriber);
    }

    @Override
    public PgBatch batch(Function<RequestScope, PgBatch> batch) {
        return new LentBatch(exclusively, session -> {
            if (isExclusive) {
                session.onExclusiveUse();
            }
            return batch.apply(new RequestScope(session, null, null, timeout));
        });
    }
}
