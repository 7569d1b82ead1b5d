package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgNotice;
import io.fluxgres.PgQuery;
import io.fluxgres.PgServerException;
import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.transaction.Transaction;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a connection executes and tells of its session, the same inside and outside of a transaction. May be used by any thread. */
abstract sealed class ConnectionFacts implements PgConnection permits SessionConnection, TransactionConnection {

    final Session session;
    private final RequestScope scope;

    /**
     * Creates a connection.
     *
     * @param transaction what its queries are part of, null if only their order decides that
     */
    ConnectionFacts(Session session, @Nullable Transaction transaction) {
        this.session = session;
        this.scope =
                new RequestScope(session, transaction, null, session.settings().timeout());
    }

    @Override
    public PgQuery query(String sql) {
        return new Query(scope, new BoundStatement(sql), session.settings().fetchSize());
    }

    @Override
    public PgBatch batch(String... sqls) {
        return MemoryBatch.ofStatements(scope, sqls);
    }

    @Override
    public Flux<PgNotice> notices() {
        return session.server().notices();
    }

    @Override
    public Map<String, String> serverParameters() {
        return session.server().parameters().values();
    }

    @Override
    public PgTransactionStatus transactionStatus() {
        return session.server().status().status();
    }

    @Override
    public PgIsolation isolation() {
        return session.isolation().current();
    }

    @Override
    public int processId() {
        return session.server().processId();
    }

    @Override
    public Executor eventLoop() {
        return session.wire().eventLoop();
    }

    @Override
    public boolean isHealthy() {
        return session.wire().isActive();
    }

    /** An error is an answer too: in a failed transaction the server refuses every statement. */
    @Override
    public Mono<Boolean> validate() {
        return ControlRequest.execution(
                        session,
                        Command.VALIDATE,
                        () -> "select 1",
                        session.settings().validationTimeout())
                .thenReturn(true)
                .onErrorResume(failure -> Mono.just(failure instanceof PgServerException));
    }
}
