package io.fluxgres.internal.session;

import io.fluxgres.PgException;

/** Who shares a session among several users and therefore follows what happens on it. Called on its event loop. */
public interface SessionUser {

    /** The server is ready for the next request: one has been answered. Called before its subscriber hears of that. */
    void onReady();

    /** The session has ended, after its requests were told. */
    void onEnd(PgException reason);
}
