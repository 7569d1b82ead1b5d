package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import reactor.core.CoreSubscriber;

/** An execution of which only the number of changed rows is signalled. */
final class UpdateCountRequest extends Request<Long> {

    private long count;
    private boolean completed;

    UpdateCountRequest(
            Session session, String sql, BoundParameters parameters, CoreSubscriber<? super Long> subscriber) {
        super(session, sql, parameters, 0, subscriber);
    }

    @Override
    public Demand demand() {
        return Demand.DISCARD;
    }

    @Override
    void row(RowView view, DataRow row) {}

    /** A query reports the rows it returned; CREATE TABLE AS reports the rows it made under the same tag. */
    @Override
    void completed(CommandTag tag, boolean returnedRows) {
        boolean changed = switch (tag.command()) {
            case "INSERT", "UPDATE", "DELETE", "MERGE", "COPY" -> true;
            case "SELECT" -> !returnedRows;
            default -> false;
        };
        if (changed && tag.rows() != CommandTag.NO_ROWS) {
            count += tag.rows();
        }
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
            subscriber.onComplete();
        }
    }
}
