package io.fluxgres;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A query and its parameters. Immutable: each call of {@code bind} returns another one. The publishers are cold: the query
 * is executed once for each subscription.
 *
 * <pre>{@code
 * Flux<Book> books = connection.query("select id, title from book where price < $1").bind(20)
 *     .map(row -> new Book(row.getLong(0), row.getString("title")));
 * }</pre>
 *
 * <p>SQL without parameters that contains several statements is executed by the simple query protocol, as one
 * transaction unless it says otherwise; the rows of all results follow each other. All other SQL is executed by the
 * extended query protocol.
 *
 * <p>Signals arrive on the connection's event loop, on which nothing may block. Rows arrive as they are requested;
 * completion and errors arrive when the server is ready for the next query, so an error that a constraint raises at commit
 * is not missed. Cancelling a subscription discards the rest of the result.
 */
public interface PgQuery {

    /**
     * Returns the query with values for {@code $1}, {@code $2} and so on.
     *
     * @param values the values; null is NULL, a {@link PgParameter} declares a type
     * @throws PgUsageException if there is no codec for the class of a value
     */
    PgQuery bind(@Nullable Object... values);

    /**
     * As {@link #bind(Object...)}, of a statement with one parameter; no array is made for it. What the compiler knows as an
     * array of objects is several values.
     */
    PgQuery bind(@Nullable Object value);

    /**
     * Returns the query with a fetch size: the server makes and sends so many rows at a time, the next ones when less than
     * half of them are left. So a query that is cancelled early costs little, and no more than one and a half times this
     * number of rows is on the way.
     *
     * <p>Inside a transaction other queries of the connection are executed between the parts of the result. (Not by
     * CockroachDB, which refuses them until the result has ended.) If the transaction ends before the result, the rows that
     * are missing are an error.
     *
     * <p>Outside a transaction nothing else is executed until the result has ended. Another query that waits makes the
     * driver fetch all the rest, and keep what is not requested yet. The statement goes on meanwhile, with its locks and its
     * snapshot, and the server's timeouts count the time that the subscriber takes.
     *
     * <p>It counts for the rows of SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE and MERGE; the last four change all
     * their rows at once. It does not count for several statements in one SQL text, for {@link #rowsUpdated}, for batches, nor
     * where {@link PgOption#QUERY_MODE} is {@link PgQueryMode#SIMPLE}.
     *
     * @param rows how many rows; 0 for all at once
     * @throws PgUsageException if the number is negative
     */
    PgQuery fetchSize(int rows);

    /**
     * Returns the query with a deadline, in place of {@link PgOption#STATEMENT_TIMEOUT}.
     *
     * <p>It runs from the subscription until the server has answered the whole query, and ends the subscriber at once with a
     * {@link PgTimeoutException}. A query that was not sent is withdrawn then. For one that was, the server is asked to
     * cancel the statement, in a transaction too, which is aborted by that; but only if no later query was sent behind it,
     * which the cancel could hit instead. A subscriber that does not request the rows lets the deadline pass, unless they
     * had to be read and kept because another query waits: behind the answer there is no deadline.
     *
     * @throws PgUsageException if it is not positive
     */
    PgQuery timeout(Duration timeout);

    /**
     * Returns the query as it is executed where there is no autocommit: unless a transaction is open when its turn comes, it
     * begins one, which stays open until {@link PgConnection#commit} or {@link PgConnection#rollback}.
     *
     * <p>BEGIN is sent with the query and costs no round trip; if it fails, the query is not executed. (It goes ahead of SQL
     * with several statements.)
     *
     * @param options how the transaction begins; only {@link PgConnection#inTransaction} can repeat one
     * @throws PgUsageException if it is the query of a client, which has no transactions but those of {@code inTransaction}
     */
    PgQuery beginning(PgTransactionOptions options);

    /**
     * Returns a batch that executes the query once for each row of values, as one: all of them take effect or none.
     *
     * <pre>{@code
     * Mono<Long> inserted = connection.query("insert into book values ($1, $2)")
     *     .bindAll(List.of(new Object[] {1, "Lem"}, new Object[] {2, "Borges"}))
     *     .rowsUpdated();
     * }</pre>
     *
     * @param rows the values as {@link #bind} takes them; iterated once for each subscription, on the event loop and as far
     *     as the batch has been sent, so it must not block
     */
    PgBatch bindAll(Iterable<? extends @Nullable Object[]> rows);

    /**
     * Returns a batch that executes the query once for each row of values that is published.
     *
     * <p>It is executed within the open transaction, or in one of its own, which is committed when the publisher completes
     * and rolled back if it, or the batch, fails or is cancelled. Nothing on the connection waits for the publisher: it may
     * query the same connection, and what it executes there belongs to the transaction too. Counts and rows come before the
     * transaction is committed, completion and {@code rowsUpdated()} behind it.
     *
     * @param rows the values as {@link #bind} takes them
     */
    PgBatch bindAll(Publisher<? extends @Nullable Object[]> rows);

    /**
     * Returns the query for a connection that serves nothing else while it is executed: a client takes one from its pool.
     * Useful where the SQL does not tell that its session matters, as that of a session's advisory lock. What it leaves in
     * the session is removed behind it (see {@link PgSessionReset}). A connection executes its queries on itself in any case,
     * and resets nothing.
     */
    PgQuery exclusive();

    /**
     * Returns the rows, mapped.
     *
     * @param mapper called on the event loop with a view that is valid only until it returns; must not block nor return
     *     null. If it throws, the rest of the result is discarded and the error is signalled.
     */
    <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper);

    /**
     * Returns the rows as records, as beans, or as the values of their only column.
     *
     * <p>Records and beans are made by the names of the columns: {@code published_at} is the column of
     * {@code publishedAt}. A record needs a column for each component; of a bean the public setters are called for those
     * columns that there are. Columns that nothing corresponds to are ignored. NULL for a primitive is a
     * {@link PgConversionException}.
     *
     * <pre>{@code
     * record Book(long id, String title, BigDecimal price) {}
     *
     * Flux<Book> books = client.query("select id, title, price from book").as(Book.class);
     * }</pre>
     *
     * <p>A class that a column is read as, such as {@code Long} or {@code String}, is made of the only column of the result; NULL
     * is a {@link PgConversionException} there, for no publisher holds null.
     *
     * @throws PgUsageException if the class is neither a record nor has it a constructor without parameters and a setter, or if
     *     its package is not open to the driver
     */
    <T> Flux<T> as(Class<T> type);

    /** Returns copies of the rows, which may be kept. */
    Flux<PgRow> rows();

    /**
     * Returns the results, one for each statement, in their order: rows, counts and notices, of several statements too.
     *
     * <pre>{@code
     * connection.query("call transfer($1, $2)").bind(1, 2).execute()
     *     .concatMap(result -> result.map(row -> row.getLong("balance")))
     * }</pre>
     *
     * <p>A result with rows is given when its first row has come, any other one when the server is ready for the next query:
     * what fails then, such as a deferred constraint, is an error of this publisher. (Behind several statements in one SQL
     * text, results without rows come earlier if the rows that follow do not fit into memory; their counts do not.) An error
     * that strikes a result which was subscribed to is signalled there, and only there.
     *
     * <p>To cancel, as {@code next()} does, means that no further result is wanted; those that were given stay.
     */
    Flux<PgResult> execute();

    /**
     * Returns the number of rows that the statements inserted, updated, deleted, merged or copied, in all; 0 if they did
     * nothing of this kind. Rows that a query returns are discarded unread.
     */
    Mono<Long> rowsUpdated();
}
