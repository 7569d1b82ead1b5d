package io.fluxgres.internal.query;

import io.fluxgres.PgResult;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.request.ResultRequest;
import io.fluxgres.internal.session.Session;
import reactor.core.CoreSubscriber;

/** The results of a query. */
final class ResultCall extends FluxCall<PgResult> {

    ResultCall(QueryScope scope, FlightPlan plan) {
        super(scope, plan);
    }

    @Override
    public Request<PgResult> newRequest(Session session, CoreSubscriber<? super PgResult> subscriber) {
        return new ResultRequest(session, plan().newFlight(session), subscriber);
    }
}
