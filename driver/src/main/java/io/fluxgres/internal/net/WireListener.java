package io.fluxgres.internal.net;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.ErrorFields;

/** Takes what concerns the connection as a whole. Called on the event loop. */
public interface WireListener {

    /** A notice, at any time. */
    void onNotice(ErrorFields notice);

    /** A server parameter and its new value. */
    void onParameterStatus(String name, String value);

    /** A notification of a channel that is listened to. */
    void onNotification(int processId, String channel, String payload);

    /** The connection has ended, once, after its exchanges were told. */
    void onEnd(PgException reason);
}
