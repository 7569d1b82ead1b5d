package io.fluxgres.internal.query;

import io.fluxgres.PgBatchOutcome;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.BatchOutcomeRequest;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.session.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The outcomes of the items of an atomic batch. */
final class BatchOutcomeCall extends Flux<PgBatchOutcome> implements QueryCall<PgBatchOutcome> {

    private final QueryScope scope;
    private final FlightPlan plan;
    private final long firstIndex;
    private final boolean failing;

    /**
     * Creates the call.
     *
     * @param failing whether a failure of an item is an error rather than the outcome of all of them
     */
    BatchOutcomeCall(QueryScope scope, FlightPlan plan, long firstIndex, boolean failing) {
        this.scope = scope;
        this.plan = plan;
        this.firstIndex = firstIndex;
        this.failing = failing;
    }

    @Override
    public void subscribe(CoreSubscriber<? super PgBatchOutcome> subscriber) {
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
    public Request<PgBatchOutcome> newRequest(Session session, CoreSubscriber<? super PgBatchOutcome> subscriber) {
        return new BatchOutcomeRequest(session, plan.newFlight(session), firstIndex, failing, subscriber);
    }
}
