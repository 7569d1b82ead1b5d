package io.fluxgres.internal.transaction;

import io.fluxgres.PgException;
import io.fluxgres.PgRollbackException;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.flight.Opening;
import io.fluxgres.internal.flight.TransactionSql;
import io.fluxgres.internal.flight.TransactionStart;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * A transaction of {@link TransactionFlux}: it begins with its first statement, and refuses all further ones when it is
 * not open any more. Or that of one statement which begins it unless another one has, and leaves it open.
 *
 * <p>The status that the server reported last decides whether it is open. It can be relied on whenever a statement of the
 * transaction is written: the first one and all transaction control are written behind the answers to everything in front
 * of them, and nothing is written behind the first one before its answer.
 *
 * <p>Changed on the event loop only.
 */
public final class Transaction implements TransactionStart {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private enum Phase {
        /** BEGIN was not sent. */
        PENDING,
        /** BEGIN was sent with the first statement, or ahead of it. */
        BEGUN,
        /** The server is not in the transaction: it could not begin, or a statement ended it. */
        LOST,
        /** It was committed or rolled back. */
        ENDED
    }

    private final Session session;
    private final PgTransactionOptions options;
    /** Its place; null if it is that of one statement, for which what is open already will do. */
    private final @Nullable TransactionSlot slot;

    /** Read by other threads too, for which only the change from PENDING matters. */
    private volatile Phase phase = Phase.PENDING;

    private @Nullable PgException beginFailure;

    Transaction(Session session, PgTransactionOptions options, @Nullable TransactionSlot slot) {
        this.session = session;
        this.options = options;
        this.slot = slot;
    }

    /** Returns the transaction of one statement, which begins it unless one is open. */
    public static Transaction unlessOpen(Session session, PgTransactionOptions options) {
        return new Transaction(session, options, null);
    }

    /** Leaves its place to the next transaction. */
    void close() {
        if (slot != null) {
            slot.leave(this);
        }
    }

    // ---- for its statements

    @Override
    public boolean mayBegin() {
        return phase == Phase.PENDING;
    }

    @Override
    public boolean isBeginPending() {
        return mayBegin() && (slot != null || session.isIdle());
    }

    @Override
    public Opening opening() {
        switch (current()) {
            case PENDING -> {
                if (session.isIdle()) {
                    return Opening.of(session.isolation(), options, slot != null);
                }
                if (slot == null) {
                    return Opening.NONE;
                }
                phase = Phase.LOST;
                throw new PgUsageException("a transaction is open on this connection already; BEGIN was not sent");
            }
            case BEGUN -> {
                return Opening.NONE;
            }
            case LOST -> throw beginFailure == null ? new PgUsageException(lost()) : beginFailure;
            case ENDED -> {}
        }
        throw new PgUsageException("the transaction has ended; the statement was not executed");
    }

    private static String lost() {
        return "the transaction is not open: it could not begin, or one of its statements has ended it";
    }

    private Phase current() {
        if (phase == Phase.BEGUN && session.isIdle()) {
            phase = Phase.LOST;
        }
        return phase;
    }

    @Override
    public void onBeginWritten() {
        phase = Phase.BEGUN;
    }

    /** Unless another one brings BEGIN along before. */
    @Override
    public void beginAhead() {
        ControlRequest.execution(session, Command.BEGIN, () -> isBeginPending() ? withBegin() : null)
                .subscribe(nothing -> {}, failure -> {
                    phase = Phase.LOST;
                    beginFailure = failure instanceof PgException reported ? reported : null;
                });
    }

    /** Executes a savepoint statement in it. */
    public Mono<Void> savepoint(String sql) {
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> withBegin(sql));
    }

    /** In one Query a statement is executed only if those in front of it succeed. */
    private String withBegin(String... statements) {
        List<String> all = new ArrayList<>(opening().statements());
        all.addAll(List.of(statements));
        onBeginWritten();
        return String.join("; ", all);
    }

    // ---- for its end

    public boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    /** Commits; what fails is still to be rolled back. */
    Mono<Void> commit() {
        return ControlRequest.execution(session, Command.COMMIT, this::commitSql);
    }

    private @Nullable String commitSql() {
        switch (current()) {
            case PENDING -> {
                phase = Phase.ENDED;
                return null;
            }
            case BEGUN -> {
                phase = Phase.ENDED;
                return TransactionSql.COMMIT;
            }
            default -> throw new PgRollbackException(lost(), false);
        }
    }

    /** Leaves the connection to the next transaction behind the rollback. */
    private Mono<Void> closing(Mono<Void> rollback) {
        return rollback.doOnTerminate(this::close);
    }

    /** What is open now is another transaction if this one could not begin. */
    private @Nullable String rollbackSql() {
        boolean open = phase != Phase.PENDING && phase != Phase.LOST && !session.isIdle();
        phase = Phase.ENDED;
        return open ? TransactionSql.ROLLBACK : null;
    }

    /**
     * Rolls back because of a cancel, behind which nobody is left to be told of a failure, nor to be kept waiting while the
     * server is asked to cancel what is in front.
     */
    Mono<Void> rollbackBehindCancel() {
        return closing(ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql, null))
                .doOnError(failure ->
                        LOG.debug("the rollback of a cancelled transaction failed: {}", failure.getMessage()))
                .onErrorComplete();
    }

    /** Rolls back because of a failure, which remains the one that is reported. */
    Mono<Void> rollbackBehind(Throwable failure) {
        return suppressing(failure, closing(ControlRequest.execution(session, Command.ROLLBACK, this::rollbackSql)))
                .onErrorComplete();
    }

    // ---- for CockroachDB

    /** Releases the savepoint that CockroachDB wants, which commits there. */
    Mono<Void> releaseRestart() {
        return control(TransactionSql.release(TransactionSql.COCKROACH_RESTART));
    }

    /** Undoes everything behind BEGIN. */
    Mono<Void> restartBehind(Throwable failure) {
        return suppressing(failure, control(TransactionSql.rollbackTo(TransactionSql.COCKROACH_RESTART)))
                .onErrorMap(restartFailure -> failure);
    }

    private Mono<Void> control(String sql) {
        return ControlRequest.execution(session, Command.SAVEPOINT, () -> isBeginPending() ? null : withBegin(sql));
    }

    private static Mono<Void> suppressing(Throwable failure, Mono<Void> cleanup) {
        return cleanup.doOnError(cleanupFailure -> Exceptions.addSuppressed(failure, cleanupFailure));
    }
}
