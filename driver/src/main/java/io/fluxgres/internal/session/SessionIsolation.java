package io.fluxgres.internal.session;

import io.fluxgres.PgIsolation;
import io.fluxgres.internal.protocol.DataRow;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The isolation level of the open transaction and of those that begin without one, as far as a session knows. Written on the
 * event loop, read by any thread.
 */
public final class SessionIsolation {

    /** What was set for the session by the driver's own statement. */
    private volatile @Nullable PgIsolation set;

    /** What the server told last of a transaction that began without a level. */
    private volatile PgIsolation told = PgIsolation.READ_COMMITTED;

    private volatile @Nullable PgIsolation ofTransaction;

    /** Returns the level of the open transaction, or of the next one if none is open. */
    public PgIsolation current() {
        PgIsolation open = ofTransaction;
        PgIsolation next = set;
        return open != null ? open : next != null ? next : told;
    }

    /** Returns what was set for the session, null if nothing was. */
    public @Nullable PgIsolation ofSession() {
        return set;
    }

    /** It was set for the session, or reset to the server's default. */
    public void onSet(@Nullable PgIsolation level) {
        set = level;
    }

    /** It was set for the open transaction. */
    public void onSetInTransaction(PgIsolation level) {
        ofTransaction = level;
    }

    /** A transaction is about to begin. */
    public void onBegin(@Nullable PgIsolation level) {
        ofTransaction = level;
    }

    /** The server answers what the level of the transaction is that has just begun; one that has no name here is not known. */
    public void onTold(DataRow row) {
        if (row.size() != 1 || row.isNull(0)) {
            return;
        }
        String name = row.buffer().toString(row.offset(0), row.length(0), StandardCharsets.US_ASCII);
        for (PgIsolation level : PgIsolation.values()) {
            if (nameOf(level).equals(name)) {
                told = level;
            }
        }
    }

    /** No transaction is open. */
    void onIdle() {
        ofTransaction = null;
    }

    /** Returns the name of a level in SQL. */
    public static String nameOf(PgIsolation level) {
        return level.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
