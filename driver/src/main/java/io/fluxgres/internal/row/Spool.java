package io.fluxgres.internal.row;

import io.fluxgres.internal.protocol.DataRow;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one request that were read from the wire before they were requested, because another request waited behind
 * them. Those of each result are kept by the view that shows them. Confined to the event loop.
 */
public final class Spool {

    /** What a kept row takes besides its bytes, roughly: the objects and the arrays of offsets. */
    private static final int ROW_OVERHEAD = 128;

    private static final int VALUE_OVERHEAD = 8;

    private final SpoolBudget budget;
    /** In the order of the results; none is without rows. */
    private final Map<RowView, Queue<Entry>> results = new LinkedHashMap<>();

    private record Entry(DataRow row, int bytes) {}

    public Spool(SpoolBudget budget) {
        this.budget = budget;
    }

    public boolean isEmpty() {
        return results.isEmpty();
    }

    /** Whether no row of a result is kept. */
    public boolean isEmpty(@Nullable RowView view) {
        return !results.containsKey(view);
    }

    /** Returns the views of the results of which rows are kept, in their order. */
    public List<RowView> views() {
        return List.copyOf(results.keySet());
    }

    /** Keeps a copy of a row. */
    public void add(RowView view, DataRow row) {
        DataRow copy = row.copy();
        int bytes = copy.buffer().capacity() + ROW_OVERHEAD + copy.size() * VALUE_OVERHEAD;
        budget.take(bytes);
        results.computeIfAbsent(view, first -> new ArrayDeque<>(1)).add(new Entry(copy, bytes));
    }

    /** Removes the oldest row of a result, null if there is none. */
    public @Nullable DataRow poll(RowView view) {
        Queue<Entry> rows = results.get(view);
        if (rows == null) {
            return null;
        }
        Entry entry = rows.remove();
        budget.giveBack(entry.bytes());
        if (rows.isEmpty()) {
            results.remove(view);
        }
        return entry.row();
    }

    /** Drops the rows of one result. */
    public void clear(@Nullable RowView view) {
        Queue<Entry> rows = results.remove(view);
        if (rows != null) {
            giveBack(rows);
        }
    }

    public void clear() {
        results.values().forEach(this::giveBack);
        results.clear();
    }

    private void giveBack(Collection<Entry> rows) {
        rows.forEach(entry -> budget.giveBack(entry.bytes()));
    }
}
