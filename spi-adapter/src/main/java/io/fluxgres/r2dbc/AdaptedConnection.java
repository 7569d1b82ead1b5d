package io.fluxgres.r2dbc;

import io.fluxgres.PgBatch;
import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgQuery;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgTransactionStatus;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A connection of the driver with the modes that R2DBC adds: autocommit, isolation level and timeouts. The modes are
 * undone when a pool takes the connection back; they are volatile because signals may set them on any thread.
 */
final class AdaptedConnection implements Connection, Lifecycle, Wrapped<PgConnection> {

    static final String PRODUCT_NAME = "PostgreSQL";

    /** {@code TransactionDefinition} attribute: DEFERRABLE or NOT DEFERRABLE. */
    private static final Option<Boolean> DEFERRABLE = Option.valueOf("deferrable");

    /** Those of a transaction that begins without a definition. */
    private static final PgTransactionOptions MODES =
            PgTransactionOptions.defaults().withIsolationAsked();

    private final PgConnection connection;
    private final EncodableClasses encodable;
    private final ControlBound bound;

    private volatile boolean autoCommit = true;
    private volatile boolean isolationSet;
    private volatile @Nullable Duration statementTimeout;
    private volatile boolean lockTimeoutSet;

    /** Stands for the latest use that a pool has prepared. */
    private volatile @Nullable Object loan;

    /** Whether a pool has lent it and not announced its return. */
    private volatile boolean lent;

    AdaptedConnection(PgConnection connection, EncodableClasses encodable, Duration controlTimeout) {
        this.connection = connection;
        this.encodable = encodable;
        this.bound = new ControlBound(connection, controlTimeout);
    }

    @Override
    public PgConnection unwrap() {
        return connection;
    }

    /** The driver's connection, and its event loop for who asks for an {@code Executor}, as r2dbc-pool does. */
    @Override
    public <E> @Nullable E unwrap(Class<E> targetClass) {
        if (targetClass == Executor.class) {
            return targetClass.cast(connection.eventLoop());
        }
        return targetClass.isInstance(connection) ? targetClass.cast(connection) : Wrapped.super.unwrap(targetClass);
    }

    @Override
    public ConnectionMetadata getMetadata() {
        return new ConnectionMetadata() {
            @Override
            public String getDatabaseProductName() {
                return PRODUCT_NAME;
            }

            @Override
            public String getDatabaseVersion() {
                return connection.serverParameters().getOrDefault("server_version", "unknown");
            }
        };
    }

    // ---- statements

    @Override
    public Statement createStatement(String sql) {
        if (sql == null) {
            throw new IllegalArgumentException("the SQL of a statement must not be null");
        }
        return new AdaptedStatement(this, sql);
    }

    @Override
    public Batch createBatch() {
        return new AdaptedBatch(this);
    }

    /** Returns a query under the modes: in the transaction that is open, or in one that it begins, if there is no autocommit. */
    PgQuery query(String sql) {
        Duration timeout = statementTimeout;
        PgQuery plain = connection.query(sql);
        PgQuery query = timeout == null ? plain : plain.timeout(timeout);
        return autoCommit ? query : query.beginning(MODES);
    }

    /** Returns a batch under the modes. */
    PgBatch batch(String... sqls) {
        Duration timeout = statementTimeout;
        PgBatch plain = connection.batch(sqls);
        PgBatch batch = timeout == null ? plain : plain.timeout(timeout);
        return autoCommit ? batch : batch.beginning(MODES);
    }

    void requireEncodable(Object value) {
        encodable.require(value, connection);
    }

    private boolean isIdle() {
        return connection.transactionStatus() == PgTransactionStatus.IDLE;
    }

    // ---- transactions

    @Override
    public Mono<Void> beginTransaction() {
        return control(connection.begin(MODES));
    }

