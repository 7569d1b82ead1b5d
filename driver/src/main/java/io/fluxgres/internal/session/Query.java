package io.fluxgres.internal.session;

import io.fluxgres.PgQuery;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A query of a session. */
final class Query implements PgQuery {

    /** What {@code bind(null)} means: the compiler passes it as an array that is null. */
    private static final @Nullable Object[] A_NULL = {null};

    private final Session session;
    private final String sql;
    private final BoundParameters parameters;
    private final int fetchSize;
    private final @Nullable Transaction transaction;
    private final @Nullable Duration timeout;

    /**
     * Makes a query.
     *
     * @param transaction what it is part of, null if only the order of the requests decides that
     * @param timeout how long it may take from its subscription on, null for no bound
     */
    Query(
            Session session,
            String sql,
            BoundParameters parameters,
            int fetchSize,
            @Nullable Transaction transaction,
            @Nullable Duration timeout) {
        this.session = session;
        this.sql = Objects.requireNonNull(sql, "sql");
        this.parameters = parameters;
        this.fetchSize = fetchSize;
        this.transaction = transaction;
        this.timeout = timeout;
    }

    @Override
    public PgQuery bind(@Nullable Object... values) {
        @Nullable Object[] given = values == null ? A_NULL : values;
        return new Query(session, sql, BoundParameters.of(given, session.codecs()), fetchSize, transaction, timeout);
    }

    @Override
    public PgQuery fetchSize(int rows) {
        if (rows < 0) {
            throw new PgUsageException("a fetch size of " + rows + " rows is negative");
        }
        return new Query(session, sql, parameters, rows, transaction, timeout);
    }

    @Override
    public PgQuery timeout(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new PgUsageException("the timeout of a query must be positive");
        }
        return new Query(session, sql, parameters, fetchSize, transaction, deadline);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super T> subscriber) {
                start(new RowRequest<>(session, sql, parameters, fetchSize, mapper, subscriber));
            }
        };
    }

    @Override
    public Flux<PgRow> rows() {
        return map(row -> ((RowView) row).copy());
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Long> subscriber) {
                start(new UpdateCountRequest(session, sql, parameters, subscriber));
            }
        };
    }

    private void start(Request<?> request) {
        session.start(request, transaction, timeout);
    }
}
