package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgQuery;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.row.RowMapping;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.row.SingleColumn;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.statement.BoundStatement;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A query of a session or of a client: where to execute which plan. It is the plan itself, so that an execution needs no object for that. */
final class Query extends StatementPlan implements PgQuery {

    /** What {@code bind(null)} means: the compiler passes it as an array that is null. */
    private static final @Nullable Object[] A_NULL = {null};

    private final QueryScope scope;

    Query(QueryScope scope, BoundStatement statement, int fetchSize) {
        super(statement, fetchSize);
        this.scope = scope;
    }

    @Override
    public PgQuery bind(@Nullable Object... values) {
        return new Query(scope, statement().with(values == null ? A_NULL : values, scope.codecs()), rowsAtOnce());
    }

    @Override
    public PgQuery bind(@Nullable Object value) {
        return new Query(scope, statement().withOne(value, scope.codecs()), rowsAtOnce());
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
        return (before == null ? statement() : before).with(values, scope.codecs());
    }

    @Override
    public PgQuery fetchSize(int rows) {
        if (rows < 0) {
            throw new PgUsageException("a fetch size of " + rows + " rows is negative");
        }
        return new Query(scope, statement(), rows);
    }

    @Override
    public PgQuery timeout(Duration deadline) {
        return new Query(scope.withTimeout(Deadline.requirePositive(deadline)), statement(), rowsAtOnce());
    }

    @Override
    public PgQuery beginning(PgTransactionOptions options) {
        return new Query(scope.beginning(options), statement(), rowsAtOnce());
    }

    @Override
    public PgQuery exclusive() {
        return new Query(scope.exclusive(), statement(), rowsAtOnce());
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
        return new UpdateCountCall(scope, rowsAtOnce() == 0 ? this : new Query(scope, statement(), 0));
    }

    @Override
    public Flux<PgResult> execute() {
        return new ResultCall(scope, this);
    }
}
