package io.fluxgres.internal.request;

import io.fluxgres.PgRow;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.row.RowView;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;

/**
 * The one subscription to a {@link StatementResult}. Confined to the event loop, but for {@link #request} and
 * {@link #cancel}, which hop to it.
 *
 * @param <T> the class of the values
 */
abstract sealed class ResultConsumer<T> implements Subscription {

    final StatementResult result;
    final CoreSubscriber<? super T> subscriber;

    private long demand;
    /** It gets nothing any more. */
    private boolean ended;
    /** It has cancelled. Volatile: an end that meets the cancel on its way to the loop is not signalled. */
    private volatile boolean cancelled;
    /** Why it wants nothing any more but this error, behind the end of the result. */
    private @Nullable Throwable failure;

    private ResultConsumer(StatementResult result, CoreSubscriber<? super T> subscriber) {
        this.result = result;
        this.subscriber = subscriber;
    }

    @Override
    public final void request(long n) {
        result.execute(() -> onRequest(n));
    }

    private void onRequest(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
            return;
        }
        long sum = demand + n;
        demand = sum < 0 ? Long.MAX_VALUE : sum;
        onDemand();
        result.onDemand();
    }

    void onDemand() {}

    @Override
    public final void cancel() {
        cancelled = true;
        result.execute(() -> {
            if (!ended) {
                ended = true;
                result.onCancel(this);
            }
        });
    }

    /** Fails on the subscriber's side: the rest of the result is discarded, the error signalled behind it. */
    final void fail(Throwable reason) {
        if (!ended && failure == null) {
            failure = reason;
            result.onFailure(this);
        }
    }

    /** Whether a row may be delivered. */
    boolean isRequested() {
        return demand > 0;
    }

    final boolean isEnded() {
        return ended;
    }

    final boolean hasFailed() {
        return failure != null;
    }

    /** Takes a row. */
    abstract void row(RowView view, DataRow row);

    /** Takes the end of the result: its failure, or null if it has succeeded. */
    final void end(@Nullable Throwable reason) {
        Throwable error = failure != null ? failure : reason;
        if (ended) {
            return;
        }
        if (error == null) {
            complete();
        } else {
            ended = true;
            if (!cancelled) {
                subscriber.onError(error);
            }
        }
    }

    abstract void complete();

    final void emit(T value) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        subscriber.onNext(value);
    }

    final void signalComplete() {
        ended = true;
        if (!cancelled) {
            subscriber.onComplete();
        }
    }

    /** Whether the end may be signalled before the server is ready for the next query, in need. */
    boolean mayEndEarly() {
        return false;
    }

    /** Maps the rows. */
    static final class Rows<T> extends ResultConsumer<T> {

        private final Function<? super PgRow, ? extends T> mapper;

        Rows(
                StatementResult result,
                Function<? super PgRow, ? extends T> mapper,
                CoreSubscriber<? super T> subscriber) {
            super(result, subscriber);
            this.mapper = mapper;
        }

        @Override
        void row(RowView view, DataRow row) {
            T value;
            view.show(row);
            try {
                value = Objects.requireNonNull(mapper.apply(view), "the mapping function returned null");
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                fail(thrown);
                return;
            } finally {
                view.hide();
            }
            if (!isEnded()) {
                emit(value);
            }
        }

        @Override
        void complete() {
            signalComplete();
        }

        @Override
        boolean mayEndEarly() {
            return true;
        }
    }

    /** Counts the rows that the statement has changed, and lets those that it returns pass. */
    static final class Count extends ResultConsumer<Long> {

        private boolean completed;

        Count(StatementResult result, CoreSubscriber<? super Long> subscriber) {
            super(result, subscriber);
        }

        @Override
        boolean isRequested() {
            return true;
        }

        @Override
        void row(RowView view, DataRow row) {}

        @Override
        void complete() {
            completed = true;
            onDemand();
        }

        @Override
        void onDemand() {
            if (completed && super.isRequested() && !isEnded()) {
                emit(Math.max(0, result.updateCount()));
                if (!isEnded()) {
                    signalComplete();
                }
            }
        }
    }
}
