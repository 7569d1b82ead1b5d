package io.fluxgres.internal.session;

import io.fluxgres.PgBatch;
import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgQuery;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.session.ControlRequest.Command;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection as its user sees it, outside of {@link PgConnection#inTransaction}. May be used by any thread. */
final class SessionConnection extends ConnectionFacts {

    SessionConnection(Session session) {
        super(session);
    }

    @Override
    public PgQuery query(String sql) {
        return session.query(sql, null);
    }

    @Override
    public PgBatch batch(String... sqls) {
        return session.batch(null, sqls);
    }

    @Override
    public Mono<Void> begin(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        return session.control(Command.BEGIN, () -> {
            if (!session.isIdle()) {
                throw new PgUsageException("a transaction is open on this connection already; BEGIN was not sent");
            }
            return Opening.of(session, options, false).sql();
        });
    }

    @Override
    public Mono<Void> commit() {
        return session.control(Command.COMMIT, () -> {
            if (session.isIdle()) {
                throw new PgUsageException("no transaction is open on this connection; COMMIT was not sent");
            }
            return TransactionSql.COMMIT;
        });
    }

    @Override
    public Mono<Void> rollback() {
        return session.control(Command.ROLLBACK, this::rollbackSql);
    }

    /** Rolls back, and closes the connection if that and all in front of it does not end in time. */
    Mono<Void> rollbackWithin(Duration bound) {
        return ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql, bound);
    }

    private @Nullable String rollbackSql() {
        session.parked().dropAll("a rollback was asked for");
        return session.isIdle() ? null : TransactionSql.ROLLBACK;
    }

    @Override
    public Mono<Void> setIsolation(@Nullable PgIsolation level) {
        return session.control(Command.SET, () -> {
                    if (session.isIdle()) {
                        session.reset().mark(Residue.STATE);
                        return TransactionSql.setSessionIsolation(level);
                    }
                    if (level == null) {
                        throw new PgUsageException("a transaction is open: it keeps its isolation level to its end");
                    }
                    return TransactionSql.setIsolation(level);
                })
                .doOnSuccess(nothing -> {
                    if (level == null || session.isIdle()) {
                        session.isolation().onSet(level);
                    } else {
                        session.isolation().onSetInTransaction(level);
                    }
                });
    }

    @Override
    public Mono<Void> savepoint(String name) {
        String sql = TransactionSql.savepoint(name);
        return session.control(Command.SAVEPOINT, () -> sql);
    }

    @Override
    public Mono<Void> releaseSavepoint(String name) {
        String sql = TransactionSql.release(name);
        return session.control(Command.SAVEPOINT, () -> sql);
    }

    @Override
    public Mono<Void> rollbackToSavepoint(String name) {
        String sql = TransactionSql.rollbackTo(name);
        return session.control(Command.SAVEPOINT, () -> sql);
    }

    @Override
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        return TransactionAttempts.of(session, options, work);
    }

    @Override
    public Mono<Void> cancel() {
        return session.cancel();
    }

    @Override
    public Mono<Void> close() {
        return session.close();
    }
}
