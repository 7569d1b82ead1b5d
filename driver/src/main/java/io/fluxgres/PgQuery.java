package io.fluxgres;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
     * Returns the rows, mapped.
     *
     * @param mapper called on the event loop with a view that is valid only until it returns; must not block nor return
     *     null. If it throws, the rest of the result is discarded and the error is signalled.
     */
    <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper);

    /** Returns copies of the rows, which may be kept. */
    Flux<PgRow> rows();

    /**
     * Returns the number of rows that the statements inserted, updated, deleted, merged or copied, in all; 0 if they did
     * nothing of this kind. Rows that a query returns are discarded unread.
     */
    Mono<Long> rowsUpdated();
}
