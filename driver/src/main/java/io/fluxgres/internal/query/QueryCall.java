package io.fluxgres.internal.query;

import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.request.Request;
import io.fluxgres.internal.session.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * A query or batch with its values and what is to be made of its result, before it has a session. May be executed any number
 * of times, on any session of its factory.
 *
 * @param <T> the class of the values that it signals
 */
public interface QueryCall<T> {

    /** Returns where it is executed. */
    QueryScope scope();

    /** Returns what is executed. */
    FlightPlan plan();

    /** Returns a request to execute it on a session. */
    Request<T> newRequest(Session session, CoreSubscriber<? super T> subscriber);

    /** Returns the SQL. */
    default String sql() {
        return plan().sql();
    }

    /** Whether it is more than one execution of the SQL. */
    default boolean isBatch() {
        return plan().isBatch();
    }

    /** Whether it keeps a session for itself, so that nothing should have to wait behind it. */
    default boolean isLong() {
        return plan().isLong();
    }

    /** Returns how long it may take from the subscription on, null for no bound. */
    default @Nullable Duration timeout() {
        return scope().timeout();
    }

    /** Whether it wants a session for itself. */
    default boolean isExclusive() {
        return scope().isExclusive();
    }
}
