package io.fluxgres.internal.transaction;

import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.flight.Opening;
import io.fluxgres.internal.flight.TransactionSql;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.Residue;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The statements by which a user begins, divides and ends transactions of a session himself. Each decides when its turn
 * comes, behind the answers to what is in front of it. May be used by any thread.
 */
public final class TransactionControl {

    private final Session session;

    public TransactionControl(Session session) {
        this.session = session;
    }

    public Mono<Void> begin(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        return ControlRequest.execution(session, Command.BEGIN, () -> {
            if (!session.isIdle()) {
                throw new PgUsageException("a transaction is open on this connection already; BEGIN was not sent");
            }
            return Opening.of(session.isolation(), options, false).sql();
        });
    }

    public Mono<Void> commit() {
        return ControlRequest.execution(session, Command.COMMIT, () -> {
            if (session.isIdle()) {
                throw new PgUsageException("no transaction is open on this connection; COMMIT was not sent");
            }
            return TransactionSql.COMMIT;
        });
    }

    public Mono<Void> rollback() {
        return ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql);
    }

    /** Rolls back, and closes the connection if that and all in front of it does not end in time. */
    public Mono<Void> rollbackWithin(Duration bound) {
        return ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql, bound);
    }

    private @Nullable String rollbackSql() {
        session.parked().dropAll("a rollback was asked for");
        return session.isIdle() ? null : TransactionSql.ROLLBACK;
    }

    public Mono<Void> setIsolation(@Nullable PgIsolation level) {
        return ControlRequest.execution(session, Command.SET, () -> {
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

    public Mono<Void> savepoint(String name) {
        String sql = TransactionSql.savepoint(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }

    public Mono<Void> releaseSavepoint(String name) {
        String sql = TransactionSql.release(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }

    public Mono<Void> rollbackToSavepoint(String name) {
        String sql = TransactionSql.rollbackTo(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }
}
