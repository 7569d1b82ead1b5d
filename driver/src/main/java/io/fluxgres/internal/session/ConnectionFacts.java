package io.fluxgres.internal.session;

import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgNotice;
import io.fluxgres.PgServerException;
import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.session.ControlRequest.Command;
import java.util.Map;
import java.util.concurrent.Executor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a connection tells of its session, the same inside and outside of a transaction. May be used by any thread. */
abstract sealed class ConnectionFacts implements PgConnection permits SessionConnection, TransactionConnection {

    final Session session;

    ConnectionFacts(Session session) {
        this.session = session;
    }

    @Override
    public Flux<PgNotice> notices() {
        return session.notices();
    }

    @Override
    public Map<String, String> serverParameters() {
        return session.serverParameters();
    }

    @Override
    public PgTransactionStatus transactionStatus() {
        return session.transactionStatus();
    }

    @Override
    public PgIsolation isolation() {
        return session.isolation().current();
    }

    @Override
    public int processId() {
        return session.processId();
    }

    @Override
    public Executor eventLoop() {
        return session.wire().eventLoop();
    }

    @Override
    public boolean isHealthy() {
        return session.isHealthy();
    }

    /** An error is an answer too: in a failed transaction the server refuses every statement. */
    @Override
    public Mono<Boolean> validate() {
        return ControlRequest.execution(session, Command.VALIDATE, () -> "select 1", session.validationTimeout)
                .thenReturn(true)
                .onErrorResume(failure -> Mono.just(failure instanceof PgServerException));
    }
}
