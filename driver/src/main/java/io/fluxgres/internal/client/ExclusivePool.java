package io.fluxgres.internal.client;

import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.internal.session.LentSession;
import io.fluxgres.internal.session.QueryCall;
import io.fluxgres.internal.session.SessionFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolAcquirePendingLimitException;
import reactor.pool.PoolAcquireTimeoutException;
import reactor.pool.PoolBuilder;
import reactor.pool.PoolShutdownException;
import reactor.pool.PooledRef;

/**
 * The connections that serve one user at a time. What a user leaves is undone: an open transaction when the connection is
 * handed back, the state of the session by a reset in front of what the next user sends. May be used by any thread.
 */
final class ExclusivePool {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final InstrumentedPool<LentSession> pool;
    private final WaitingRoom room;
    private final OpenUses returning = new OpenUses();
    private final Set<LentSession> sessions = ConcurrentHashMap.newKeySet();

    ExclusivePool(SessionFactory factory, WaitingRoom room) {
        PgOptions options = factory.options();
        Duration bound = options.require(PgOption.CONTROL_TIMEOUT);
        this.room = room;
        this.pool = PoolBuilder.from(connect(factory))
                .sizeBetween(0, options.require(PgOption.POOL_SIZE))
                .maxPendingAcquire(room.size())
                .releaseHandler(session -> session.clear(bound))
                .destroyHandler(this::destroy)
                .evictionPredicate(
                        (session, metadata) -> !session.isHealthy() || !session.isIdle() || session.isReplacementDue())
                // the one used last knows the statements of today, and the others may be closed by somebody's idle
                // timeout
                .idleResourceReuseMruOrder()
                .buildPool();
    }

    private Mono<LentSession> connect(SessionFactory factory) {
        return Mono.defer(() -> factory.connectOn(null).retryWhen(Backoff.within(room.patience(), () -> true)))
                .doOnNext(sessions::add);
    }

    private Mono<Void> destroy(LentSession session) {
        sessions.remove(session);
        return session.close();
    }

    /** A connection on loan. */
    final class Loan {

        private final PooledRef<LentSession> reference;

        private Loan(PooledRef<LentSession> reference) {
            this.reference = reference;
        }

        /**
         * Executes a query and hands the connection back behind it.
         *
         * @param waited how many nanoseconds ago it was subscribed to
         * @param returned run when the connection is free for others, which may be after the subscriber was told
         */
        <T> void execute(QueryCall<T> call, long waited, Runnable returned, CoreSubscriber<? super T> subscriber) {
            Flux<T> execution = new Flux<>() {
                @Override
                public void subscribe(CoreSubscriber<? super T> actual) {
                    reference.poolable().start(call, waited, actual);
                }
            };
            lend(Mono.just(reference), session -> execution, returned).subscribe(subscriber);
        }

        /** Hands it back unused. */
        void giveBack() {
            handBack(reference, () -> {});
        }
    }

    /** Lends a connection as soon as one is free; who borrows knows how long to wait. */
    Mono<Loan> borrow() {
        return prepared(pool.acquire()).map(Loan::new);
    }

    /** Lends a connection for as long as the publisher goes on. */
    <T> Flux<T> with(Function<LentSession, Publisher<T>> work) {
        return lend(prepared(pool.acquire(room.patience())), work, () -> {});
    }

    private Mono<PooledRef<LentSession>> prepared(Mono<PooledRef<LentSession>> acquired) {
        return acquired.doOnNext(reference -> reference.poolable().lend())
                .onErrorMap(PoolAcquirePendingLimitException.class, failure -> room.full())
                .onErrorMap(PoolAcquireTimeoutException.class, failure -> room.late(null))
                .onErrorMap(PoolShutdownException.class, failure -> DirectClient.graceEnded());
    }

    /**
     * The user is told the end at once: what has to be waited for until the next one may have the connection, such as the
     * rest of a result whose deadline has passed, is no concern of his.
     */
    private <T> Flux<T> lend(
            Mono<PooledRef<LentSession>> acquired, Function<LentSession, Publisher<T>> work, Runnable returned) {
        Function<PooledRef<LentSession>, Mono<Void>> end =
                reference -> Mono.fromRunnable(() -> handBack(reference, returned));
        return Flux.usingWhen(
                acquired,
                reference -> work.apply(reference.poolable()),
                end,
                (reference, failure) -> end.apply(reference),
                end);
    }

    private void handBack(PooledRef<LentSession> reference, Runnable returned) {
        returning.enter();
        reference
                .release()
                .doFinally(end -> {
                    returned.run();
                    returning.leave();
                })
                .subscribe(nothing -> {}, failure -> LOG.warn("a connection could not be handed back", failure));
    }

    /** Lends nothing any more, and completes when everything is back. */
    Mono<Void> returned() {
        return returning.close();
    }

    InstrumentedPool.PoolMetrics metrics() {
        return pool.metrics();
    }

    /**
     * Closes what is idle, and what is on loan when it is handed back. Who waits for a connection fails, for its client waits
     * until nobody does, unless its time of grace ends before.
     */
    Mono<Void> close() {
        return pool.disposeLater();
    }

    /** Ends all connections. */
    void abandon() {
        sessions.forEach(session -> session.abandon(DirectClient.graceEnded()));
    }
}
