package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.internal.connect.SessionFactory;
import io.fluxgres.internal.query.LentSession;
import io.fluxgres.internal.query.QueryCall;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolBuilder;
import reactor.pool.PoolShutdownException;
import reactor.pool.PooledRef;

/**
 * The connections that serve one user at a time. What a user leaves is undone: an open transaction when the connection is
 * handed back, the state of the session by a reset in front of what the next user sends. May be used by any thread.
 */
final class ExclusivePool implements Borrowers.Uses {

    private static final long UNUSED = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final InstrumentedPool<LentSession> pool;
    private final WaitingRoom room;
    private final OpenUses returning = new OpenUses();
    private final Borrowers borrowers;
    private final Backoff useless = new Backoff();
    /** All connections, and since when each is in use, or {@link #UNUSED}. */
    private final Map<LentSession, Long> sessions = new ConcurrentHashMap<>();

    private volatile @Nullable Throwable latestFailure;

    ExclusivePool(SessionFactory factory, WaitingRoom room) {
        PgOptions options = factory.options();
        int size = options.require(PgOption.POOL_SIZE);
        Duration bound = options.require(PgOption.CONTROL_TIMEOUT);
        this.room = room;
        this.pool = PoolBuilder.from(connect(factory))
                .sizeBetween(0, size)
                .maxPendingAcquireUnbounded()
                .releaseHandler(session -> {
                    onReturned(session);
                    return session.clear(bound);
                })
                .destroyHandler(this::destroy)
                .evictionPredicate(
                        (session, metadata) -> !session.isHealthy() || !session.isIdle() || session.isReplacementDue())
                // the one used last knows the statements of today, and the others may be closed by somebody's idle
                // timeout
                .idleResourceReuseMruOrder()
                .buildPool();
        // the rest is left to transactions and to who waits behind something that turned out to be slow
        this.borrowers = new Borrowers(pool, room, this, size, Math.max(1, size / 2));
    }

    private Mono<LentSession> connect(SessionFactory factory) {
        Mono<LentSession> attempt = factory.connectOn(null).doOnError(failure -> latestFailure = failure);
        return Mono.defer(() -> attempt.retryWhen(Backoff.whileAwaited(this::isAwaited)))
                .delaySubscription(Mono.defer(this::uselessDelay))
                .doOnNext(session -> {
                    latestFailure = null;
                    sessions.put(session, UNUSED);
                });
    }

    /** Behind connections that ended without having answered anything the next one is made later. */
    private Mono<Long> uselessDelay() {
        long delay = useless.remaining(System.nanoTime());
        return delay <= 0 ? Mono.empty() : Mono.delay(Duration.ofNanos(delay));
    }

    private boolean isAwaited() {
        return borrowers.waiting() > 0;
    }

    private void onLent(LentSession session) {
        sessions.replace(session, System.nanoTime());
        session.lend();
    }

    private void onReturned(LentSession session) {
        sessions.replace(session, UNUSED);
        if (session.hasAnswered()) {
            useless.reset();
        } else if (!session.isHealthy()) {
            useless.onFailure(System.nanoTime());
        }
    }

    private Mono<Void> destroy(LentSession session) {
        sessions.remove(session);
        return session.close();
    }

    /** A connection on loan. */
    final class Loan {

        private final PooledRef<LentSession> reference;
        private final boolean isSlow;

        private Loan(PooledRef<LentSession> reference, boolean isSlow) {
            this.reference = reference;
            this.isSlow = isSlow;
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
            Runnable end = () -> {
                onEnd();
                returned.run();
            };
            lend(Mono.just(reference), session -> execution, end).subscribe(subscriber);
        }

        /** Hands it back unused. */
        void giveBack() {
            handBack(reference, this::onEnd);
        }

        private void onEnd() {
            if (isSlow) {
                borrowers.onSlowReturned();
            }
        }
    }

    /** Lends a connection to a statement, as soon as it has waited longest; as {@link Borrowers#borrow}. */
    Mono<Loan> borrow(long since, boolean isSlow) {
        return prepared(borrowers.borrow(since, isSlow)).map(reference -> new Loan(reference, isSlow));
    }

    /** Lends a connection for as long as the publisher goes on. */
    <T> Flux<T> with(Function<LentSession, Publisher<T>> work) {
        return lend(prepared(borrowers.borrow()), work, () -> {});
    }

    private Mono<PooledRef<LentSession>> prepared(Mono<PooledRef<LentSession>> acquired) {
        return acquired.doOnNext(reference -> onLent(reference.poolable()))
                .onErrorMap(PoolShutdownException.class, failure -> ClientEnd.graceEnded());
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

    /** Returns how many wait for a connection. */
    int awaited() {
        return borrowers.waiting();
    }

    @Override
    public PgException full() {
        return room.full(uses(), latestFailure);
    }

    @Override
    public PgException late() {
        return late(null);
    }

    /** As {@link #late()}; {@code cause} tells why a shared connection could not be made, null if one could. */
    PgException late(@Nullable Throwable cause) {
        return room.late(uses(), cause == null ? latestFailure : cause);
    }

    private String uses() {
        long now = System.nanoTime();
        long longest = 0;
        for (long since : sessions.values()) {
            longest = since == UNUSED ? longest : Math.max(longest, now - since);
        }
        int used = pool.metrics().acquiredSize();
        return used + " of " + pool.metrics().getMaxAllocatedSize() + " connections of the pool are in use"
                + (used == 0 ? "" : ", the longest for " + longest / 1_000_000 + " ms") + ", "
                + (room.waiting() + borrowers.waitingTransactions()) + " statements and transactions wait";
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
        sessions.keySet().forEach(session -> session.abandon(ClientEnd.graceEnded()));
    }
}
