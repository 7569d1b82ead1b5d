package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.TransactionStatus;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One execution of a query: the subscription, the exchange on the wire and the sink of its results in one object.
 *
 * <p>Its life: subscribed, queued, written, answered, ready. Values are signalled as they are requested; the terminal
 * signal comes when the server is ready for the next request, or when the connection ends. After a cancel, an error or a
 * failure of the user's code the rest of the result is discarded unread.
 *
 * <p>All fields are confined to the event loop, so none is volatile. {@link #request} and {@link #cancel} may be called by
 * any thread and hop to the loop; called from within a signal they only record.
 *
 * @param <T> the class of the values
 */
abstract class Request<T> implements Exchange, ResultSink, Subscription {

    final Session session;
    final CoreSubscriber<? super T> subscriber;

    private final StatementFlight flight;

    private long demand;
    private boolean written;
    /** The state waits in front of a row until there is demand. */
    private boolean paused;
    /** The subscriber has cancelled or has had its terminal signal: it gets nothing any more. */
    private boolean terminated;

    private @Nullable Throwable failure;

    Request(Session session, String sql, BoundParameters parameters, CoreSubscriber<? super T> subscriber) {
        this.session = session;
        this.subscriber = subscriber;
        this.flight = new StatementFlight(session, sql, parameters);
    }

    /** Takes a row of the open result. */
    abstract void row(DataRow row);

    /** Takes the end of a statement; {@code returnedRows} tells whether it was one with columns. */
    abstract void completed(CommandTag tag, boolean returnedRows);

    /** Signals the completion. */
    abstract void complete();

    // ---- the subscription

    @Override
    public final void request(long n) {
        if (session.inEventLoop()) {
            onRequest(n);
        } else {
            session.execute(() -> onRequest(n));
        }
    }

    private void onRequest(long n) {
        if (n <= 0) {
            reject(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
            return;
        }
        long sum = demand + n;
        demand = sum < 0 ? Long.MAX_VALUE : sum;
        onDemand();
        unpause();
    }

    /** There is demand. */
    void onDemand() {}

    /** Fails the subscription because of its subscriber: at once if nothing was written, else behind the discarded rest. */
    private void reject(Throwable reason) {
        fail(reason);
        if (!written && !terminated) {
            terminated = true;
            subscriber.onError(reason);
        }
        unpause();
    }

    @Override
    public final void cancel() {
        if (session.inEventLoop()) {
            onCancel();
        } else {
            session.execute(this::onCancel);
        }
    }

    private void onCancel() {
        terminated = true;
        unpause();
    }

    private void unpause() {
        if (paused) {
            paused = false;
            session.resume();
        }
    }

    // ---- the exchange

    @Override
    public final boolean isWithdrawn() {
        return terminated;
    }

    @Override
    public final BackendState write(FrontendWriter out) {
        BackendState state = flight.write(out, this);
        written = true;
        return state;
    }

    @Override
    public final void onReady(TransactionStatus status) {
        session.onReady(status);
        flight.onReady();
        end();
    }

    @Override
    public final void onFailure(PgException reason, boolean wasWritten) {
        fail(Failures.ofRequest(reason, wasWritten));
        end();
    }

    private void end() {
        if (terminated) {
            return;
        }
        if (failure != null) {
            terminated = true;
            subscriber.onError(failure);
        } else {
            complete();
        }
    }

    // ---- the results

    @Override
    public Demand demand() {
        if (isDiscarding()) {
            return Demand.DISCARD;
        }
        if (demand > 0) {
            return Demand.ROW;
        }
        paused = true;
        return Demand.NONE;
    }

    /** Whether the rest of the result concerns nobody. */
    final boolean isDiscarding() {
        return terminated || failure != null;
    }

    /** Signals a value against the demand. */
    final void emit(T value) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        subscriber.onNext(value);
    }

    final boolean hasDemand() {
        return demand > 0;
    }

    final void markTerminated() {
        terminated = true;
    }

    final boolean isTerminated() {
        return terminated;
    }

    /** Keeps the first failure, to be signalled at the end. */
    final void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Returns the columns of the open result, null if it has none. */
    final @Nullable ResultShape shape() {
        return flight.shape();
    }

    @Override
    public final void onParseComplete() {
        flight.onParseComplete();
    }

    @Override
    public final void onParameterDescription(ParameterDescription parameters) {
        flight.onParameterDescription(parameters);
    }

    @Override
    public final void onRowDescription(RowDescription description) {
        flight.onRowDescription(description);
        onShape();
    }

    /** A result with columns begins. */
    void onShape() {}

    @Override
    public final void onNoData() {
        flight.onNoData();
    }

    @Override
    public final void onRow(DataRow row) {
        row(row);
    }

    @Override
    public final void onCommandComplete(CommandTag tag) {
        session.onCommandComplete(tag);
        completed(tag, flight.shape() != null);
        flight.onResultEnd();
    }

    @Override
    public final void onEmptyQuery() {}

    @Override
    public final void onError(ErrorFields error) {
        fail(flight.onError(error));
    }

    @Override
    public final void onCopy(CopyDirection direction) {
        fail(new PgUsageException("the statement is COPY "
                + (direction == CopyDirection.IN ? "FROM STDIN" : "TO STDOUT")
                + ", which a query cannot serve; it was ended without effect"));
    }
}
