package io.fluxgres.internal.flight;

import io.fluxgres.PgException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.PortalChunkState;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * The account of a named portal whose rows are fetched in chunks inside a transaction: how many were asked for and not
 * consumed yet, and how many of the requests for them are in flight. Confined to the event loop.
 */
public final class Cursor {

    private final Session session;
    private final int fetchSize;
    private Name portal = Name.UNNAMED;
    /** Tells the transaction of the portal from those behind it. */
    private long idleReports;
    /** The rows that were asked for, less those that the subscriber got. */
    private long ahead;

    private int flights;
    private boolean ended;

    /**
     * Creates the account of a portal that is not open.
     *
     * @param fetchSize how many rows are asked for at once
     */
    Cursor(Session session, int fetchSize) {
        this.session = session;
        this.fetchSize = fetchSize;
        this.ahead = fetchSize;
    }

    int fetchSize() {
        return fetchSize;
    }

    /** The portal is about to be opened under a name, in the transaction that is open or begins with it. */
    void open(Name name) {
        portal = name;
        idleReports = session.server().status().idleReports();
    }

    /** It was not opened. */
    void withdraw() {
        portal = Name.UNNAMED;
    }

    /** Whether there is a portal, so that its rows come in chunks of a flight each. */
    boolean isOpen() {
        return portal != Name.UNNAMED;
    }

    /** Returns the name of the portal, to be bound under: unnamed as long as it is not opened. */
    Name portal() {
        return portal;
    }

    /**
     * Writes the execution of one chunk, behind whatever {@code state} has in front of it.
     *
     * @throws PgUsageException if the transaction has ended: to ask for the portal would abort the one that is open now
     */
    BackendState execute(FrontendWriter out, PortalSink sink, ExtendedQueryState state) {
        if (idleReports != session.server().status().idleReports()) {
            throw gone(null);
        }
        out.execute(portal, fetchSize);
        out.sync();
        flights++;
        return new PortalChunkState(state, sink, fetchSize);
    }

    /** Learns that the server has failed to make rows, and returns the exception for it. */
    PgException onError(ErrorFields error, PgServerException cause) {
        ended = true;
        return isPortalGone(error) ? gone(cause) : cause;
    }

    /** Whether it was Execute that failed, and not a cursor inside the statement. */
    private static boolean isPortalGone(ErrorFields error) {
        return error.sqlState().equals("34000") && "exec_execute_message".equals(error.field('R'));
    }

    private static PgUsageException gone(@Nullable PgServerException cause) {
        return new PgUsageException(
                "the transaction or savepoint in which the query was started has ended, so the rest of its rows cannot"
                        + " be fetched",
                false,
                cause);
    }

    /** One of the flights has ended. */
    void onReady() {
        flights--;
    }

    public boolean isInFlight() {
        return flights > 0;
    }

    /** The subscriber got a row. Returns whether the next chunk is to be asked for: less than half of one is left. */
    public boolean consume() {
        ahead--;
        if (ended || ahead * 2 >= fetchSize) {
            return false;
        }
        ahead += fetchSize;
        return true;
    }

    /** Another chunk is to be asked for although the last one was not consumed. */
    public void anticipate() {
        ahead += fetchSize;
    }

    /** The server has no more rows. */
    void onEnd() {
        ended = true;
    }

    public boolean isEnded() {
        return ended;
    }

    /** Closes the portal, unless it has gone with its transaction. */
    public void close() {
        if (idleReports == session.server().status().idleReports()) {
            session.wire().submit(new PortalClose(session, portal));
        }
    }
}
