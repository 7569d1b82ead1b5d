package io.fluxgres.internal.query;

import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.flight.FlightPlan;
import io.fluxgres.internal.flight.StatementFlight;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;

/** One execution of a statement with its values. */
sealed class StatementPlan implements FlightPlan permits Query {

    private final BoundStatement statement;
    private final int fetchSize;

    /**
     * Creates a plan.
     *
     * @param fetchSize how many rows are fetched at once, 0 for all
     */
    StatementPlan(BoundStatement statement, int fetchSize) {
        this.statement = statement;
        this.fetchSize = fetchSize;
    }

    final BoundStatement statement() {
        return statement;
    }

    /** Returns the fetch size, in rows. */
    final int rowsAtOnce() {
        return fetchSize;
    }

    @Override
    public final String sql() {
        return statement.sql();
    }

    @Override
    public final boolean isLong() {
        return fetchSize > 0;
    }

    @Override
    public final boolean isBatch() {
        return false;
    }

    @Override
    public final Flight newFlight(Session session) {
        return new StatementFlight(session, statement, fetchSize);
    }
}
