package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgRollbackException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.CopyDirection;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.SimpleQueryState;
import io.fluxgres.internal.protocol.TransactionStatus;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One execution of a statement of the driver's own by the simple query protocol: transaction control, and the reset between two users of a pool.
 *
 * <p>Its turn comes when everything in front of it has been answered, for it depends on the transaction status then. Nothing is written behind it before its end, and it is never cancelled on the server.
 *
 * <p>Confined to the event loop, as {@link Request}.
 */
final class ControlRequest implements Exchange, ResultSink, Subscription {

    /** What is executed. */
    enum Command {
        BEGIN,
        COMMIT,
        ROLLBACK,
        SAVEPOINT,
        /** What removes what the users of a session have left; behind it the next statement may be written at once. */
        RESET,
        /** The same, of which it is not known whether the server does it: nothing is written behind it before the answer. */
        TRIED_RESET
    }

    /** What is sent, decided when the turn of the request comes. */
    interface Statement {

        /**
         * Returns the SQL, null if there is nothing to do.
         *
         * @throws PgException if the request is refused
         */
        @Nullable String sql();
    }

    private final Session session;
    private final Command command;
    private final Statement statement;
    private final CoreSubscriber<? super Void> subscriber;

    private boolean cancelled;
    private @Nullable PgException failure;

    ControlRequest(Session session, Command command, Statement statement, CoreSubscriber<? super Void> subscriber) {
        this.session = session;
        this.command = command;
        this.statement = statement;
        this.subscriber = subscriber;
    }

    // ---- the subscription

    /** There is no value to request. */
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {
        session.execute(() -> cancelled = true);
    }

    // ---- the exchange

    /** A rollback is executed in any case: what it is to end may be open. */
    @Override
    public boolean isWithdrawn() {
        return cancelled && command != Command.ROLLBACK;
    }

    @Override
    public @Nullable BackendState write(FrontendWriter out) {
        String sql = statement.sql();
        if (sql == null) {
            return null;
        }
        out.query(sql);
        return new SimpleQueryState(this, session.row());
    }

    @Override
    public boolean awaitsAnswers() {
        return true;
    }

    @Override
    public boolean isBarrier() {
        return command != Command.RESET;
    }

    @Override
    public boolean isRollback() {
        return command == Command.ROLLBACK;
    }

    @Override
    public boolean changesSession() {
        return true;
    }

    @Override
    public void onReady(TransactionStatus status) {
        session.onReady(status);
        end();
    }

    @Override
    public void onFailure(PgException reason, boolean written) {
        failure = Failures.ofRequest(reason, written);
        end();
    }

    private void end() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        if (failure == null) {
            subscriber.onComplete();
        } else {
            subscriber.onError(failure);
        }
    }

    // ---- the results

    /** The server answers COMMIT of a failed transaction by a rollback, and without an error. */
    @Override
    public void onCommandComplete(CommandTag tag) {
        if (command == Command.COMMIT && tag.command().equals("ROLLBACK")) {
            failure = new PgRollbackException(
                    "the server rolled the transaction back instead of committing it, because a statement had failed",
                    true);
        }
    }

    @Override
    public void onError(ErrorFields error) {
        failure = Failures.ofServer(error);
    }

    @Override
    public Demand demand() {
        return Demand.ROW;
    }

    @Override
    public void onRowDescription(RowDescription description) {}

    /** Of what is executed here only the question for the isolation level is answered by a row that tells anything. */
    @Override
    public void onRow(DataRow row) {
        session.isolation().onTold(row);
    }

    @Override
    public void onEmptyQuery() {}

    @Override
    public void onCopy(CopyDirection direction) {}
}
