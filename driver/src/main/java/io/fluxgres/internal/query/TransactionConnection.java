package io.fluxgres.internal.query;

import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.flight.TransactionSql;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.transaction.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection as the function of {@link PgConnection#inTransaction} sees it. */
final class TransactionConnection extends ConnectionFacts {

    private final Transaction transaction;

    TransactionConnection(Session session, Transaction transaction) {
        super(session, transaction);
        this.transaction = transaction;
    }

    @Override
    public Mono<Void> begin(PgTransactionOptions options) {
        return Mono.error(() -> new PgUsageException("the transaction has begun; use a savepoint to nest"));
    }

    @Override
    public Mono<Void> commit() {
        return Mono.error(() -> new PgUsageException("inTransaction commits when the function's publisher completes"));
    }

    @Override
    public Mono<Void> rollback() {
        return Mono.error(() -> new PgUsageException("inTransaction rolls back when the function's publisher fails"));
    }

    @Override
    public Mono<Void> setIsolation(@Nullable PgIsolation level) {
        return level == null
                ? Mono.error(() -> new PgUsageException("a transaction keeps its isolation level to its end"))
                : transaction
                        .savepoint(TransactionSql.setIsolation(level))
                        .doOnSuccess(nothing -> session.isolation().onSetInTransaction(level));
    }

    @Override
    public Mono<Void> savepoint(String name) {
        return transaction.savepoint(TransactionSql.savepoint(name));
    }

    @Override
    public Mono<Void> releaseSavepoint(String name) {
        return transaction.savepoint(TransactionSql.release(name));
    }

    @Override
    public Mono<Void> rollbackToSavepoint(String name) {
        return transaction.savepoint(TransactionSql.rollbackTo(name));
    }

    @Override
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        return Flux.error(() ->
                new PgUsageException("a transaction is open on this connection already; use a savepoint to nest"));
    }

    @Override
    public Mono<Void> cancel() {
        return Mono.defer(() -> transaction.hasEnded() ? Mono.empty() : session.cancel());
    }

    /** Behind the end the session may be another's. */
    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> transaction.hasEnded() ? Mono.empty() : session.close());
    }
}
