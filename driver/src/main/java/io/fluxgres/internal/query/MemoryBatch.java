package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.flight.BatchFlight;
import io.fluxgres.internal.flight.BatchItems;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An atomic batch whose items can be had at any time.
 *
 * @param <R> what an item is made of
 */
final class MemoryBatch<R> implements PgBatch, FlightPlan {

    /** Up to this length others may wait behind it. */
    private static final int SHORT_BYTES = 64 * 1024;

    private final QueryScope scope;
    private final String sql;
    private final Iterable<? extends R> rows;
    private final ItemBinding<? super R> binding;
    private final long firstIndex;

    /**
     * Creates a batch.
     *
     * @param sql what it executes, for messages and observers
     * @param firstIndex the index of the first item in the eyes of the user
     */
    MemoryBatch(
            QueryScope scope, String sql, Iterable<? extends R> rows, ItemBinding<? super R> binding, long firstIndex) {
        this.scope = scope;
        this.sql = sql;
        this.rows = Objects.requireNonNull(rows, "rows");
        this.binding = binding;
        this.firstIndex = firstIndex;
    }

    /** Creates a batch of several statements. */
    static PgBatch ofStatements(QueryScope scope, String... sqls) {
        for (String sql : Objects.requireNonNull(sqls, "sqls")) {
            Objects.requireNonNull(sql, "sql");
        }
        return new MemoryBatch<>(
                scope, String.join("; ", sqls), List.of(sqls), (sql, before) -> new BoundStatement(sql), 0);
    }

    @Override
    public PgBatch syncEach() {
        return scope.batch(session -> new SeparateBatch<R>(session, Flux.fromIterable(rows), binding));
    }

    @Override
    public PgBatch timeout(Duration timeout) {
        return new MemoryBatch<>(scope.withTimeout(Deadline.requirePositive(timeout)), sql, rows, binding, firstIndex);
    }

    @Override
    public PgBatch beginning(PgTransactionOptions options) {
        return new MemoryBatch<>(scope.beginning(options), sql, rows, binding, firstIndex);
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new UpdateCountCall(scope, this);
    }

    @Override
    public Flux<Long> counts() {
        return new BatchOutcomeCall(scope, this, firstIndex, true).map(PgBatchOutcome::rowsUpdated);
    }

    @Override
    public Flux<PgBatchOutcome> outcomes() {
        return new BatchOutcomeCall(scope, this, firstIndex, false);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        return new RowCall<>(scope, this, Objects.requireNonNull(mapper, "mapper"));
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

    /** What cannot be looked at twice may be of any length. */
    @Override
    public boolean isLong() {
        return !(rows instanceof Collection<?> known) || ItemSize.exceeds(known, SHORT_BYTES);
    }

    @Override
    public boolean isBatch() {
        return true;
    }

    @Override
    public Flight newFlight(Session session) {
        return new BatchFlight(session, sql, new BatchItems(this::items), firstIndex);
    }

    private Iterator<BoundStatement> items() {
        Iterator<? extends R> source = rows.iterator();
        return new Iterator<>() {

            private @Nullable BoundStatement before;

            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public BoundStatement next() {
                BoundStatement item = binding.bind(source.next(), before);
                before = item;
                return item;
            }
        };
    }
}
