package io.fluxgres.internal.protocol;

/** Takes every row, and nothing from what else a state pushes. */
public abstract class RowSink implements ResultSink {

    @Override
    public final Demand demand() {
        return Demand.ROW;
    }

    @Override
    public final void onRowDescription(RowDescription description) {}

    @Override
    public final void onCommandComplete(CommandTag tag) {}

    @Override
    public final void onEmptyQuery() {}

    @Override
    public final void onError(ErrorFields error) {}

    @Override
    public final void onCopy(CopyDirection direction) {}
}
