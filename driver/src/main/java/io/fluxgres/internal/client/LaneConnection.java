package io.fluxgres.internal.client;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.internal.connect.SessionFactory;
import io.fluxgres.internal.query.LentSession;
import io.fluxgres.internal.session.SessionUser;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/**
 * The shared connection of a lane: made when it is first needed, and made again when it has ended: once if nobody waits for
 * it, and only where it has answered something. Behind one that could not be made or has answered nothing the next attempt
 * comes after a while, for a login alone proves little. Confined to the event loop.
 */
final class LaneConnection implements SessionUser {

    /** Whose connection it is. Confined to the event loop, but for {@link #execute}. */
    interface User {

        /** Runs an action on the event loop: at once if the caller is on it. May be called by any thread. */
        void execute(Runnable action);

        Future<?> schedule(Runnable action, long nanos);

        /** Whether somebody waits for the connection. */
        boolean isAwaited();

        /**
         * There is a session.
         *
         * @param nanos how long it took to make it
         */
        void onConnected(long nanos);

        /** No connection could be made, and it is no use to try again. */
        void onUnreachable(Throwable failure);

        /** Something was answered. */
        void onAnswer();

        void onDisconnected();

        /** Something has ended. */
        void onChange();
    }

    private final User lane;
    private final SessionFactory factory;
    private final EventExecutor loop;
    private final Backoff backoff = new Backoff();
    private @Nullable LentSession session;
    private @Nullable Throwable latestFailure;
    private boolean opening;
    private boolean closed;
    /** When the latest attempt began. */
    private long begun;
    /** The session has answered a statement. */
    private boolean answered;

    LaneConnection(User lane, SessionFactory factory, EventExecutor loop) {
        this.lane = lane;
        this.factory = factory;
        this.loop = loop;
    }

    /** Returns the session, null if there is none now. */
    @Nullable LentSession session() {
        LentSession open = session;
        return open != null && open.isHealthy() ? open : null;
    }

    boolean isOpening() {
        return opening;
    }

    /** Returns why the latest connection could not be made or ended without an answer, null if it did neither. */
    @Nullable Throwable latestFailure() {
        return latestFailure;
    }

    /** Sees to it that there is a session, now or soon. */
    void open() {
        if (session != null || opening || closed) {
            return;
        }
        opening = true;
        long delay = backoff.remaining(System.nanoTime());
        if (delay <= 0) {
            connect();
        } else {
            lane.schedule(this::connectIfAwaited, delay);
        }
    }

    private void connectIfAwaited() {
        if (!closed && lane.isAwaited()) {
            connect();
        } else {
            opening = false;
            lane.onChange();
        }
    }

    private void connect() {
        begun = System.nanoTime();
        factory.connectOn(loop).subscribe(new Opening());
    }

    private void onOpened(LentSession opened) {
        opening = false;
        if (closed) {
            opened.close().subscribe();
            return;
        }
        session = opened;
        answered = false;
        opened.follow(this);
        opened.share();
        lane.onConnected(System.nanoTime() - begun);
    }

    private void onRefused(Throwable failure) {
        opening = false;
        latestFailure = failure;
        if (closed || !Backoff.isTransient(failure)) {
            lane.onUnreachable(failure);
            return;
        }
        backoff.onFailure(System.nanoTime());
        if (lane.isAwaited()) {
            open();
        }
        lane.onChange();
    }

    @Override
    public void onReady() {
        LentSession open = session;
        if (open == null) {
            return;
        }
        if (!answered) {
            answered = true;
            latestFailure = null;
            backoff.reset();
        }
        if (!open.isIdle()) {
            open.abandon(new PgConnectionException(
                    "a statement left a transaction open on a connection that others share; the connection was closed",
                    false,
                    null,
                    null));
        } else {
            open.reset();
        }
        lane.onAnswer();
    }

    @Override
    public void onEnd(PgException reason) {
        session = null;
        if (!answered) {
            latestFailure = reason;
            backoff.onFailure(System.nanoTime());
        }
        lane.onDisconnected();
        if (answered || lane.isAwaited()) {
            open();
            lane.onChange();
        }
    }

    /** Makes no further connection and closes the one there is. */
    void close() {
        closed = true;
        LentSession open = session;
        if (open != null) {
            open.close().subscribe();
        }
    }

    /** Ends the connection, whatever goes on there. */
    void abandon(PgException reason) {
        closed = true;
        LentSession open = session;
        if (open != null) {
            open.abandon(reason);
        }
    }

    /** Waits for one session. The loop is that of the session, but for failures. */
    private final class Opening extends BaseSubscriber<LentSession> {

        @Override
        protected void hookOnNext(LentSession opened) {
            lane.execute(() -> onOpened(opened));
        }

        @Override
        protected void hookOnError(Throwable failure) {
            lane.execute(() -> onRefused(failure));
        }
    }
}
