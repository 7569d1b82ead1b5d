package io.fluxgres;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection to a server. May be used by any thread: queries are executed one after the other, in the order of their
 * subscriptions. Whoever opened the connection closes it.
 *
 * <p>{@link #begin}, {@link #commit}, {@link #rollback} and what concerns savepoints have a deadline: {@link
 * PgOption#STATEMENT_TIMEOUT} from the subscription on, else {@link PgOption#CONTROL_TIMEOUT} from the moment they are sent.
 * Past it they fail with {@link PgTimeoutException}; if they had been sent the outcome is unknown and the connection is closed.
 */
public interface PgConnection {

    /** Returns a query without parameters; nothing is sent before a subscription. */
    PgQuery query(String sql);

    /** Begins a transaction with the server's defaults. */
    default Mono<Void> begin() {
        return begin(PgTransactionOptions.defaults());
    }

    /**
     * Begins a transaction and completes when the server has; {@link PgUsageException}, and nothing is sent, if one is open.
     * All that is executed on this connection belongs to it until {@link #commit} or {@link #rollback}. Of the options the
     * transaction modes count, for only {@link #inTransaction} can repeat a transaction.
     */
    Mono<Void> begin(PgTransactionOptions options);

    /**
     * Commits. Errors: {@link PgServerException} if a deferred constraint fails, {@link PgRollbackException} if the server
     * rolled back because an earlier statement had failed, {@link PgUsageException} if no transaction is open.
     */
    Mono<Void> commit();

    /**
     * Rolls back; also a failed transaction, and without effect if none is open. It does not wait for a result whose rows
     * nobody requests: that one is discarded and fails. Once subscribed to it is executed even if the subscription is
     * cancelled.
     */
    Mono<Void> rollback();

    /**
     * Sets the isolation level of the open transaction, which must not have executed a query yet, until its end. If none is
     * open, sets that of all to come, also of single statements, until it is set again.
     *
     * @param level null for the server's default, which is a {@link PgUsageException} while a transaction is open
     */
    Mono<Void> setIsolation(@Nullable PgIsolation level);

    /**
     * Sets a savepoint in the open transaction.
     *
     * @param name any name, case counts; the server looks at the first 63 bytes
     * @throws PgUsageException if the name contains a NUL
     */
    Mono<Void> savepoint(String name);

    /** Forgets a savepoint and those set behind it, and keeps what was done since. */
    Mono<Void> releaseSavepoint(String name);

    /** Undoes what was done since a savepoint, which stays; makes a failed transaction usable again. */
    Mono<Void> rollbackToSavepoint(String name);

    /** Executes a function in a transaction with the server's defaults, once. */
    default <T> Flux<T> inTransaction(Function<? super PgConnection, ? extends Publisher<T>> work) {
        return inTransaction(PgTransactionOptions.defaults(), work);
    }

    /**
     * Executes a function in a transaction: commits when its publisher completes, and completes then; rolls back when it
     * fails, and fails with its error then; rolls back when the subscription is cancelled. Operators that cancel when they
     * have seen enough, such as {@code next()} and {@code take(n)}, therefore roll back; {@code single()} and
     * {@code collectList()} do not.
     *
     * <pre>{@code
     * connection.inTransaction(transaction -> transaction.query("insert into book values ($1)").bind(7).rowsUpdated()
     *     .then(transaction.query("update shelf set books = books + 1").rowsUpdated()));
     * }</pre>
     *
     * <p>BEGIN is sent with the first statement and costs no round trip; if it fails, the statement is not executed. (It
     * goes ahead of SQL with several statements.) A function that executes nothing sends nothing. Values are passed on as
     * they come, before the commit. The connection that the function is given is this connection, but for
     * {@code begin}, {@code commit}, {@code rollback} and {@code inTransaction}, which it refuses, and everything is
     * refused on it when the transaction has ended.
     *
     * <p>If the options allow further attempts, a transaction that fails with SQLSTATE 40001 or 40P01 is rolled back and
     * the function is called again, unless a value was passed on already. Errors that leave the outcome open are never
     * repeated.
     *
     * <p>Errors, besides those of the function: those of {@link #commit}, and {@link PgUsageException} if a transaction is
     * open on this connection already; savepoints serve to nest. That the rollback failed too is a suppressed exception.
     */
    <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work);

    /**
     * Returns a batch of several statements without parameters, executed in this order as one; nothing is sent before a
     * subscription. Each string is one statement.
     */
    PgBatch batch(String... sqls);

    /**
     * Returns the notices from now on, as long as the connection lives. A subscriber without demand misses them; they are
     * logged at level DEBUG in any case.
     */
    Flux<PgNotice> notices();

    /** Returns the parameters that the server reports, such as {@code server_version}, in their latest values. */
    Map<String, String> serverParameters();

    /** Returns the transaction status of the latest ReadyForQuery. */
    PgTransactionStatus transactionStatus();

    /**
     * Returns the isolation level of the open transaction, or of the next one if none is open, as far as the driver knows:
     * what the options of its begin say or {@link #setIsolation} set, else what the server answered last to
     * {@link PgTransactionOptions#withIsolationAsked}, else {@link PgIsolation#READ_COMMITTED}.
     */
    PgIsolation isolation();

    /** Returns the id of the server process, 0 if the server did not tell. */
    int processId();

    /**
     * Returns the event loop of the connection, on which its signals come: for what is to stay on that thread. What is
     * executed on it must not block.
     */
    Executor eventLoop();

    /** Whether requests can still be sent: false after a close, a loss, or a violation of the protocol. */
    boolean isHealthy();

    /**
     * Asks the server for a sign of life, by a statement behind all that was submitted before: true if it answers within
     * {@link PgOption#VALIDATION_TIMEOUT}, false if it does not or the connection has ended; never fails. A connection that
     * was asked in vain is closed.
     */
    Mono<Boolean> validate();

    /**
     * Asks the server to cancel the statement it is executing for this connection, and completes when the request was
     * handed on; never fails. The statement then fails with SQLSTATE 57014, unless it ends before; a transaction it is part
     * of is aborted. Without effect if nothing is being executed, or if several requests are in flight: then it could hit
     * another than the one that was meant.
     */
    Mono<Void> cancel();

    /**
     * Closes the connection when subscribed to: tells the server, completes once the socket is closed, never fails. Queries
     * that were not sent fail as safe to retry, the one in progress with an unknown outcome. Closing twice is harmless.
     */
    Mono<Void> close();
}
