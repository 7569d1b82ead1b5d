package io.fluxgres.internal.query;

import io.fluxgres.PgBatchOutcome;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.BatchOutcomeRequest;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.session.Session;
import reactor.core.CoreSubscriber;

/** The outcomes of the items of an atomic batch. */
final class BatchOutcomeCall extends FluxCall<PgBatchOutcome> {

    private final long firstIndex;
    private final boolean failing;

    /**
     * Creates the call.
     *
     * @param failing whether a failure of an item is an error rather than the outcome of all of them
     */
    BatchOutcomeCall(QueryScope scope, FlightPlan plan, long firstIndex, boolean failing) {
        super(scope, plan);
        this.firstIndex = firstIndex;
        this.failing = failing;
    }

    @Override
    public Request<PgBatchOutcome> newRequest(Session session, CoreSubscriber<? super PgBatchOutcome> subscriber) {
        return new BatchOutcomeRequest(session, plan().newFlight(session), firstIndex, failing, subscriber);
    }
}
