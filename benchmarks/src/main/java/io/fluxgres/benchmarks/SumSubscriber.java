package io.fluxgres.benchmarks;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Adds up what a publisher signals, without bounds of demand, and tells its lane. Subscribed once at a time. */
final class SumSubscriber implements CoreSubscriber<Long> {

    private final Lane lane;
    private long sum;

    SumSubscriber(Lane lane) {
        this.lane = lane;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        sum = 0;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Long value) {
        sum += value;
    }

    @Override
    public void onError(Throwable failure) {
        lane.failed(failure);
    }

    @Override
    public void onComplete() {
        lane.completed(sum);
    }
}
