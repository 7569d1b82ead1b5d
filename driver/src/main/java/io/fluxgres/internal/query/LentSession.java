package io.fluxgres.internal.query;

import io.fluxgres.PgConnection;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.session.SessionUser;
import io.fluxgres.internal.session.SyncProbe;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.Residue;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A session in the hands of a client, which lends it to one user after the other, or to several at a time. May be used by any
 * thread, but for what says otherwise.
 */
public final class LentSession {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final Session session;
    private final SessionConnection connection;
    private final Wire wire;

    public LentSession(Session session) {
        this.session = session;
        this.connection = new SessionConnection(session);
        this.wire = session.wire();
    }

    /** Returns the session itself, for requests that need the same one. */
    Session session() {
        return session;
    }

    /** Tells somebody from now on what happens; on the event loop. */
    public void follow(SessionUser user) {
        session.follow(user);
    }

    public boolean isHealthy() {
        return session.wire().isActive();
    }

    /** Whether no transaction is open. */
    public boolean isIdle() {
        return session.isIdle();
    }

    /** Whether the server has answered anything since it let the session in. */
    public boolean hasAnswered() {
        return session.server().status().idleReports() > 0 || !session.isIdle();
    }

    /**
     * Returns how many requests were submitted and have not ended, but for those that set up the session, which hold nobody
     * up; on the event loop.
     */
    public int pending() {
        return wire.pending() - session.reset().floatDigits().unanswered();
    }

    /** Whether the result of the oldest of them is not read on, or is being cancelled; on the event loop. */
    public boolean isPaused() {
        return wire.isPaused();
    }

    /** Whether the result of the oldest of them is discarded; on the event loop. */
    public boolean isDiscarding() {
        return wire.isDiscarding();
    }

    /** Is given to several users at a time from now on; on the event loop. */
    public void share() {
        session.reset().share();
    }

    /** Executes a query that was subscribed to so many nanoseconds ago. */
    public <T> void start(QueryCall<T> call, long waited, CoreSubscriber<? super T> subscriber) {
        if (call.isExclusive()) {
            session.onExclusiveUse();
        }
        call.newRequest(session, subscriber).start(null, call.timeout(), waited);
    }

    /**
     * Sends what the server answers without doing anything; on the event loop. If the connection ends before, nobody is told.
     *
     * @return false if there is no such message in the protocol that is spoken
     */
    public boolean ping(Runnable answered) {
        if (session.isSimpleOnly()) {
            return false;
        }
        wire.submit(new SyncProbe(new SyncProbe.Listener() {
            @Override
            public void onProbed(boolean extendedKnown) {
                answered.run();
            }

            @Override
            public void onProbeFailed(PgException reason) {}
        }));
        return true;
    }

    /** As {@link PgConnection#inTransaction}. */
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        return connection.inTransaction(options, work);
    }

    /**
     * Completes when no transaction is open and nothing that its user began goes on, and when it is known whether the server
     * removes what is left; or when the connection has ended because that took too long. Never fails.
     */
    public Mono<Void> clear(Duration bound) {
        return Mono.defer(() -> {
                    if (!wire.inEventLoop() || !isIdle() || pending() > 0) {
                        return connection.rollbackWithin(bound).onErrorComplete();
                    }
                    session.parked().dropAll("the connection was handed back");
                    return Mono.<Void>empty();
                })
                .then(Mono.defer(this::tryReset));
    }

    /** Whether what is left in it cannot be removed, so that nobody else must have it. */
    public boolean isReplacementDue() {
        return session.reset().isReplacementDue();
    }

    /** Is lent to one user: removes what is left of others in front of what comes next. */
    public void lend() {
        wire.execute(() -> {
            reset();
            session.reset().onLent();
        });
    }

    /** Removes what may be left behind in front of what comes next; on the event loop. */
    public void reset() {
        if (session.reset().isDue()) {
            removal().subscribe();
            session.reset().onQueued();
        }
    }

    /** Removes at once what may be left behind if it is not known whether the server does that. */
    private Mono<Void> tryReset() {
        return session.reset().isDue() && session.reset().isUntried()
                ? removal().then(Mono.fromRunnable(session.reset()::onQueued))
                : Mono.empty();
    }

    /** Ends the connection if it fails; what the server refuses is not tried again soon. */
    private Mono<Void> removal() {
        boolean untried = session.reset().isUntried();
        Residue residue = session.reset().take();
        return ControlRequest.execution(session, untried ? Command.TRIED_RESET : Command.RESET, () -> removing(residue))
                .doOnSuccess(nothing -> session.reset().onDone(residue))
                .onErrorResume(failure -> {
                    onNotReset(residue, failure);
                    return Mono.empty();
                });
    }

    /** What is written behind it must not name a prepared statement that is gone by then, or stands for something else. */
    private String removing(Residue residue) {
        session.reset().onWritten();
        session.isolation().onSet(null);
        switch (residue) {
            case STATEMENTS -> session.statements().clear();
            case NAMES -> session.statements().evictAll();
            default -> {}
        }
        return residue.sql();
    }

    private void onNotReset(Residue residue, Throwable failure) {
        PgConnectionException reason = Failures.ofReset(failure);
        if (failure instanceof PgServerException refusal && !Failures.isPassing(refusal)) {
            session.reset().onRefused(residue);
        }
        if (session.wire().isActive()) {
            LOG.warn("{}; while that is so, connections are replaced instead", reason.getMessage());
        }
        wire.fail(reason);
    }

    /** Ends the connection: what was sent has an unknown outcome. */
    public void abandon(PgException reason) {
        wire.fail(reason);
    }

    /** Closes the connection; never fails. */
    public Mono<Void> close() {
        return connection.close();
    }
}
