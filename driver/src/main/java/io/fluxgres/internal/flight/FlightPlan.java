package io.fluxgres.internal.flight;

import io.fluxgres.internal.session.Session;

/** What is to be executed, on whichever session. */
public interface FlightPlan {

    /** Returns the SQL, for messages and observers. */
    String sql();

    /** Whether it keeps a session for itself, so that nothing should have to wait behind it. */
    boolean isLong();

    /** Whether it is more than one execution of the SQL. */
    boolean isBatch();

    Flight newFlight(Session session);
}
