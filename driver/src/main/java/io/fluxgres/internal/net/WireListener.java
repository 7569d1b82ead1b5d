package io.fluxgres.internal.net;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.ErrorFields;

/** Takes what concerns the connection as a whole. Called on the event loop. */
public interface WireListener {

    /** Returns the server, the database and the process as they stand at the end of a message. */
    String peer();

    /** A notice, at any time. */
    void onNotice(ErrorFields notice);

    /** A server parameter and its new value. */
    void onParameterStatus(String name, String value);

    /** A notification of a channel that is listened to. */
    void onNotification(int processId, String channel, String payload);

    /**
     * Sends a CancelRequest on a connection of its own.
     *
     * @param closed to be run once when the server has closed that connection, or did not within the bound; by any thread
     * @return false if the server gave nothing to cancel with; {@code closed} is not run then
     */
    boolean cancel(Runnable closed);

    /** The connection has ended, once, after its exchanges were told. */
    void onEnd(PgException reason);
}
