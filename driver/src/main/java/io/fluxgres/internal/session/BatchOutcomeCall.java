package io.fluxgres.internal.session;

import io.fluxgres.PgBatchOutcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
    public String sql() {
        return plan.sql();
    }

    @Override
    public boolean isBatch() {
        return plan.isBatch();
    }

    @Override
    public boolean isLong() {
        return plan.isLong();
    }

    @Override
    public @Nullable Duration timeout() {
        return scope.timeout();
    }

    @Override
    public Request<PgBatchOutcome> newRequest(Session session, CoreSubscriber<? super PgBatchOutcome> subscriber) {
        return new BatchOutcomeRequest(session, plan.newFlight(session), firstIndex, subscriber);
    }
}
