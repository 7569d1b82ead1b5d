package io.fluxgres.internal.client;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgTimeoutException;
import io.fluxgres.internal.query.LentSession;
import io.fluxgres.internal.query.QueryCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A statement of a client on its way to a connection, and then between that and its subscriber.
 *
 * <p>It is placed on the shared connection of its lane, or executed on an exclusive one, or waits for either. As long as it
 * was certainly not sent it may be placed again.
 *
 * <p>Confined to the event loop of its lane, to which {@link #request} and {@link #cancel} hop; only what the subscriber does
 * while it gets its subscription is taken down where it does it, so that this needs no hop of its own. Signals of a shared connection
 * come on this loop; those of an exclusive one may come on another, touch nothing that the lane looks at then and are passed
 * on.
 */
final class ClientStatement<T> implements CoreSubscriber<T>, Subscription, Runnable {

    /** A server that ends connection after connection must not keep a statement moving for ever. */
    private static final int MAXIMUM_MOVES = 3;

    private enum Phase {
        /** On its way to its lane. */
        NEW,
        /** Waits for a connection. */
        WAITING,
        /** Executed on the lane's shared connection. */
        PLACED,
        /** Executed on an exclusive connection. */
        LENT,
        /** Its subscriber has cancelled or has had its terminal signal. */
        ENDED
    }

    private final QueryCall<T> call;
    private final boolean exclusive;
    private final CoreSubscriber<? super T> subscriber;

    /** Volatile for those who hop to it: it may go on to another lane. */
    private volatile StatementLane lane;

    private Phase phase = Phase.NEW;
    private @Nullable Pace pace;
    private @Nullable Subscription upstream;
    /** Where it waits, null if it does not. */
    private @Nullable LoanQueue queue;

    /** The thread that hands the subscriber its subscription, as long as it does. */
    private @Nullable Thread subscribing;
    /** What the subscriber has requested meanwhile. */
    private long requestedAtOnce;
    /** It has cancelled meanwhile. */
    private boolean cancelledAtOnce;

    private long requested;
    /** When it was subscribed to: its turn comes by that, however long it was on its way. */
    private long begun;

    private boolean waited;
    /** Volatile: an end that meets the cancel on its way to the lane is not signalled. */
    private volatile boolean cancelled;

    private boolean emitted;
    private boolean rerouted;
    private int moves;

    ClientStatement(StatementLane lane, QueryCall<T> call, boolean exclusive, CoreSubscriber<? super T> subscriber) {
        this.lane = lane;
        this.call = call;
        this.exclusive = exclusive;
        this.subscriber = subscriber;
    }

    /** Meets its subscriber and goes to its lane: at once if the caller is on its event loop. */
    void begin() {
        begun = System.nanoTime();
        subscribing = Thread.currentThread();
        subscriber.onSubscribe(this);
        subscribing = null;
        if (lane.inEventLoop()) {
            run();
        } else {
            lane.execute(this);
        }
    }

    /** Arrives at its lane. */
    @Override
    public void run() {
        if (requestedAtOnce != 0) {
            onRequest(requestedAtOnce);
            requestedAtOnce = 0;
        }
        if (cancelled || cancelledAtOnce) {
            cancelled = true;
            phase = Phase.ENDED;
            return;
        }
        lane.arrive(this);
    }

    // ---- for its lane

    boolean isExclusive() {
        return exclusive;
    }

    /** Returns how fast it is, as far as that is known. */
    Pace pace() {
        Pace known = pace;
        if (known == null) {
            // a batch takes as long as it is, which tells nothing of the next
            known = call.isBatch() ? new Pace() : lane.paceOf(call.sql());
            pace = known;
        }
        return known;
    }

    /** Goes on to another lane, once. */
    boolean reroute(StatementLane other) {
        if (rerouted) {
            return false;
        }
        rerouted = true;
        lane = other;
        other.execute(this);
        return true;
    }

    /** Begins to wait at the end of a queue, or fails if nobody more may wait. */
    void await(LoanQueue joined) {
        if (!lane.room().enter()) {
            fail(lane.full());
            return;
        }
        phase = Phase.WAITING;
        waited = true;
        queue = joined;
        joined.onJoined(this);
    }

    /** Returns for how many nanoseconds it may still wait; not positive if it is too late. */
    long patience() {
        long patience = TimeUnit.NANOSECONDS.convert(lane.room().patience());
        Duration timeout = call.timeout();
        return (timeout == null ? patience : Math.min(patience, TimeUnit.NANOSECONDS.convert(timeout))) - waitedFor();
    }

    /** Returns for how long it has waited, in nanoseconds. */
    long waitedFor() {
        return waited ? System.nanoTime() - begun : 0;
    }

    /** Returns when it was subscribed to, by {@code System.nanoTime}. */
    long begun() {
        return begun;
    }

    /** Fails because it has waited too long. */
    void failLate() {
        Duration timeout = call.timeout();
        fail(
                timeout != null && timeout.compareTo(lane.room().patience()) <= 0
                        ? PgTimeoutException.notSent(timeout)
                        : lane.late());
    }

    /** Returns whether it has waited. */
    private boolean stopWaiting() {
        LoanQueue left = queue;
        if (left == null) {
            return false;
        }
        left.onLeft(this);
        queue = null;
        lane.room().leave();
        return true;
    }

    /** Is executed on the lane's shared connection. */
    void place(LentSession session) {
        stopWaiting();
        phase = Phase.PLACED;
        session.start(call, waitedFor(), this);
    }

    /** Is executed on an exclusive connection. */
    void execute(ExclusivePool.Loan loan, Runnable returned) {
        stopWaiting();
        phase = Phase.LENT;
        loan.execute(call, waitedFor(), returned, this);
    }

    /** Fails if it has not ended. */
    void fail(Throwable reason) {
        boolean left = stopWaiting();
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            if (!cancelled) {
                subscriber.onError(reason);
            }
        }
        if (left) {
            lane.onChange();
        }
    }

    // ---- the subscription

    @Override
    public void request(long n) {
        StatementLane current = lane;
        if (Thread.currentThread().equals(subscribing)) {
            requestedAtOnce = sum(requestedAtOnce, n);
        } else if (current.inEventLoop()) {
            onRequest(n);
        } else {
            current.execute(() -> request(n));
        }
    }

    /** A request that is not positive stays one, so that whoever serves it refuses it. */
    private static long sum(long before, long n) {
        if (n <= 0 || before < 0) {
            return -1;
        }
        long sum = before + n;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private void onRequest(long n) {
        requested = sum(requested, n);
        Subscription source = upstream;
        if (source != null) {
            source.request(n);
        } else if (n <= 0 && phase == Phase.WAITING) {
            fail(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
        }
    }

    @Override
    public void cancel() {
        StatementLane current = lane;
        if (Thread.currentThread().equals(subscribing)) {
            cancelledAtOnce = true;
        } else if (current.inEventLoop()) {
            onCancel();
        } else {
            cancelled = true;
            current.execute(this::cancel);
        }
    }

    private void onCancel() {
        cancelled = true;
        Subscription source = upstream;
        if (source != null) {
            source.cancel();
        } else if (phase == Phase.WAITING) {
            phase = Phase.ENDED;
            if (stopWaiting()) {
                lane.onChange();
            }
        }
    }

    // ---- the signals

    @Override
    public void onSubscribe(Subscription source) {
        if (lane.inEventLoop()) {
            attach(source);
        } else {
            lane.execute(() -> attach(source));
        }
    }

    private void attach(Subscription source) {
        upstream = source;
        if (cancelled) {
            source.cancel();
        } else if (requested != 0) {
            source.request(requested);
        }
    }

    @Override
    public void onNext(T value) {
        emitted = true;
        subscriber.onNext(value);
    }

    @Override
    public void onError(Throwable failure) {
        if (phase == Phase.PLACED && !emitted && !cancelled && moves < MAXIMUM_MOVES && wasNotSent(failure)) {
            moves++;
            upstream = null;
            lane.move(this);
        } else if (!cancelled) {
            subscriber.onError(failure);
        }
    }

    /** Whether another connection can do what this one certainly has not done. */
    private static boolean wasNotSent(Throwable failure) {
        return failure instanceof PgException reported
                && reported.safeToRetry()
                && (failure instanceof PgConnectionException || failure instanceof PgBackpressureException);
    }

    @Override
    public void onComplete() {
        if (!cancelled) {
            subscriber.onComplete();
        }
    }

    @Override
    public Context currentContext() {
        return subscriber.currentContext();
    }
}
