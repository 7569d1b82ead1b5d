package io.fluxgres.internal.query;

import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.request.UpdateCountRequest;
import io.fluxgres.internal.session.Session;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** The number of rows that a query or batch changes. */
final class UpdateCountCall extends Mono<Long> implements QueryCall<Long> {

    private final QueryScope scope;
    private final FlightPlan plan;

    UpdateCountCall(QueryScope scope, FlightPlan plan) {
        this.scope = scope;
        this.plan = plan;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Long> subscriber) {
        scope.execute(this, subscriber);
    }

    @Override
    public QueryScope scope() {
        return scope;
    }

    @Override
    public FlightPlan plan() {
        return plan;
    }

    @Override
    public Request<Long> newRequest(Session session, CoreSubscriber<? super Long> subscriber) {
        return new UpdateCountRequest(session, plan.newFlight(session), subscriber);
    }
}
