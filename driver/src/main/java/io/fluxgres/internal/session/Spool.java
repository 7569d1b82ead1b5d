package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.DataRow;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one request that were read from the wire before they were requested, because another request waited behind
 * them. Confined to the event loop.
 */
final class Spool {

    /** What a kept row takes besides its bytes, roughly: the objects and the arrays of offsets. */
    private static final int ROW_OVERHEAD = 128;

    private static final int VALUE_OVERHEAD = 8;

    private final SpoolBudget budget;
    private final Queue<Entry> rows = new ArrayDeque<>();

    /** A row and the view that shows rows of its result. */
    record Entry(RowView view, DataRow row, int bytes) {}

    Spool(SpoolBudget budget) {
        this.budget = budget;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Keeps a copy of a row. */
    void add(RowView view, DataRow row) {
        DataRow copy = row.copy();
        int bytes = copy.buffer().capacity() + ROW_OVERHEAD + copy.size() * VALUE_OVERHEAD;
        budget.take(bytes);
        rows.add(new Entry(view, copy, bytes));
    }

    /** Returns the oldest row, null if there is none. */
    @Nullable Entry peek() {
        return rows.peek();
    }

    /** Drops the rows of one result. */
    void clear(RowView view) {
        rows.removeIf(entry -> {
            boolean dropped = entry.view() == view;
            if (dropped) {
                budget.giveBack(entry.bytes());
            }
            return dropped;
        });
    }

    /** Removes the oldest row, null if there is none. */
    @Nullable Entry poll() {
        Entry entry = rows.poll();
        if (entry != null) {
            budget.giveBack(entry.bytes());
        }
        return entry;
    }

    void clear() {
        while (poll() != null) {
            // the budget gets each of them back
        }
    }
}