    /** A name has no effect: PostgreSQL has none for transactions. */
    @Override
    public Mono<Void> beginTransaction(TransactionDefinition definition) {
        if (definition == null) {
            throw new IllegalArgumentException("the definition of a transaction must not be null");
        }
        IsolationLevel level = definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL);
        PgIsolation defined = level == null ? null : isolation(level);
        Boolean readOnly = definition.getAttribute(TransactionDefinition.READ_ONLY);
        Boolean deferrable = definition.getAttribute(DEFERRABLE);
        Duration lockWait = definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT);
        Mono<Void> begin = Mono.defer(() -> {
            PgTransactionOptions options = defined == null ? MODES : MODES.withIsolation(defined);
            options = readOnly == null ? options : options.withReadOnly(readOnly);
            return connection.begin(deferrable == null ? options : options.withDeferrable(deferrable));
        });
        return lockWait == null ? control(begin) : control(begin).then(translated(setLockTimeout(lockWait, true)));
    }

    private static PgIsolation isolation(IsolationLevel level) {
        try {
            return PgIsolation.valueOf(level.asSql().toUpperCase(Locale.ROOT).replace(' ', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("PostgreSQL has no isolation level " + level.asSql(), e);
        }
    }

    @Override
    public Mono<Void> commitTransaction() {
        return control(connection
                .commit()
                .onErrorResume(PgUsageException.class, failure -> isIdle() ? Mono.empty() : Mono.error(failure)));
    }

    @Override
    public Mono<Void> rollbackTransaction() {
        return control(connection.rollback());
    }

    /** As a statement, for the driver sends BEGIN together with one if no transaction is open. */
    @Override
    public Mono<Void> createSavepoint(String name) {
        requireName(name);
        String sql = "savepoint \"" + name.replace("\"", "\"\"") + '"';
        return translated(execute(connection.query(sql).beginning(MODES)));
    }

    @Override
    public Mono<Void> releaseSavepoint(String name) {
        requireName(name);
        return control(connection.releaseSavepoint(name));
    }

    @Override
    public Mono<Void> rollbackTransactionToSavepoint(String name) {
        requireName(name);
        return control(connection.rollbackToSavepoint(name));
    }

    private static void requireName(@Nullable String name) {
        if (name == null || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the name of a savepoint must be given and not contain a NUL");
        }
    }

    @Override
    public boolean isAutoCommit() {
        return autoCommit && isIdle();
    }

    @Override
    public Mono<Void> setAutoCommit(boolean value) {
        return Mono.defer(() -> {
            boolean before = autoCommit;
            if (!value || before) {
                autoCommit = value;
                return Mono.empty();
            }
            return commitTransaction().doOnSuccess(nothing -> autoCommit = true);
        });
    }

    @Override
    public IsolationLevel getTransactionIsolationLevel() {
        return switch (connection.isolation()) {
            case READ_UNCOMMITTED -> IsolationLevel.READ_UNCOMMITTED;
            case READ_COMMITTED -> IsolationLevel.READ_COMMITTED;
            case REPEATABLE_READ -> IsolationLevel.REPEATABLE_READ;
            case SERIALIZABLE -> IsolationLevel.SERIALIZABLE;
        };
    }

    /** Sets the level of the open transaction until its end, or without one that of all statements and transactions to come. */
    @Override
    public Mono<Void> setTransactionIsolationLevel(IsolationLevel level) {
        if (level == null) {
            throw new IllegalArgumentException("the isolation level must not be null");
        }
        PgIsolation isolation = isolation(level);
        return Mono.defer(() -> {
            isolationSet = true;
            return control(connection.setIsolation(isolation));
        });
    }

    // ---- timeouts

    /** Sets the deadline of statements, which the driver keeps; zero for none but the connection's own. */
    @Override
    public Mono<Void> setStatementTimeout(Duration timeout) {
        requireTimeout(timeout);
        return Mono.fromRunnable(() -> statementTimeout = timeout.isZero() ? null : timeout);
    }

    /** Sets how long the server lets a statement wait for a lock; zero for ever. */
    @Override
    public Mono<Void> setLockWaitTimeout(Duration timeout) {
        requireTimeout(timeout);
        return Mono.defer(() -> {
            lockTimeoutSet = true;
            return translated(setLockTimeout(timeout, false));
        });
    }

    private static void requireTimeout(@Nullable Duration timeout) {
        if (timeout == null || timeout.isNegative()) {
            throw new IllegalArgumentException("a timeout must be given and not be negative");
        }
    }

    private Mono<Void> setLockTimeout(Duration timeout, boolean local) {
        long milliseconds = timeout.isZero() ? 0 : Math.max(1, timeout.toMillis());
        return execute(connection
                .query("select set_config('lock_timeout', $1::text, $2::bool)")
                .bind(Long.toString(milliseconds), local));
    }

    private Mono<Void> execute(PgQuery query) {
        return Mono.defer(() -> bound.execute(query, statementTimeout));
    }

    private Mono<Void> control(Mono<Void> statement) {
        return translated(Mono.defer(() -> bound.control(statement, statementTimeout)));
    }

    // ---- life

    @Override
    public Mono<Boolean> validate(ValidationDepth depth) {
        if (depth == null) {
            throw new IllegalArgumentException("the depth of a validation must not be null");
        }
        if (depth == ValidationDepth.LOCAL) {
            return Mono.fromSupplier(connection::isHealthy);
        }
        return connection.validate();
    }

    /**
     * Cleans the connection if it was lent before and its return not announced: a pool may take one back unannounced whose
     * user cancels while it is handed over, and that user's first request may be under way.
     *
     * <p>The pool calls this while the connection is that user's, but may subscribe when it has lent it to the next one
     * already: then nothing is done, for it would roll back the next one's transaction.
     */
    @Override
    public Mono<Void> postAllocate() {
        Object asked = new Object();
        loan = asked;
        return Mono.defer(() -> {
            if (!asked.equals(loan)) {
                return Mono.empty();
            }
            boolean unannounced = lent;
            lent = true;
            return unannounced ? clean() : Mono.empty();
        });
    }

    /**
     * Makes the connection as it was: discards a result that is still open, rolls back, and undoes what was set. It goes on
     * if it is cancelled, and refuses a connection that cannot be used any more.
     */
    @Override
    public Mono<Void> preRelease() {
        return Mono.fromFuture(
                () -> clean().doOnSuccess(nothing -> lent = false).toFuture(), true);
    }

    private Mono<Void> clean() {
        return Mono.defer(() -> {
            autoCommit = true;
            statementTimeout = null;
            Mono<Void> rollback = translated(bound.control(connection.rollback(), bound.controlTimeout()));
            Mono<Void> reset = Mono.defer(() -> lockTimeoutSet
                    ? translated(execute(connection.query("RESET lock_timeout")))
                            .doOnSuccess(nothing -> lockTimeoutSet = false)
                    : Mono.empty());
            Mono<Void> resetIsolation = Mono.defer(() -> isolationSet
                    ? translated(connection.setIsolation(null)).doOnSuccess(nothing -> isolationSet = false)
                    : Mono.empty());
            return rollback.then(reset).then(resetIsolation).then(Mono.defer(this::requireUsable));
        });
    }

    private Mono<Void> requireUsable() {
        return connection.isHealthy() && isIdle()
                ? Mono.empty()
                : Mono.error(new R2dbcNonTransientResourceException(
                        "the connection cannot be used any more and must not go back to a pool"));
    }

    @Override
    public Mono<Void> close() {
        return connection.close();
    }

    private static Mono<Void> translated(Mono<Void> operation) {
        return operation.onErrorMap(R2dbcErrors::translate);
    }

    @Override
    public String toString() {
        return "Fluxgres connection, server process " + connection.processId();
    }
}
