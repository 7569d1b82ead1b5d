package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.internal.net.Connector;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.protocol.BackendKeyData;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server that a session is of, in messages, in the log and in the eyes of an observer. Confined to the event loop, but for what is final. */
public final class SessionPeer {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final Connector connector;
    private final @Nullable String database;
    private final @Nullable SessionObserver observer;
    /** The observer knows of the connection. */
    private boolean connectTold;

    public SessionPeer(Connector connector, @Nullable String database, @Nullable SessionObserver observer) {
        this.connector = connector;
        this.database = database;
        this.observer = observer;
    }

    /** Returns who observes the session, null if nobody does. */
    @Nullable SessionObserver observer() {
        return observer;
    }

    /** Returns what is appended to messages about a session. */
    String describe(int processId) {
        String of = database == null ? "" : ", database " + database;
        return " (" + connector.target() + of + (processId == 0 ? ")" : ", process " + processId + ")");
    }

    /** Takes note that the attempt to connect has ended. */
    void onConnectEnd(int processId, Duration duration, @Nullable Throwable error) {
        if (error == null) {
            connectTold = true;
            LOG.debug("process {}: connected to {} after {}", processId, connector.target(), duration);
        } else {
            LOG.debug("no connection to {} after {}: {}", connector.target(), duration, error.toString());
        }
        if (observer != null) {
            observer.onConnect(connector.target(), error == null ? processId : 0, duration, error);
        }
    }

    /** Takes note that the connection has ended. */
    void onEnd(int processId, PgException reason) {
        LOG.debug("process {}: connection ended: {}", processId, reason.getMessage());
        if (observer != null && connectTold) {
            observer.onDisconnect(connector.target(), processId, reason);
        }
    }

    /** Cancels what the session executes now; the action is called when the server has read that. */
    void cancel(Wire wire, BackendKeyData key, Runnable closed) {
        LOG.debug("cancelling what process {} executes", key.processId());
        connector.cancel(wire, key).doFinally(ended -> closed.run()).subscribe();
    }
}
