package io.fluxgres.internal.client;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;

/** What those are told whom the end of their client meets. */
final class ClientEnd {

    private ClientEnd() {}

    /** Returns what those are told who come behind the close. */
    static PgUsageException closed() {
        return new PgUsageException("the client is closed");
    }

    /** Returns what those are told who came before and have not ended in time. */
    static PgException graceEnded() {
        return new PgConnectionException("the client was closed and its time of grace has passed", true, null, null);
    }
}
