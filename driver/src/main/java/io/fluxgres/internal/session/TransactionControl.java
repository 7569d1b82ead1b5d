package io.fluxgres.internal.session;

import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.session.ControlRequest.Command;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The statements by which a user begins, divides and ends transactions of a session himself. Each decides when its turn
 * comes, behind the answers to what is in front of it. May be used by any thread.
 */
final class TransactionControl {

    private final Session session;

    TransactionControl(Session session) {
        this.session = session;
    }

    Mono<Void> begin(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        return ControlRequest.execution(session, Command.BEGIN, () -> {
            if (!session.isIdle()) {
                throw new PgUsageException("a transaction is open on this connection already; BEGIN was not sent");
            }
            return Opening.of(session.isolation(), options, false).sql();
        });
    }

    Mono<Void> commit() {
        return ControlRequest.execution(session, Command.COMMIT, () -> {
            if (session.isIdle()) {
                throw new PgUsageException("no transaction is open on this connection; COMMIT was not sent");
            }
            return TransactionSql.COMMIT;
        });
    }

    Mono<Void> rollback() {
        return ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql);
    }

    /** Rolls back, and closes the connection if that and all in front of it does not end in time. */
    Mono<Void> rollbackWithin(Duration bound) {
        return ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql, bound);
    }

    private @Nullable String rollbackSql() {
        session.parked().dropAll("a rollback was asked for");
        return session.isIdle() ? null : TransactionSql.ROLLBACK;
    }

    Mono<Void> setIsolation(@Nullable PgIsolation level) {
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

    Mono<Void> savepoint(String name) {
        String sql = TransactionSql.savepoint(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }

    Mono<Void> releaseSavepoint(String name) {
        String sql = TransactionSql.release(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }

    Mono<Void> rollbackToSavepoint(String name) {
        String sql = TransactionSql.rollbackTo(name);
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> sql);
    }
}
