package io.fluxgres.internal.client;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.internal.session.LentSession;
import io.fluxgres.internal.session.SessionFactory;
import io.fluxgres.internal.session.SessionUser;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/**
 * The shared connection of a lane: made when it is first needed, and made again when it has ended. As long as a statement
 * waits for it, a connect that fails is repeated; if none does, the next one begins anew. Confined to the event loop.
 */
final class LaneConnection implements SessionUser {

    private final Lane lane;
    private final SessionFactory factory;
    private final EventExecutor loop;
    private final Backoff backoff = new Backoff();
    private @Nullable LentSession session;
    private @Nullable Throwable latestFailure;
    private boolean opening;
    private boolean closed;

    LaneConnection(Lane lane, SessionFactory factory, EventExecutor loop) {
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

    /** Returns why the latest connect failed, null if it did not. */
    @Nullable Throwable latestFailure() {
        return latestFailure;
    }

    /** Sees to it that there is a session, now or soon. */
    void open() {
        if (session == null && !opening && !closed) {
            opening = true;
            factory.connectOn(loop).subscribe(new Opening());
        }
    }

    private void onOpened(LentSession opened) {
        opening = false;
        latestFailure = null;
        backoff.reset();
        if (closed) {
            opened.close().subscribe();
            return;
        }
        session = opened;
        opened.follow(this);
        opened.share();
        lane.onConnected();
    }

    private void onRefused(Throwable failure) {
        latestFailure = failure;
        if (!closed && Backoff.isTransient(failure) && lane.isAwaited()) {
            lane.schedule(this::openAgain, backoff.next());
            return;
        }
        opening = false;
        lane.onUnreachable(failure);
    }

    private void openAgain() {
        opening = false;
        if (lane.isAwaited()) {
            open();
        }
    }

    @Override
    public void onReady() {
        LentSession open = session;
        if (open == null) {
            return;
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
        lane.onReady();
    }

    @Override
    public void onEnd(PgException reason) {
        session = null;
        lane.onDisconnected();
        open();
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
