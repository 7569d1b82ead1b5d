package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The states of executions of prepared statements, used again when their conversations have ended: such an execution needs no
 * state of its own. At most as many are kept as were in flight at a time. Confined to the event loop.
 */
public final class WarmStates {

    private final DataRow row;
    private final ArrayDeque<ExtendedQueryState> ended = new ArrayDeque<>();

    /**
     * Creates an empty store.
     *
     * @param row the flyweight of the connection's rows
     */
    WarmStates(DataRow row) {
        this.row = row;
    }

    /** Returns the flyweight of the rows that arrive. */
    DataRow row() {
        return row;
    }

    /** As {@link ExtendedQueryState#prepared}. */
    public ExtendedQueryState prepared(ResultSink sink, int closes, @Nullable RowDescription description) {
        ExtendedQueryState state = ended.pollLast();
        return state == null
                ? ExtendedQueryState.prepared(sink, row, closes, description)
                : state.again(sink, closes, description);
    }

    /** Takes a state that nobody uses any more. */
    public void release(ExtendedQueryState state) {
        if (state.release()) {
            ended.addLast(state);
        }
    }
}
