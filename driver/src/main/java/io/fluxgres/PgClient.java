package io.fluxgres;

import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The entry point: executes statements and transactions on connections of its own, and makes connections, to one database.
 * Connects when it is used for the first time. May be used by any thread; a program needs one for a database.
 *
 * <pre>{@code
 * PgClient client = PgClient.create("postgresql://app@localhost/shop");
 * Flux<Book> books = client.query("select id, title, price from book where price < $1").bind(20).as(Book.class);
 * }</pre>
 *
 * <p>A few connections are shared: single statements are sent on them one behind the other, without waiting for answers.
 * Their order is not defined, unless one is subscribed to when another has completed. A statement that takes long or whose
 * rows are not requested delays none that comes later: those go to another connection.
 *
 * <p>Shared are statements that begin with SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, WITH, SHOW or EXPLAIN. A
 * function that such a statement calls must not rely on its session, nor change it: what {@code set_config} sets and
 * {@code pg_advisory_lock} locks would be another's too. {@link PgQuery#exclusive} asks for a connection of the statement's
 * own. All other statements, and SQL with several of them, have one in any case, out of a pool. Those that make sense only
 * together with others are refused: transaction control, settings, channels, cursors and prepared statements, locks. For them
 * there are {@link #inTransaction} and {@link #connect}.
 */
public interface PgClient {

    /**
     * Returns a client for a URI.
     *
     * @param uri {@code postgresql://user:password@host:port/database?option=value}; see {@link PgOptions#parse}
     * @throws PgUsageException if the URI is malformed or names an unknown option
     */
    static PgClient create(String uri) {
        return create(PgOptions.parse(uri));
    }

    /** Returns a client for options. */
    static PgClient create(PgOptions options) {
        return CompositionRoot.client(options);
    }

    /**
     * Returns a query without parameters; nothing is sent before a subscription.
     *
     * <p>Errors, besides those of a query of a connection: {@link PgBackpressureException} if no connection is free and
     * {@link PgOption#MAX_WAITING} statements wait already; {@link PgConnectionException} if none becomes free, or can be
     * made, within {@link PgOption#ACQUIRE_TIMEOUT}; what {@link #connect} fails with, if trying again is no use. None of
     * these statements was sent. A statement whose connection ends before it is sent is moved to another one.
     */
    PgQuery query(String sql);

    /**
     * Returns a batch of several statements without parameters, executed in this order as one; nothing is sent before a
     * subscription. Each string is one statement. It is executed where the most demanding of them would be.
     */
    PgBatch batch(String... sqls);

    /** Executes a function in a transaction with the server's defaults, once. */
    default <T> Flux<T> inTransaction(Function<? super PgConnection, ? extends Publisher<T>> work) {
        return inTransaction(PgTransactionOptions.defaults(), work);
    }

    /**
     * Executes a function in a transaction on a connection of the pool, as {@link PgConnection#inTransaction} does. What was
     * set in it for the session does not outlive it, unless the body of a function hides that (see {@link PgSessionReset}).
     *
     * <p>Errors, besides those: as of {@link #query}, if no connection is to be had.
     */
    <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work);

    /**
     * Returns a new connection for each subscription: connected, authenticated and ready. It is the caller's alone, who
     * closes it; the client knows nothing of it any more.
     *
     * <p>Errors: {@link PgConnectionException} if the server cannot be reached or does not answer in time,
     * {@link PgAuthenticationException} if the driver refuses the authentication, {@link PgServerException} if the server
     * refuses, {@link PgProtocolException} if it is no PostgreSQL server. Cancelling closes what was begun.
     */
    Mono<PgConnection> connect();

    /** Closes the client with a time of grace of ten seconds. */
    default Mono<Void> close() {
        return close(Duration.ofSeconds(10));
    }

    /**
     * Closes the client when subscribed to: it takes nothing new, what it has taken may end within the time of grace, and what
     * has not ended by then fails. Completes when its connections are closed, never fails. Closing twice is harmless.
     */
    Mono<Void> close(Duration grace);
}
