package io.fluxgres.internal.session;

import io.fluxgres.PgBatch;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgRow;
import io.fluxgres.internal.session.BatchItems.Item;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An atomic batch whose items can be had at any time.
 *
 * @param <R> what an item is made of
 */
final class MemoryBatch<R> implements PgBatch {

    private final RequestScope scope;
    private final String sql;
    private final Iterable<? extends R> rows;
    private final Function<? super R, Item> binding;
    private final long firstIndex;

    /**
     * Creates a batch.
     *
     * @param sql what it executes, for messages and observers
     * @param binding makes an item when it is about to be written
     * @param firstIndex the index of the first item in the eyes of the user
     */
    MemoryBatch(
            RequestScope scope,
            String sql,
            Iterable<? extends R> rows,
            Function<? super R, Item> binding,
            long firstIndex) {
        this.scope = scope;
        this.sql = sql;
        this.rows = Objects.requireNonNull(rows, "rows");
        this.binding = binding;
        this.firstIndex = firstIndex;
    }

    /** Creates a batch of several statements. */
    static PgBatch ofStatements(RequestScope scope, String... sqls) {
        return new MemoryBatch<>(
                scope, String.join("; ", sqls), List.of(sqls), sql -> new Item(sql, BoundParameters.NONE), 0);
    }

    @Override
    public PgBatch syncEach() {
        return new SeparateBatch<R>(scope, Flux.fromIterable(rows), binding);
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Long> subscriber) {
                scope.start(new UpdateCountRequest(scope.session(), flight(), subscriber));
            }
        };
    }

    @Override
    public Flux<Long> counts() {
        return SeparateBatch.counts(outcomes());
    }

    @Override
    public Flux<PgBatchOutcome> outcomes() {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super PgBatchOutcome> subscriber) {
                scope.start(new BatchOutcomeRequest(scope.session(), flight(), firstIndex, subscriber));
            }
        };
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super T> subscriber) {
                scope.start(new RowRequest<>(scope.session(), flight(), mapper, subscriber));
            }
        };
    }

    private Flight flight() {
        return new BatchFlight(scope.session(), sql, new BatchItems(this::items), firstIndex);
    }

    private Iterator<Item> items() {
        return StreamSupport.stream(rows.spliterator(), false)
                .<Item>map(binding::apply)
                .iterator();
    }
}
