package io.fluxgres;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The result of one statement, as {@link PgQuery#execute} gives it. It may be consumed once, by one of {@link #map},
 * {@link #rows} and {@link #rowsUpdated}; a second subscriber gets an {@link IllegalStateException}.
 *
 * <p>It owns its rows, whatever becomes of the publisher that gave it. Until somebody subscribes they wait on the wire, or
 * in memory if another query needs the connection. If there are too many of them for that, if the connection is closed, or
 * if a rollback is asked for, the result fails with a {@link PgBackpressureException} or another exception that says why,
 * which a later subscriber gets too.
 *
 * <p>Completion, counts and errors come when the server is ready for the next query. Only where several statements were
 * sent in one SQL text and the rows of a later one do not fit into memory, the rows of an earlier one complete before.
 */
public interface PgResult {

    /** Returns the columns of the rows; empty if the statement returns none. */
    List<PgColumn> columns();

    /** Returns the rows, mapped: see {@link PgQuery#map}. */
    <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper);

    /** Returns copies of the rows, which may be kept. */
    Flux<PgRow> rows();

    /**
     * Returns the number of rows that the statement inserted, updated, deleted, merged or copied; 0 if it did nothing of this
     * kind. Rows that it returns are discarded.
     */
    Mono<Long> rowsUpdated();

    /** Returns the words of the command tag, such as {@code INSERT} or {@code CREATE TABLE}; null before the completion. */
    @Nullable String command();

    /**
     * Returns what {@link #rowsUpdated} does, for whoever has consumed the rows; -1 before the completion, and if it is not
     * a statement that changes rows.
     */
    long updateCount();

    /**
     * Returns the notices and warnings that the server has sent so far while it executed the statement: the first 1000, and
     * no more than have 256 Ki characters together. {@link PgConnection#notices} gives all.
     */
    List<PgNotice> notices();

    /** Returns how many notices the server has sent so far, kept or not. */
    long noticeCount();
}
