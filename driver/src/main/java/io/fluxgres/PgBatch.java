package io.fluxgres;

import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Several executions that are sent together: of one statement with many rows of values, or of several statements. Cold: it is
 * executed once for each subscription.
 *
 * <p>By default a batch is atomic. It is one implicit transaction of the server, or a part of the one that is open: all of it
 * takes effect, or nothing and the error is a {@link PgBatchException} that tells which item failed. Statements that cannot
 * be executed within a transaction, such as VACUUM, need {@link #syncEach}.
 *
 * <p>A {@link PgQuery#timeout}, or the deadline of the connection, is that of the whole batch; if rows come from a publisher,
 * that of each group of rows that is sent; behind {@link #syncEach}, that of each item. What is late has the outcome of what
 * is cancelled. A {@link PgObserver} hears of as many queries as there are deadlines.
 *
 * <p>Items are encoded while the batch is being sent and take memory only then, however many they are. If a subscription is
 * cancelled, an atomic batch takes effect as a whole or not at all; a transaction that it was a part of may be aborted by
 * that.
 */
public interface PgBatch {

    /**
     * Returns the same batch with each item by itself: each is committed on its own unless a transaction is open, and an
     * item that fails neither undoes nor stops others. Errors are signalled when all items have been executed, the first of
     * them; {@link #outcomes} tells of each.
     */
    PgBatch syncEach();

    /**
     * Returns the same batch with a deadline, as {@link PgQuery#timeout} does.
     *
     * @throws PgUsageException if it is not positive
     */
    PgBatch timeout(Duration timeout);

    /** Returns the same batch for where there is no autocommit, as {@link PgQuery#beginning} does. */
    PgBatch beginning(PgTransactionOptions options);

    /** Returns the number of rows that all items together inserted, updated, deleted or merged. */
    Mono<Long> rowsUpdated();

    /**
     * Returns the number of rows that each item inserted, updated, deleted or merged, in the order of the items. No count of
     * an atomic batch is signalled before all items have succeeded.
     */
    Flux<Long> counts();

    /**
     * Returns what became of each item, in their order. That an item failed is a value then and no error; but if the rows
     * come from a publisher into one transaction, it is one. Of an atomic batch that fails, items that were not sent have no
     * outcome.
     */
    Flux<PgBatchOutcome> outcomes();

    /**
     * Returns the rows that the items return, as those of RETURNING, mapped, in the order of the items.
     *
     * @param mapper called as that of {@link PgQuery#map}. If it throws, an atomic batch takes effect as a whole or not at
     *     all, as if it was cancelled.
     */
    <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper);

    /**
     * Returns the results, one for each item, in the order of the items: see {@link PgQuery#execute}.
     *
     * <p>Those of an atomic batch succeed or fail together, when all items have been executed: the error that one of them
     * meets then is a {@link PgBatchException} which may name another item. If none of them was subscribed to, it is an
     * error of this publisher, and there are no results of items that were not executed.
     */
    Flux<PgResult> execute();
}
