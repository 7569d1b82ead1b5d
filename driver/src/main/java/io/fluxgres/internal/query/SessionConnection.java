package io.fluxgres.internal.query;

import io.fluxgres.PgConnection;
import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.transaction.TransactionAttempts;
import io.fluxgres.internal.transaction.TransactionControl;
import io.fluxgres.internal.transaction.TransactionSlot;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection as its user sees it, outside of {@link PgConnection#inTransaction}. May be used by any thread. */
public final class SessionConnection extends ConnectionFacts {

    private final TransactionControl control;
    private final TransactionSlot slot;

    public SessionConnection(Session session) {
        super(session, null);
        this.control = new TransactionControl(session);
        this.slot = new TransactionSlot(session);
    }

    @Override
    public Mono<Void> begin(PgTransactionOptions options) {
        return control.begin(options);
    }

    @Override
    public Mono<Void> commit() {
        return control.commit();
    }

    @Override
    public Mono<Void> rollback() {
        return control.rollback();
    }

    /** As {@link TransactionControl#rollbackWithin}. */
    Mono<Void> rollbackWithin(Duration bound) {
        return control.rollbackWithin(bound);
    }

    @Override
    public Mono<Void> setIsolation(@Nullable PgIsolation level) {
        return control.setIsolation(level);
    }

    @Override
    public Mono<Void> savepoint(String name) {
        return control.savepoint(name);
    }

    @Override
    public Mono<Void> releaseSavepoint(String name) {
        return control.releaseSavepoint(name);
    }

    @Override
    public Mono<Void> rollbackToSavepoint(String name) {
        return control.rollbackToSavepoint(name);
    }

    @Override
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        Objects.requireNonNull(work, "work");
        return TransactionAttempts.of(slot, options, transaction -> {
            Publisher<T> values = work.apply(new TransactionConnection(session, transaction));
            return Objects.requireNonNull(values, "the function returned null");
        });
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
