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

/** A query of a session or of a client; what it executes is itself, so that an execution needs no object for its values. */
final class Query extends BoundStatement implements PgQuery, FlightPlan {

    /** What {@code bind(null)} means: the compiler passes it as an array that is null. */
    private static final @Nullable Object[] A_NULL = {null};

    private final QueryScope scope;
    private final int fetchSize;

    /** Creates a query without values. */
    Query(QueryScope scope, String sql, int fetchSize) {
        super(sql);
        this.scope = scope;
        this.fetchSize = fetchSize;
    }

    /** Creates a query of a statement with its values. */
    Query(QueryScope scope, BoundStatement statement, int fetchSize) {
        super(statement);
        this.scope = scope;
        this.fetchSize = fetchSize;
    }

    private Query(Query like, @Nullable Object[] values) {
        super(like, values, like.scope.codecs());
        this.scope = like.scope;
        this.fetchSize = like.fetchSize;
    }

    private Query(Query like, @Nullable Object value) {
        super(like, value, like.scope.codecs());
        this.scope = like.scope;
        this.fetchSize = like.fetchSize;
    }

    @Override
    public PgQuery bind(@Nullable Object... values) {
        return new Query(this, values == null ? A_NULL : values);
    }

    @Override
    public PgQuery bind(@Nullable Object value) {
        return new Query(this, value);
    }

    @Override
    public PgBatch bindAll(Iterable<? extends @Nullable Object[]> rows) {
        return new MemoryBatch<>(scope, sql(), rows, this::item, 0);
    }

    @Override
    public PgBatch bindAll(Publisher<? extends @Nullable Object[]> rows) {
        Objects.requireNonNull(rows, "rows");
        return scope.batch(session -> new PublishedBatch(session, sql(), rows, this::item));
    }

    private BoundStatement item(@Nullable Object[] values, @Nullable BoundStatement before) {
        return (before == null ? this : before).with(values, scope.codecs());
    }

    @Override
    public PgQuery fetchSize(int rows) {
        if (rows < 0) {
            throw new PgUsageException("a fetch size of " + rows + " rows is negative");
        }
        return new Query(scope, this, rows);
    }

    @Override
    public PgQuery timeout(Duration deadline) {
        return new Query(scope.withTimeout(Deadline.requirePositive(deadline)), this, fetchSize);
    }

    @Override
    public PgQuery beginning(PgTransactionOptions options) {
        return new Query(scope.beginning(options), this, fetchSize);
    }

    @Override
    public PgQuery exclusive() {
        return new Query(scope.exclusive(), this, fetchSize);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        return new RowCall<>(scope, this, Objects.requireNonNull(mapper, "mapper"));
    }

    @Override
    public <T> Flux<T> as(Class<T> type) {
        Objects.requireNonNull(type, "type");
        return map(SingleColumn.isMappable(type) ? new SingleColumn<>(type) : RowMapping.of(type));
    }

    @Override
    public Flux<PgRow> rows() {
        return map(row -> ((RowView) row).copy());
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new UpdateCountCall(scope, fetchSize == 0 ? this : new Query(scope, this, 0));
    }

    @Override
    public Flux<PgResult> execute() {
        return new ResultCall(scope, this);
    }

    /** Returns how many rows are fetched at once, 0 for all. */
    int fetchSize() {
        return fetchSize;
    }

    // ---- the plan

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
        return new StatementFlight(session, this);
    }
}
