package io.fluxgres.internal.session;

import io.fluxgres.PgBatchOutcome;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The outcomes of the items of an atomic batch. */
final class BatchOutcomeCall extends Flux<PgBatchOutcome> implements QueryCall<PgBatchOutcome> {

    private final QueryScope scope;
    private final FlightPlan plan;
    private final long firstIndex;

    BatchOutcomeCall(QueryScope scope, FlightPlan plan, long firstIndex) {
        this.scope = scope;
        this.plan = plan;
        this.firstIndex = firstIndex;
    }

    @Override
    public void subscribe(CoreSubscriber<? super PgBatchOutcome> subscriber) {
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
    public Request<PgBatchOutcome> newRequest(Session session, CoreSubscriber<? super PgBatchOutcome> subscriber) {
        return new BatchOutcomeRequest(session, plan.newFlight(session), firstIndex, subscriber);
    }
}
