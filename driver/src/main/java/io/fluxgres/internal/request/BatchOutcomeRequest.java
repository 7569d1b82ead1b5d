package io.fluxgres.internal.request;

import io.fluxgres.PgBatchException;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.session.Session;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * An execution of an atomic batch of which the outcome of each item is signalled: when the group has ended, for only then is
 * it known. Until then each count takes eight bytes.
 */
public final class BatchOutcomeRequest extends Request<PgBatchOutcome> {

    private final long firstIndex;
    private final boolean failing;
    private long[] counts = new long[64];
    private int counted;

    private @Nullable PgBatchException failure;
    /** How many outcomes there are, negative until the group has ended. */
    private long outcomes = -1;

    private long emitted;
    private boolean emitting;

    public BatchOutcomeRequest(
            Session session,
            Flight flight,
            long firstIndex,
            boolean failing,
            CoreSubscriber<? super PgBatchOutcome> subscriber) {
        super(session, flight, subscriber);
        this.firstIndex = firstIndex;
        this.failing = failing;
    }

    @Override
    public Demand demand() {
        return Demand.DISCARD;
    }

    @Override
    void row(RowView view, DataRow row) {}

    @Override
    void completed(CommandTag tag, boolean returnedRows) {
        if (counted == counts.length) {
            counts = Arrays.copyOf(counts, counted * 2);
        }
        counts[counted++] = UpdateCountRequest.changedRows(tag, returnedRows);
    }

    @Override
    void complete() {
        outcomes = counted;
        onDemand();
    }

    /** An item that failed is a value, and so is each that failed with it, unless only successes are; all else is an error. */
    @Override
    void failed(Throwable reason) {
        if (!failing && reason instanceof PgBatchException item) {
            failure = item;
            outcomes = Math.max(executions(), item.index() + 1 - firstIndex);
            onDemand();
        } else {
            signalFailure(reason);
        }
    }

    /** Called again from within {@code onNext} it leaves the rest to the loop that is running. */
    @Override
    void onDemand() {
        if (outcomes < 0 || emitting) {
            return;
        }
        emitting = true;
        while (hasDemand() && !isTerminated() && emitted < outcomes) {
            emit(outcome((int) emitted++));
        }
        emitting = false;
        if (emitted == outcomes && !isTerminated()) {
            markTerminated();
            signalComplete();
        }
    }

    private PgBatchOutcome outcome(int item) {
        long index = firstIndex + item;
        PgBatchException reason = failure;
        if (reason == null) {
            return new PgBatchOutcome(index, Status.DONE, counts[item], null);
        }
        Status status = Status.UNDONE;
        if (reason.index() == index) {
            status = Status.FAILED;
        } else if (reason.index() != PgBatchException.COMMIT && reason.index() < index) {
            status = Status.ABORTED;
        }
        return new PgBatchOutcome(index, status, 0, reason);
    }
}
