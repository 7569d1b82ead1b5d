package io.fluxgres.internal.query;

import io.fluxgres.PgRow;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.request.RowRequest;
import io.fluxgres.internal.session.Session;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The mapped rows of a query or batch. */
final class RowCall<T> extends Flux<T> implements QueryCall<T> {

    private final QueryScope scope;
    private final FlightPlan plan;
    private final Function<? super PgRow, ? extends T> mapper;

    RowCall(QueryScope scope, FlightPlan plan, Function<? super PgRow, ? extends T> mapper) {
        this.scope = scope;
        this.plan = plan;
        this.mapper = mapper;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
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
    public Request<T> newRequest(Session session, CoreSubscriber<? super T> subscriber) {
        return new RowRequest<>(session, plan.newFlight(session), mapper, subscriber);
    }
}
