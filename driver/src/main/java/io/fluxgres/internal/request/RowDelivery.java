package io.fluxgres.internal.request;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.row.Spool;
import io.fluxgres.internal.session.Execution;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.ResultShape;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The rows of a request, between the wire and the subscriber: delivered as they are requested, else left or kept.
 *
 * <p>Without demand the rows stay on the wire, as bytes, as long as nobody else needs the wire. If another request waits,
 * they are read on into a {@link Spool}; the state has seen their end then before the subscriber does. When the spool's
 * budget is exhausted, those who wait and were not sent fail; if one that was sent waits, this request fails instead.
 *
 * @param <T> the class of the values
 */
abstract sealed class RowDelivery<T> extends RequestSubscription<T> implements PortalSink permits RequestAnswers {

    private static final int EXCERPT_LENGTH = 80;

    /** The state waits in front of a row until there is demand. */
    private boolean paused;
    /** Rows that came before they were requested, because another request waited; null if that never happened. */
    private @Nullable Spool spool;

    private @Nullable RowView view;

    RowDelivery(Session session, CoreSubscriber<? super T> subscriber) {
        super(session, subscriber);
    }

    /** Returns the SQL, for messages. */
    abstract String sql();

    /** A row was delivered. */
    abstract void onDelivered();

    /** Takes a row that is requested. */
    abstract void row(RowView view, DataRow row);

    @Override
    public Demand demand() {
        RowView shown = requireView();
        boolean requested = isRequested(shown);
        if (isDiscarding() || isUnwanted(shown)) {
            return Demand.DISCARD;
        }
        if (requested && !isBehindSpool(shown)) {
            return Demand.ROW;
        }
        if (session.wire().isRollbackUnsent()) {
            return giveUp("a rollback waits behind them");
        }
        if (!session.wire().isHeadAwaited() && !isAwaited()) {
            return pause();
        }
        return session.parked().hasRoom() ? Demand.ROW : onSpoolExhausted();
    }

    /** Whether a row of a result may be delivered, if no other one waits in front of it. */
    boolean isRequested(RowView shown) {
        return hasDemand();
    }

    /** Whether rows that are kept have to be delivered before one of a result. */
    boolean isBehindSpool(RowView shown) {
        return spool != null && !spool.isEmpty();
    }

    /** Whether the rows of a result concern nobody. */
    boolean isUnwanted(RowView shown) {
        return false;
    }

    /** Whether the end of the result is waited for although nobody requests its rows. */
    boolean isAwaited() {
        return false;
    }

    final Demand pause() {
        paused = true;
        return Demand.NONE;
    }

    /** Fails at once and discards the rest: what waits cannot wait for a subscriber that does not request. */
    private Demand giveUp(String reason) {
        fail(new PgBackpressureException("slow consumer: the rows of this query were not requested, " + reason, false));
        discard();
        clearSpool();
        session.wire().onAbandoned();
        signalFailure(requireFailure());
        return Demand.DISCARD;
    }

    @Override
    public final Fetch fetch() {
        if (isDiscarding()) {
            return Fetch.NOTHING;
        }
        return session.wire().isHeadAwaited() ? Fetch.REST : Fetch.CHUNK;
    }

    /** Those who wait fail if they were not sent; else this request does, for what was sent must not be called undone. */
    Demand onSpoolExhausted() {
        if (session.wire().isReadRequired()) {
            return giveUp("no more of them may be kept ("
                    + session.parked().budget().bound() + ")," + " and the connection is needed");
        }
        session.wire()
                .failUnsent(new PgBackpressureException(
                        "the query in front does not end because its rows are not requested: " + excerpt()
                                + "; request them, cancel it, or give it a connection of its own ("
                                + session.parked().budget().bound() + ")",
                        true));
        return pause();
    }

    private String excerpt() {
        String sql = sql();
        return sql.length() <= EXCERPT_LENGTH ? sql : sql.substring(0, EXCERPT_LENGTH) + "...";
    }

    final @Nullable Spool spool() {
        return spool;
    }

    private RowView requireView() {
        if (view == null) {
            throw new IllegalStateException("a row without a description");
        }
        return view;
    }

    @Override
    public final void onRow(DataRow row) {
        RowView shown = requireView();
        if (isRequested(shown) && !isBehindSpool(shown)) {
            deliver(shown, row);
            return;
        }
        if (spool == null) {
            spool = new Spool(session.parked().budget());
        }
        spool.add(shown, row);
    }

    private void deliver(RowView shown, DataRow row) {
        Execution observed = execution();
        if (observed != null) {
            observed.onRow();
        }
        row(shown, row);
        onDelivered();
    }

    @Override
    public final boolean isStalled() {
        return !isDiscarding() && (paused || (spool != null && !spool.isEmpty()));
    }

    /** Delivers from the spool as much as is requested. */
    final void deliverSpooled() {
        paused = false;
        if (spool != null) {
            spool.views().forEach(shown -> deliverSpooled(spool, shown));
        }
    }

    private void deliverSpooled(Spool kept, RowView shown) {
        while (!isDiscarding() && !kept.isEmpty(shown) && isRequested(shown)) {
            DataRow row = kept.poll(shown);
            if (row != null) {
                deliver(shown, row);
            }
        }
    }

    /** Drops the rows that were kept: nobody wants them. */
    final void clearSpool() {
        if (spool != null) {
            spool.clear();
        }
    }

    /** Whether a row waits on the wire. */
    final boolean isPaused() {
        return paused;
    }

    /** No row waits any more: the connection has ended. */
    final void endPause() {
        paused = false;
    }

    /** The rows that follow have these columns. */
    final void begin(ResultShape shape) {
        view = new RowView(shape);
    }

    /** Returns the view of the result that began last, null if none has. */
    final @Nullable RowView currentView() {
        return view;
    }
}
