package io.fluxgres.internal.session;

import io.fluxgres.PgConnection;
import io.fluxgres.PgException;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.session.ControlRequest.Command;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A session in the hands of a client, which lends it to one user after the other, or to several at a time. May be used by any
 * thread, but for what says otherwise.
 */
public final class LentSession {

    private final Session session;
    private final SessionConnection connection;
    private final Wire wire;

    LentSession(Session session) {
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
        return session.isHealthy();
    }

    /** Whether no transaction is open. */
    public boolean isIdle() {
        return session.isIdle();
    }

    /** Returns how many requests were submitted and have not ended; on the event loop. */
    public int pending() {
        return wire.pending();
    }

    /** Whether the result of the oldest of them is not read on, or is being cancelled; on the event loop. */
    public boolean isPaused() {
        return wire.isPaused();
    }

    /** Whether the result of the oldest of them is discarded; on the event loop. */
    public boolean isDiscarding() {
        return wire.isDiscarding();
    }

    /** Executes a query that was subscribed to so many nanoseconds ago. */
    public <T> void start(QueryCall<T> call, long waited, CoreSubscriber<? super T> subscriber) {
        session.start(call.newRequest(session, subscriber), null, call.timeout(), waited);
    }

    /** As {@link PgConnection#inTransaction}. */
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        return connection.inTransaction(options, work);
    }

    /** Completes when no transaction is open and nothing that its user began goes on; never fails. */
    public Mono<Void> clear() {
        return Mono.defer(() -> {
            if (!session.inEventLoop() || !isIdle() || pending() > 0) {
                return connection.rollback().onErrorComplete();
            }
            session.parked().dropAll("the connection was handed back");
            return Mono.empty();
        });
    }

    /** Puts DISCARD ALL in front of what comes next, if something may be left behind. */
    public void reset() {
        wire.execute(() -> {
            if (session.isResetDue()) {
                session.control(Command.DISCARD, this::discardAll)
                        .subscribe(nothing -> {}, failure -> wire.fail(Failures.ofReset(failure)));
            }
        });
    }

    /** What is written behind it must not name a prepared statement that is gone by then. */
    private String discardAll() {
        session.statements().clear();
        return "discard all";
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
