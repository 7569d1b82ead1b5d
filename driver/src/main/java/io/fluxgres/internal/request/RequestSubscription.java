package io.fluxgres.internal.request;

import io.fluxgres.PgTimeoutException;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Execution;
import io.fluxgres.internal.session.Session;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * The subscriber's side of a request: its demand, its deadline, who observes it, and its one terminal signal.
 *
 * <p>All fields but one are confined to the event loop. {@link #request} and {@link #cancel} may be called by any thread and
 * hop to the loop; called from within a signal they only record.
 *
 * @param <T> the class of the values
 */
abstract sealed class RequestSubscription<T> implements Subscription permits RowDelivery {

    final Session session;
    CoreSubscriber<? super T> subscriber;

    private long demand;
    /** The subscriber has cancelled or has had its terminal signal: it gets nothing any more. */
    private boolean terminated;
    /** The subscriber's side failed: it gets its error when the rest of the result has passed. */
    private boolean discarding;
    /** Null if there is none. */
    private @Nullable Deadline deadline;
    /** What an observer sees; null if there is none. */
    private @Nullable Execution execution;

    private @Nullable Throwable failure;

    /**
     * The subscriber has cancelled. Volatile: an end that meets the cancel on its way to the loop is not signalled, for
     * operators such as {@code flatMap}, which cancel when another source fails, would report an error as dropped, and
     * {@code single}, which takes no value any more, that there was none.
     */
    private volatile boolean cancelled;

    RequestSubscription(Session session, CoreSubscriber<? super T> subscriber) {
        this.session = session;
        this.subscriber = subscriber;
    }

    /** Whether it was sent, so that the server may execute it. */
    abstract boolean isWritten();

    /** Whether rows or the end wait for demand. */
    abstract boolean isStalled();

    /** Goes on with what waited for demand, when nothing else is going on. */
    abstract void resume();

    /** Nobody wants the rest: lets it pass. */
    abstract void abandon();

    /** Returns what an observer sees, null if there is none. */
    final @Nullable Execution execution() {
        return execution;
    }

    /** Returns the first failure, null if there is none. */
    final @Nullable Throwable failure() {
        return failure;
    }

    /** Takes the failure away, for another attempt. */
    final @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    @Override
    public final void request(long n) {
        if (session.wire().inEventLoop()) {
            onRequest(n);
        } else {
            session.wire().execute(() -> onRequest(n));
        }
    }

    private void onRequest(long n) {
        if (n <= 0) {
            reject(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
            return;
        }
        long sum = demand + n;
        demand = sum < 0 ? Long.MAX_VALUE : sum;
        onDemand();
        if (isStalled()) {
            resume();
        }
    }

    /** There is demand. */
    void onDemand() {}

    /** Fails the subscription because of its subscriber: at once if nothing was written, else behind the discarded rest. */
    private void reject(Throwable reason) {
        fail(reason);
        discarding = true;
        if (!isWritten()) {
            signalFailure(reason);
        }
        abandon();
    }

    @Override
    public final void cancel() {
        if (session.wire().inEventLoop()) {
            onCancel();
        } else {
            cancelled = true;
            session.wire().execute(this::onCancel);
        }
    }

    void onCancel() {
        if (!terminated) {
            terminated = true;
            forgetSubscriber();
            stopDeadline();
            if (execution != null) {
                execution.cancel();
            }
            abandon();
        }
    }

    /** It has cancelled, and what goes on must not keep it reachable (Reactive Streams rule 3.13). */
    final void forgetSubscriber() {
        subscriber = Operators.emptySubscriber();
    }

    /** The subscriber gets its terminal signal. */
    private void terminate(@Nullable Throwable reason) {
        terminated = true;
        stopDeadline();
        if (execution != null) {
            execution.end(reason);
        }
    }

    final void stopDeadline() {
        if (deadline != null) {
            deadline.stop();
        }
    }

    /** Begins to watch its deadline and to measure; called before it is submitted. */
    final void watch(@Nullable Deadline expiry, @Nullable Execution measured) {
        if (terminated) {
            return;
        }
        if (measured != null) {
            execution = measured;
            measured.start();
        }
        if (expiry != null) {
            deadline = expiry;
            expiry.start(session.wire(), this::onDeadline);
        }
    }

    /** Ends the subscriber at once and lets the rest pass. */
    private void onDeadline(Deadline passed) {
        PgTimeoutException late = passed.failure(isWritten(), failure);
        terminate(late);
        abandon();
        signalError(late);
    }

    /** Whether the caller wants the rest to be cancelled, by its deadline. */
    public final boolean isCancelAsked() {
        return deadline != null && deadline.hasPassed();
    }

    final void signalFailure(Throwable reason) {
        if (!terminated) {
            terminate(reason);
            signalError(reason);
        }
    }

    /** Signals the error with which the request ends at once. */
    void signalError(Throwable reason) {
        if (!cancelled) {
            subscriber.onError(reason);
        }
    }

    /** Signals the completion with which the request ends. */
    final void signalComplete() {
        if (!cancelled) {
            subscriber.onComplete();
        }
    }

    final Throwable requireFailure() {
        if (failure == null) {
            throw new IllegalStateException("the request has not failed");
        }
        return failure;
    }

    /** The rest of the result concerns nobody. */
    final void discard() {
        discarding = true;
    }

    /** Whether the rest of the result concerns nobody. */
    final boolean isDiscarding() {
        return terminated || discarding;
    }

    /** Signals a value against the demand. */
    final void emit(T value) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        subscriber.onNext(value);
    }

    final boolean hasDemand() {
        return demand > 0;
    }

    /** What goes on is between this side and the consumers of what was kept. */
    final void endExecution() {
        if (execution != null) {
            execution.end(null);
        }
    }

    final void markTerminated() {
        terminate(null);
    }

    final boolean isTerminated() {
        return terminated;
    }

    /** Keeps the first failure, to be signalled at the end. */
    final void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }
}
