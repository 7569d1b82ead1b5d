package io.fluxgres.internal.request;

import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.session.Session;
import reactor.core.CoreSubscriber;

/** An execution of which only the number of changed rows is signalled. */
public final class UpdateCountRequest extends Request<Long> {

    private long count;
    private boolean completed;

    public UpdateCountRequest(Session session, Flight flight, CoreSubscriber<? super Long> subscriber) {
        super(session, flight, subscriber);
    }

    @Override
    public Demand demand() {
        return Demand.DISCARD;
    }

    @Override
    void row(RowView view, DataRow row) {}

    @Override
    void completed(CommandTag tag, boolean returnedRows) {
        count += changedRows(tag, returnedRows);
    }

    /** A query reports the rows it returned; CREATE TABLE AS reports the rows it made under the same tag. */
    static long changedRows(CommandTag tag, boolean returnedRows) {
        return isChange(tag, returnedRows) && tag.rows() != CommandTag.NO_ROWS ? tag.rows() : 0;
    }

    static boolean isChange(CommandTag tag, boolean returnedRows) {
        return switch (tag.command()) {
            case "INSERT", "UPDATE", "DELETE", "MERGE", "COPY" -> true;
            case "SELECT" -> !returnedRows;
            default -> false;
        };
    }

    @Override
    void complete() {
        completed = true;
        onDemand();
    }

    @Override
    void onDemand() {
        if (completed && hasDemand() && !isTerminated()) {
            markTerminated();
            emit(count);
            signalComplete();
        }
    }
}
