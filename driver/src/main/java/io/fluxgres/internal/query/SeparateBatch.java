package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgBatchException;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.session.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A batch of which each item has a Sync of its own: each is a query as any other, and the pipeline sends them together.
 *
 * @param <R> what an item is made of
 */
final class SeparateBatch<R> implements PgBatch {

    /** How many queries are handed to the pipeline at once, as many as it holds by default. */
    private static final int CONCURRENCY = 256;

    private final RequestScope scope;
    private final Publisher<? extends R> rows;
    private final ItemBinding<? super R> binding;

    SeparateBatch(RequestScope scope, Publisher<? extends R> rows, ItemBinding<? super R> binding) {
        this.scope = scope;
        this.rows = rows;
        this.binding = binding;
    }

    @Override
    public PgBatch syncEach() {
        return this;
    }

    @Override
    public PgBatch timeout(Duration timeout) {
        return new SeparateBatch<R>(scope.withTimeout(Deadline.requirePositive(timeout)), rows, binding);
    }

    @Override
    public PgBatch beginning(PgTransactionOptions options) {
        return new SeparateBatch<R>(scope.beginning(options), rows, binding);
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return counts().reduce(0L, Long::sum);
    }

    @Override
    public Flux<Long> counts() {
        return Flux.defer(() -> {
            AtomicReference<@Nullable PgBatchException> first = new AtomicReference<>();
            return Flux.<R>from(rows)
                    .index()
                    .flatMapSequential(
                            row -> Mono.defer(() -> rowsUpdated(row.getT2()))
                                    .map(count -> new PgBatchOutcome(row.getT1(), Status.DONE, count, null))
                                    // here, for what waits behind it would keep the failure until it is requested
                                    .filter(outcome -> isInFrontOf(first.get(), outcome))
                                    .onErrorResume(SeparateBatch::leavesConnectionUsable, failure -> {
                                        keepFirst(first, ofItem(row.getT1(), failure));
                                        return Mono.empty();
                                    }),
                            CONCURRENCY)
                    .map(PgBatchOutcome::rowsUpdated)
                    .concatWith(failure(first));
        });
    }

    /** Keeps the failure of the first item, which need not be the first to be told. */
    private static void keepFirst(AtomicReference<@Nullable PgBatchException> first, PgBatchException failure) {
        first.accumulateAndGet(
                failure, (known, other) -> known != null && known.index() < failure.index() ? known : other);
    }

    private static boolean isInFrontOf(@Nullable PgBatchException failure, PgBatchOutcome outcome) {
        return failure == null || outcome.index() < failure.index();
    }

    private static <T> Mono<T> failure(AtomicReference<@Nullable PgBatchException> first) {
        return Mono.fromRunnable(() -> {
            PgException failure = first.get();
            if (failure != null) {
                throw failure;
            }
        });
    }

    @Override
    public Flux<PgBatchOutcome> outcomes() {
        return Flux.<R>from(rows).index().flatMapSequential(row -> outcome(row.getT1(), row.getT2()), CONCURRENCY);
    }

    private Mono<PgBatchOutcome> outcome(long index, R row) {
        return Mono.defer(() -> rowsUpdated(row))
                .map(count -> new PgBatchOutcome(index, Status.DONE, count, null))
                .onErrorResume(
                        SeparateBatch::leavesConnectionUsable,
                        failure -> Mono.just(new PgBatchOutcome(index, Status.FAILED, 0, ofItem(index, failure))));
    }

    private Mono<Long> rowsUpdated(R row) {
        return new UpdateCountCall(scope, plan(row));
    }

    private FlightPlan plan(R row) {
        return new StatementPlan(binding.bind(row, null), 0);
    }

    private static PgBatchException ofItem(long index, Throwable failure) {
        return PgBatchException.ofItem(index, (PgException) failure);
    }

    static boolean leavesConnectionUsable(Throwable failure) {
        return failure instanceof PgException
                && !(failure instanceof PgConnectionException)
                && !(failure instanceof PgProtocolException);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return flatMap(plan -> new RowCall<>(scope, plan, mapper));
    }

    /** An error of a result that was subscribed to is signalled there, and tells of no index. */
    @Override
    public Flux<PgResult> execute() {
        return flatMap(plan -> new ResultCall(scope, plan));
    }

    private <T> Flux<T> flatMap(Function<FlightPlan, Flux<T>> execution) {
        return Flux.defer(() -> {
            AtomicReference<@Nullable PgBatchException> first = new AtomicReference<>();
            return Flux.<R>from(rows)
                    .index()
                    .flatMapSequential(
                            row -> Flux.defer(() -> execution.apply(plan(row.getT2())))
                                    .onErrorResume(SeparateBatch::leavesConnectionUsable, failure -> {
                                        keepFirst(first, ofItem(row.getT1(), failure));
                                        return Flux.empty();
                                    }),
                            CONCURRENCY)
                    .concatWith(failure(first));
        });
    }
}
