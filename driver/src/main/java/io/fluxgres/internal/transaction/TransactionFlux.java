package io.fluxgres.internal.transaction;

import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CorePublisher;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The values of a function, inside a transaction: each subscription begins one, commits it when the function's publisher
 * completes, and rolls it back when that fails, or the commit does, or the subscriber cancels. The subscriber hears the end
 * behind that of the transaction. May be subscribed to on any thread; signals come on that of the publisher, the end on the
 * event loop.
 *
 * @param <T> the class of the values
 */
final class TransactionFlux<T> extends Flux<T> {

    private final TransactionSlot slot;
    private final PgTransactionOptions options;
    private final Function<Transaction, ? extends Publisher<T>> work;

    TransactionFlux(
            TransactionSlot slot, PgTransactionOptions options, Function<Transaction, ? extends Publisher<T>> work) {
        this.slot = slot;
        this.options = options;
        this.work = work;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        Transaction transaction;
        try {
            transaction = slot.open(options);
        } catch (PgUsageException refused) {
            Operators.error(subscriber, refused);
            return;
        }
        values(transaction).subscribe(new Values<>(transaction, subscriber));
    }

    /** Returns a publisher of Reactor: one that reports what its subscribe throws. */
    private Publisher<T> values(Transaction transaction) {
        try {
            Publisher<T> values = work.apply(transaction);
            return values instanceof CorePublisher ? values : Flux.from(values);
        } catch (Throwable failure) {
            Exceptions.throwIfFatal(failure);
            return Flux.error(failure);
        }
    }

    /** One subscription. Its end is decided once: by what comes last of the function and the commit, or by a cancel. */
    private static final class Values<T> implements CoreSubscriber<T>, Subscription {

        private final Transaction transaction;
        private final CoreSubscriber<? super T> subscriber;
        private final AtomicBoolean decided = new AtomicBoolean();

        /** That of the values, then that of the commit. */
        private volatile Subscription subscription = Operators.emptySubscription();

        private boolean complete;
        /** An end that is told behind that of the transaction concerns nobody then, and would be reported as dropped. */
        private volatile boolean cancelled;

        Values(Transaction transaction, CoreSubscriber<? super T> subscriber) {
            this.transaction = transaction;
            this.subscriber = subscriber;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription values) {
            subscription = values;
            subscriber.onSubscribe(this);
        }

        @Override
        public void onNext(T value) {
            if (complete) {
                Operators.onNextDropped(value, currentContext());
            } else {
                subscriber.onNext(value);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (complete) {
                Operators.onErrorDropped(failure, currentContext());
            } else {
                complete = true;
                fail(failure);
            }
        }

        @Override
        public void onComplete() {
            if (!complete) {
                complete = true;
                transaction.commit().subscribe(new Commit());
            }
        }

        private void fail(Throwable failure) {
            if (decided.compareAndSet(false, true)) {
                transaction
                        .rollbackBehind(failure)
                        .doFinally(end -> {
                            if (!cancelled) {
                                subscriber.onError(failure);
                            }
                        })
                        .subscribe();
            }
        }

        @Override
        public void request(long n) {
            subscription.request(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (decided.compareAndSet(false, true)) {
                subscription.cancel();
                transaction.rollbackBehindCancel().subscribe();
            }
        }

        private final class Commit implements CoreSubscriber<Void> {

            @Override
            public void onSubscribe(Subscription commit) {
                subscription = commit;
                commit.request(Long.MAX_VALUE);
                if (decided.get()) {
                    commit.cancel();
                }
            }

            @Override
            public void onNext(Void nothing) {}

            @Override
            public void onError(Throwable failure) {
                fail(failure);
            }

            @Override
            public void onComplete() {
                if (decided.compareAndSet(false, true)) {
                    transaction.close();
                    if (!cancelled) {
                        subscriber.onComplete();
                    }
                }
            }
        }
    }
}
