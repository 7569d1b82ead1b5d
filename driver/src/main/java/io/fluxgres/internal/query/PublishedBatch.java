package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgBatchException;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.PgException;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.flight.TransactionSql;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.transaction.TransactionControl;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A batch whose rows are published while it is executed. No group may stay open while the publisher is waited for, for
 * nothing else could be executed on the connection, not even what the publisher itself waits for. So the rows go in chunks,
 * each an atomic batch, within one transaction: the caller's, or one of the batch's own.
 */
final class PublishedBatch implements PgBatch {

    /** A chunk has at most so many rows. */
    private static final int CHUNK_ROWS = 1000;

    /** No row is added to a chunk of so many bytes, as far as the values tell. */
    private static final int CHUNK_BYTES = 256 * 1024;

    private final RequestScope scope;
    private final String sql;
    private final Publisher<? extends @Nullable Object[]> rows;
    private final ItemBinding<@Nullable Object[]> binding;

    /**
     * Creates a batch.
     *
     * @param sql what it executes, for messages and observers
     */
    PublishedBatch(
            RequestScope scope,
            String sql,
            Publisher<? extends @Nullable Object[]> rows,
            ItemBinding<@Nullable Object[]> binding) {
        this.scope = scope;
        this.sql = sql;
        this.rows = Objects.requireNonNull(rows, "rows");
        this.binding = binding;
    }

    @Override
    public PgBatch syncEach() {
        return new SeparateBatch<@Nullable Object[]>(scope, rows, binding);
    }

    @Override
    public PgBatch timeout(Duration timeout) {
        return new PublishedBatch(scope.withTimeout(Deadline.requirePositive(timeout)), sql, rows, binding);
    }

    @Override
    public PgBatch beginning(PgTransactionOptions options) {
        return new PublishedBatch(scope.beginning(options), sql, rows, binding);
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return execute(MemoryBatch::rowsUpdated).reduce(0L, Long::sum);
    }

    @Override
    public Flux<Long> counts() {
        return execute(MemoryBatch::counts);
    }

    @Override
    public Flux<PgBatchOutcome> outcomes() {
        return counts().index((index, count) -> new PgBatchOutcome(index, Status.DONE, count, null));
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return execute(chunk -> chunk.<T>map(mapper));
    }

    @Override
    public Flux<PgResult> execute() {
        return execute(MemoryBatch::execute);
    }

    private <T> Flux<T> execute(Function<MemoryBatch<@Nullable Object[]>, Publisher<T>> execution) {
        return scope.transaction() != null || scope.opening() != null ? chunks(execution) : enclosed(chunks(execution));
    }

    private <T> Flux<T> enclosed(Flux<T> chunks) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> new Enclosure(scope.session())),
                enclosure -> enclosure
                        .begin()
                        .thenMany(chunks)
                        .concatWith(enclosure.commit().then(Mono.empty())),
                enclosure -> Mono.empty(),
                (enclosure, failure) -> enclosure.rollback(),
                Enclosure::rollbackBehindCancel);
    }

    private <T> Flux<T> chunks(Function<MemoryBatch<@Nullable Object[]>, Publisher<T>> execution) {
        return Flux.defer(() -> {
            long[] taken = {0};
            return Flux.<@Nullable Object[]>from(rows)
                    .bufferUntil(new ChunkEnd())
                    .concatMap(
                            chunk -> {
                                long firstIndex = taken[0];
                                taken[0] += chunk.size();
                                return execution.apply(new MemoryBatch<>(scope, sql, chunk, binding, firstIndex));
                            },
                            1);
        });
    }

    /** Whether a row is the last of its chunk. Used by one subscription. */
    private static final class ChunkEnd implements Predicate<@Nullable Object[]> {

        private int rows;
        private long bytes;

        @Override
        public boolean test(@Nullable Object[] row) {
            rows++;
            bytes += ItemSize.of(row);
            boolean last = rows == CHUNK_ROWS || bytes >= CHUNK_BYTES;
            if (last) {
                rows = 0;
                bytes = 0;
            }
            return last;
        }
    }

    /** The transaction around the chunks; its own unless one is open. */
    private static final class Enclosure {

        private final Session session;
        private final TransactionControl control;
        private volatile boolean begun;

        Enclosure(Session session) {
            this.session = session;
            this.control = new TransactionControl(session);
        }

        /** Decides when its turn comes, behind the answers to what the caller executed before. */
        Mono<Void> begin() {
            return ControlRequest.execution(session, Command.BEGIN, () -> {
                begun = session.isIdle();
                return begun ? TransactionSql.begin(PgTransactionOptions.defaults()) : null;
            });
        }

        Mono<Void> commit() {
            return Mono.defer(() -> begun ? control.commit() : Mono.empty())
                    .onErrorMap(
                            SeparateBatch::leavesConnectionUsable,
                            failure -> PgBatchException.atCommit((PgException) failure));
        }

        /** What undid the batch is the error that counts; if the connection is lost the server rolls back by itself. */
        Mono<Void> rollback() {
            return Mono.defer(() -> begun ? control.rollback() : Mono.empty()).onErrorComplete();
        }

        /** Decides on the event loop, for BEGIN may be about to be written there. */
        Mono<Void> rollbackBehindCancel() {
            return Mono.fromRunnable(
                    () -> session.wire().execute(() -> rollback().subscribe()));
        }
    }
}
