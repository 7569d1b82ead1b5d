package io.fluxgres.internal.query;

import io.fluxgres.PgRow;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.request.RowRequest;
import io.fluxgres.internal.session.Session;
import java.util.function.Function;
import reactor.core.CoreSubscriber;

/** The mapped rows of a query or batch. */
final class RowCall<T> extends FluxCall<T> {

    private final Function<? super PgRow, ? extends T> mapper;

    RowCall(QueryScope scope, FlightPlan plan, Function<? super PgRow, ? extends T> mapper) {
        super(scope, plan);
        this.mapper = mapper;
    }

    @Override
    public Request<T> newRequest(Session session, CoreSubscriber<? super T> subscriber) {
        return new RowRequest<>(session, plan().newFlight(session), mapper, subscriber);
    }
}
