package io.fluxgres.internal.request;

import io.fluxgres.PgRow;
import io.fluxgres.internal.flight.Flight;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.session.Session;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;

/** An execution whose rows are mapped and signalled. */
public final class RowRequest<T> extends Request<T> {

    private final Function<? super PgRow, ? extends T> mapper;

    public RowRequest(
            Session session,
            Flight flight,
            Function<? super PgRow, ? extends T> mapper,
            CoreSubscriber<? super T> subscriber) {
        super(session, flight, subscriber);
        this.mapper = mapper;
    }

    @Override
    void row(RowView view, DataRow row) {
        T value;
        view.show(row);
        try {
            value = Objects.requireNonNull(mapper.apply(view), "the mapping function returned null");
        } catch (Throwable thrown) {
            Exceptions.throwIfFatal(thrown);
            failDiscarding(thrown);
            return;
        } finally {
            view.hide();
        }
        if (!isDiscarding()) {
            emit(value);
        }
    }

    @Override
    void completed(CommandTag tag, boolean returnedRows) {}

    @Override
    void complete() {
        markTerminated();
        signalComplete();
    }
}
