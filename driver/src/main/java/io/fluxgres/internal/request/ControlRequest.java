package io.fluxgres.internal.request;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgRollbackException;
import io.fluxgres.PgTimeoutException;
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
import io.fluxgres.internal.session.AnswerWatch;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.Failures;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * One execution of a statement of the driver's own by the simple query protocol: transaction control, and the reset between two users of a pool.
 *
 * <p>Its turn comes when everything in front of it has been answered, for it depends on the transaction status then. Nothing is written behind it before its end, and it is never cancelled on the server.
 *
 * <p>It is never waited for without bound. The {@link AnswerWatch} ends the connection if the answer does not come; a
 * deadline, if there is one, counts from the subscription on. A late one that was not sent is withdrawn. One that was sent,
 * and a rollback in any case, takes the connection with it: nobody could tell what state it is in.
 *
 * <p>Confined to the event loop, as {@link Request}.
 */
public final class ControlRequest implements Exchange, ResultSink, Subscription, AnswerWatch.Waiting {

    /** What is executed. */
    public enum Command {
        BEGIN,
        COMMIT,
        ROLLBACK,
        SAVEPOINT,
        SET,
        /** What removes what the users of a session have left; behind it the next statement may be written at once. */
        RESET,
        /** The same, of which it is not known whether the server does it: nothing is written behind it before the answer. */
        TRIED_RESET,
        /** Any statement, to see whether it is answered. */
        VALIDATE;

        boolean isBarrier() {
            return this != RESET && this != VALIDATE;
        }

        @Override
        public String toString() {
            return this == TRIED_RESET ? RESET.name() : name();
        }
    }

    /** What is sent, decided when the turn of the request comes. */
    public interface Statement {

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

    /** Null if there is none. */
    private final @Nullable Deadline deadline;

    private boolean written;
    /** The subscriber has cancelled or has had its terminal signal. */
    private boolean ended;
    /** The subscriber has cancelled. Volatile: an end that meets the cancel on its way to the loop is not signalled. */
    private volatile boolean cancelled;

    private @Nullable PgException failure;

    private ControlRequest(
            Session session,
            Command command,
            Statement statement,
            @Nullable Deadline deadline,
            CoreSubscriber<? super Void> subscriber) {
        this.session = session;
        this.command = command;
        this.statement = statement;
        this.deadline = deadline;
        this.subscriber = subscriber;
    }

    /** Returns the execution of a statement, once for each subscription, under the deadline of all statements. */
    public static Mono<Void> execution(Session session, Command command, Statement statement) {
        return execution(session, command, statement, session.settings().timeout());
    }

    /**
     * Returns the execution of a statement, once for each subscription.
     *
     * @param within how long it may take from the subscription on; null if only its answer has a bound
     */
    public static Mono<Void> execution(
            Session session, Command command, Statement statement, @Nullable Duration within) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> subscriber) {
                Deadline deadline = within == null ? null : new Deadline(within, 0);
                new ControlRequest(session, command, statement, deadline, subscriber).start();
            }
        };
    }

    /** Meets its subscriber and is queued. */
    private void start() {
        subscriber.onSubscribe(this);
        Deadline expiry = deadline;
        if (expiry != null) {
            session.wire().execute(() -> watch(expiry));
        }
        session.wire().submit(this);
    }

    private void watch(Deadline expiry) {
        if (!ended) {
            expiry.start(session.wire(), passed -> late(passed.timeout()));
        }
    }

    // ---- the subscription

    /** There is no value to request. */
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {
        cancelled = true;
        session.wire().execute(() -> {
            ended = true;
            stopDeadline();
        });
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.stop();
        }
    }

    // ---- its bounds

    @Override
    public void onSilence(Duration bound) {
        late(bound);
    }

    private void late(Duration bound) {
        String silence = "the server did not answer " + command + " within " + bound.toMillis() + " ms";
        if (written || command == Command.ROLLBACK) {
            failure = new PgTimeoutException(
                    silence + (written ? "; its outcome is unknown" : "; it was not sent")
                            + ", and the connection was closed",
                    !written,
                    failure);
            session.wire().fail(new PgConnectionException(silence, false, null, null));
        } else {
            failure = new PgTimeoutException(silence + "; it was not sent", true, null);
            end();
        }
    }

    // ---- the exchange

    /** A rollback is executed in any case: what it is to end may be open. */
    @Override
    public boolean isWithdrawn() {
        return ended && command != Command.ROLLBACK;
    }

    @Override
    public @Nullable BackendState write(FrontendWriter out) {
        String sql = statement.sql();
        if (sql == null) {
            return null;
        }
        out.query(sql);
        written = true;
        session.answers().begin(this);
        return new SimpleQueryState(this, session.row());
    }

    @Override
    public boolean awaitsAnswers() {
        return true;
    }

    @Override
    public boolean isBarrier() {
        return command.isBarrier();
    }

    @Override
    public boolean isRollback() {
        return command == Command.ROLLBACK;
    }

    @Override
    public boolean changesSession() {
        return command != Command.VALIDATE;
    }

    @Override
    public void onReady(TransactionStatus status) {
        session.answers().end();
        session.onReady(status);
        end();
    }

    @Override
    public void onFailure(PgException reason, boolean wasWritten) {
        if (!(failure instanceof PgTimeoutException)) {
            failure = Failures.ofRequest(reason, wasWritten);
        }
        end();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        stopDeadline();
        if (cancelled) {
            return;
        }
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
