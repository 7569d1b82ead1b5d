package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.internal.query.LentSession;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.pool.Pool;
import reactor.pool.PooledRef;

/**
 * Who waits for a connection of the pool, whatever door they came through: statements of all lanes, and transactions. Who has
 * waited longest gets what comes first; but slow statements together have no more than a part of the pool, and let others go
 * first while they have that.
 *
 * <p>May be used by any thread. What happens is taken down, and one thread at a time sees to it, without a lock; connections
 * are handed over behind that, so that what a borrower does with one holds up nobody else.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time counts
final class Borrowers {

    private final Pool<LentSession> pool;
    private final WaitingRoom room;
    private final Uses uses;
    private final int size;
    private final int slowLimit;
    private final AtomicLong numbers = new AtomicLong();

    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pendingEvents = new AtomicInteger();

    /** Confined to whoever sees to what has happened, as what follows. */
    private final NavigableSet<Borrower> others = new TreeSet<>(Borrowers::order);

    private final NavigableSet<Borrower> slow = new TreeSet<>(Borrowers::order);
    private final Deque<Asking> asked = new ArrayDeque<>();
    private final Queue<Borrower> newcomers = new ArrayDeque<>();
    private final List<Runnable> handovers = new ArrayList<>();
    private int slowLent;

    private volatile int waiting;
    private volatile int transactions;

    /** What those are told who get no connection. */
    interface Uses {

        /** Returns the failure of who finds too many waiting. */
        PgException full();

        /** Returns the failure of who has waited too long. */
        PgException late();
    }

    /**
     * Lends the connections of a pool.
     *
     * @param size how many those are at most
     * @param slowLimit how many of them slow statements may have
     */
    Borrowers(Pool<LentSession> pool, WaitingRoom room, Uses uses, int size, int slowLimit) {
        this.pool = pool;
        this.room = room;
        this.uses = uses;
        this.size = size;
        this.slowLimit = slowLimit;
    }

    /**
     * Lends a connection to a statement, which knows itself how long to wait.
     *
     * @param since when it began to wait, by {@code System.nanoTime}
     * @param isSlow whether it is known to be slow; each such loan is followed by a call of {@link #onSlowReturned}
     */
    Mono<PooledRef<LentSession>> borrow(long since, boolean isSlow) {
        return borrow(since, isSlow, null);
    }

    /** Lends a connection to a transaction. */
    Mono<PooledRef<LentSession>> borrow() {
        return Mono.defer(() -> borrow(System.nanoTime(), false, room.patience()));
    }

    private Mono<PooledRef<LentSession>> borrow(long since, boolean isSlow, @Nullable Duration patience) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super PooledRef<LentSession>> subscriber) {
                Borrower borrower = new Borrower(since, isSlow, patience, subscriber);
                subscriber.onSubscribe(borrower);
                onEvent(() -> join(borrower));
            }
        };
    }

    /** A connection that was lent to a slow statement is back. */
    void onSlowReturned() {
        onEvent(() -> slowLent--);
    }

    /** Returns how many wait, those included whom their lane may serve first. */
    int waiting() {
        return waiting;
    }

    /** Returns how many of them are transactions. */
    int waitingTransactions() {
        return transactions;
    }

    private void onEvent(Runnable event) {
        events.add(event);
        if (pendingEvents.getAndIncrement() != 0) {
            return;
        }
        List<Runnable> ready = new ArrayList<>();
        int seen = 1;
        do {
            for (Runnable next = events.poll(); next != null; next = events.poll()) {
                next.run();
            }
            askForConnections();
            if (events.isEmpty()) {
                newcomers.forEach(this::awaitTurn);
                newcomers.clear();
            }
            ready.addAll(handovers);
            handovers.clear();
            seen = pendingEvents.addAndGet(-seen);
        } while (seen != 0);
        ready.forEach(Runnable::run);
    }

    private void join(Borrower borrower) {
        if (borrower.ended.get()) {
            return;
        }
        (borrower.isSlow ? slow : others).add(borrower);
        if (borrower.patience != null) {
            transactions = transactions + 1;
            newcomers.add(borrower);
        }
    }

    private void leave(Borrower borrower) {
        if ((borrower.isSlow ? slow : others).remove(borrower) && borrower.patience != null) {
            transactions = transactions - 1;
        }
    }

    /** Asks for as many connections as can be of use, for nobody in particular. */
    private void askForConnections() {
        waiting = others.size() + slow.size();
        int wanted = Math.min(size, others.size() + Math.min(slow.size(), slowLimit - slowLent));
        while (asked.size() < wanted) {
            Asking asking = new Asking();
            asked.add(asking);
            pool.acquire().subscribe(asking);
        }
        while (asked.size() > wanted) {
            asked.removeLast().cancel();
        }
    }

    /** A transaction was not served at once. */
    private void awaitTurn(Borrower borrower) {
        Duration patience = borrower.patience;
        if (patience == null || borrower.ended.get()) {
            return;
        }
        if (transactions > room.size()) {
            fail(borrower, uses.full());
        } else {
            borrower.timer = Schedulers.parallel()
                    .schedule(
                            () -> onEvent(() -> fail(borrower, uses.late())), patience.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void fail(Borrower borrower, Throwable failure) {
        leave(borrower);
        if (borrower.end()) {
            handovers.add(() -> borrower.subscriber.onError(failure));
        }
    }

    private @Nullable Borrower pollFirst() {
        Borrower next = others.isEmpty() ? null : others.first();
        if (!slow.isEmpty() && slowLent < slowLimit && (next == null || order(slow.first(), next) < 0)) {
            next = slow.first();
        }
        if (next != null) {
            leave(next);
        }
        return next;
    }

    private void onConnection(Asking asking, PooledRef<LentSession> reference) {
        asked.remove(asking);
        Borrower next = pollFirst();
        while (next != null && !next.end()) {
            next = pollFirst();
        }
        if (next == null) {
            handovers.add(() -> reference.release().subscribe());
            return;
        }
        if (next.isSlow) {
            slowLent++;
        }
        CoreSubscriber<? super PooledRef<LentSession>> subscriber = next.subscriber;
        handovers.add(() -> {
            subscriber.onNext(reference);
            subscriber.onComplete();
        });
    }

    private void onRefusal(Asking asking, Throwable failure) {
        if (!asked.remove(asking)) {
            return;
        }
        Borrower next = pollFirst();
        if (next != null) {
            fail(next, failure);
        }
    }

    /**
     * Waits for a connection for whoever has waited longest then. It may come, or be refused, while it is cancelled: a
     * connection is used even then, and a refusal is nobody's.
     */
    private final class Asking implements CoreSubscriber<PooledRef<LentSession>> {

        private @Nullable Subscription subscription;

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(1);
        }

        void cancel() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(PooledRef<LentSession> reference) {
            onEvent(() -> onConnection(this, reference));
        }

        @Override
        public void onError(Throwable failure) {
            onEvent(() -> onRefusal(this, failure));
        }

        @Override
        public void onComplete() {
            // behind the connection
        }
    }

    /** Somebody who waits. Ends once: with a connection, a failure, or because it gives up. */
    private final class Borrower implements Subscription {

        private final long since;
        private final long number = numbers.getAndIncrement();
        private final boolean isSlow;
        private final @Nullable Duration patience;
        private final CoreSubscriber<? super PooledRef<LentSession>> subscriber;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable Disposable timer;

        Borrower(
                long since,
                boolean isSlow,
                @Nullable Duration patience,
                CoreSubscriber<? super PooledRef<LentSession>> subscriber) {
            this.since = since;
            this.isSlow = isSlow;
            this.patience = patience;
            this.subscriber = subscriber;
        }

        /** Returns whether it had not ended. */
        boolean end() {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            Disposable running = timer;
            if (running != null) {
                running.dispose();
            }
            return true;
        }

        /** There is one connection, and it is wanted. */
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            if (end()) {
                onEvent(() -> leave(this));
            }
        }
    }

    private static int order(Borrower one, Borrower other) {
        int order = Long.signum(one.since - other.since);
        return order == 0 ? Long.compare(one.number, other.number) : order;
    }
}
