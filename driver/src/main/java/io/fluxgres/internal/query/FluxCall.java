package io.fluxgres.internal.query;

import io.fluxgres.internal.flight.FlightPlan;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A call that may signal any number of values.
 *
 * @param <T> the class of the values
 */
abstract sealed class FluxCall<T> extends Flux<T> implements QueryCall<T>
        permits RowCall, ResultCall, BatchOutcomeCall {

    private final QueryScope scope;
    private final FlightPlan plan;

    FluxCall(QueryScope scope, FlightPlan plan) {
        this.scope = scope;
        this.plan = plan;
    }

    @Override
    public final void subscribe(CoreSubscriber<? super T> subscriber) {
        scope.execute(this, subscriber);
    }

    @Override
    public final QueryScope scope() {
        return scope;
    }

    @Override
    public final FlightPlan plan() {
        return plan;
    }
}
