package io.fluxgres.internal.query;

import io.fluxgres.PgResult;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.request.ResultRequest;
import io.fluxgres.internal.session.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The results of a query. */
final class ResultCall extends Flux<PgResult> implements QueryCall<PgResult> {

    private final QueryScope scope;
    private final FlightPlan plan;

    ResultCall(QueryScope scope, FlightPlan plan) {
        this.scope = scope;
        this.plan = plan;
    }

    @Override
    public void subscribe(CoreSubscriber<? super PgResult> subscriber) {
        scope.execute(this, subscriber);
    }

    @Override
    public @Nullable Duration timeout() {
        return scope.timeout();
    }

    @Override
    public boolean isExclusive() {
        return scope.isExclusive();
    }

    @Override
    public FlightPlan plan() {
        return plan;
    }

    @Override
    public Request<PgResult> newRequest(Session session, CoreSubscriber<? super PgResult> subscriber) {
        return new ResultRequest(session, plan.newFlight(session), subscriber);
    }
}
