package io.fluxgres.internal.session;

import io.fluxgres.PgBatch;
import io.fluxgres.PgQuery;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A query of a session or of a client. */
final class Query implements PgQuery, FlightPlan {

    /** What {@code bind(null)} means: the compiler passes it as an array that is null. */
    private static final @Nullable Object[] A_NULL = {null};

    private final QueryScope scope;
    private final String sql;
    private final BoundParameters parameters;
    private final int fetchSize;

    Query(QueryScope scope, String sql, BoundParameters parameters, int fetchSize) {
        this.scope = scope;
        this.sql = Objects.requireNonNull(sql, "sql");
        this.parameters = parameters;
        this.fetchSize = fetchSize;
    }

    @Override
    public PgQuery bind(@Nullable Object... values) {
        @Nullable Object[] given = values == null ? A_NULL : values;
        return new Query(scope, sql, bound(given), fetchSize);
    }

    private BoundParameters bound(@Nullable Object[] values) {
        return BoundParameters.of(values, scope.codecs());
    }

    @Override
    public PgBatch bindAll(Iterable<? extends @Nullable Object[]> rows) {
        return new MemoryBatch<>(scope, sql, rows, this::item, 0);
    }

    @Override
    public PgBatch bindAll(Publisher<? extends @Nullable Object[]> rows) {
        Objects.requireNonNull(rows, "rows");
        return scope.batch(session -> new PublishedBatch(session, sql, rows, this::item));
    }

    private BatchItems.Item item(@Nullable Object[] values) {
        return new BatchItems.Item(sql, bound(values));
    }

    @Override
    public PgQuery fetchSize(int rows) {
        if (rows < 0) {
            throw new PgUsageException("a fetch size of " + rows + " rows is negative");
        }
        return new Query(scope, sql, parameters, rows);
    }

    @Override
    public PgQuery timeout(Duration deadline) {
        return new Query(scope.withTimeout(Deadline.requirePositive(deadline)), sql, parameters, fetchSize);
    }

    @Override
    public PgQuery beginning(PgTransactionOptions options) {
        return new Query(scope.beginning(options), sql, parameters, fetchSize);
    }

    @Override
    public PgQuery exclusive() {
        return new Query(scope.exclusive(), sql, parameters, fetchSize);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        return new RowCall<>(scope, this, Objects.requireNonNull(mapper, "mapper"));
    }

    @Override
    public <T> Flux<T> as(Class<T> type) {
        return map(RowMapping.of(type));
    }

    @Override
    public Flux<PgRow> rows() {
        return map(row -> ((RowView) row).copy());
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new UpdateCountCall(scope, fetchSize == 0 ? this : new Query(scope, sql, parameters, 0));
    }

    @Override
    public Flux<PgResult> execute() {
        return new ResultCall(scope, this);
    }

    // ---- the plan

    @Override
    public String sql() {
        return sql;
    }

    @Override
    public boolean isLong() {
        return fetchSize > 0;
    }

    @Override
    public boolean isBatch() {
        return false;
    }

    @Override
    public Flight newFlight(Session session) {
        return new StatementFlight(session, sql, parameters, fetchSize);
    }
}
