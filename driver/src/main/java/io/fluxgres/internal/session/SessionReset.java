package io.fluxgres.internal.session;

import io.fluxgres.PgSessionReset;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.Residue;
import io.fluxgres.internal.statement.SqlText;

/**
 * What the uses of a session may have left in it, and when that is to be removed.
 *
 * <p>Command tags tell, the words of SQL texts, and reports of parameters. They are superset tests: a reset that was not
 * needed costs a part of a millisecond. What is hidden in the body of a function is not seen.
 *
 * <p>A reset goes in front of the next use's flight. The first of a factory is tried when the session is handed back, so that
 * a server which refuses it costs nobody a request; where resets are refused, the session is replaced.
 *
 * <p>Confined to the event loop, but for {@link #isReplacementDue}.
 */
public final class SessionReset {

    private final PgSessionReset policy;
    private final ServerAbilities abilities;
    private final ServerParameters parameters;

    private final FloatDigits floatDigits;

    private volatile Residue residue = Residue.NONE;
    private Runnable following = () -> {};
    private boolean shared;
    /** A reset was written and has not ended: what is reported is its work. */
    private boolean running;

    SessionReset(PgSessionReset policy, ServerAbilities abilities, ServerParameters parameters) {
        this.policy = policy;
        this.abilities = abilities;
        this.parameters = parameters;
        this.floatDigits = new FloatDigits(abilities.floatDigits());
    }

    // ---- marks

    /** The session is used by several at a time from now on. */
    public void share() {
        shared = true;
    }

    /** The session is lent to one user. */
    public void onLent() {
        if (policy == PgSessionReset.ALWAYS) {
            mark(Residue.STATE);
        }
    }

    public void mark(Residue left) {
        if (left.compareTo(residue) > 0) {
            residue = left;
        }
    }

    /** A statement is being written. */
    public void onStatement(SqlText text) {
        mark(text.leaves());
        if (text.resets()) {
            floatDigits.setNext();
        }
    }

    /** A statement has ended; {@code returnedRows} tells whether it was one with columns. */
    void onCommandComplete(CommandTag tag, boolean returnedRows) {
        mark(Residue.of(tag, returnedRows));
    }

    /**
     * A parameter has changed.
     *
     * @throws io.fluxgres.PgConnectionException if others share the session who do not know of that and misread their values
     */
    void onParameterChange(String name) {
        if (running) {
            return;
        }
        if (shared && ServerParameters.isDecisive(name)) {
            throw Failures.movedWhileShared(name);
        }
        mark(Residue.ofParameter(name));
    }

    /** Returns what each reset undoes and is to be set again behind it, the user's own resets too. */
    public FloatDigits floatDigits() {
        return floatDigits;
    }

    // ---- resets

    /** Each reset is followed by a task that gives the session what a reset takes from it. */
    public void follow(Runnable task) {
        following = task;
    }

    /** Whether nothing else will remove what is left. May be asked by any thread. */
    public boolean isReplacementDue() {
        if (policy == PgSessionReset.NEVER) {
            return parameters.movedSinceStartup() != null;
        }
        return residue != Residue.NONE && abilities.toRemove(residue).isRefused();
    }

    /** Whether something is left and can be removed, as far as is known. */
    public boolean isDue() {
        return policy != PgSessionReset.NEVER
                && residue != Residue.NONE
                && !abilities.toRemove(residue).isRefused();
    }

    /** Whether the server has not shown yet that it removes what is left. */
    public boolean isUntried() {
        return !abilities.toRemove(residue).isShown();
    }

    /** Returns what is left, to be removed now; what is marked from now on is left by others. */
    public Residue take() {
        Residue taken = residue;
        residue = Residue.NONE;
        return taken;
    }

    public void onWritten() {
        running = true;
    }

    /** What is to be done in front of the next use has been queued. */
    public void onQueued() {
        floatDigits.set();
        following.run();
    }

    /**
     * The reset has been done.
     *
     * @throws io.fluxgres.PgConnectionException if the session is not as it was at startup
     */
    public void onDone(Residue removed) {
        running = false;
        String moved = parameters.movedSinceStartup();
        if (moved != null) {
            abilities.toRemove(removed).onRefused();
            throw Failures.moved(moved);
        }
        abilities.toRemove(removed).onDone();
    }

    /** The server has refused the reset. */
    public void onRefused(Residue kept) {
        running = false;
        abilities.toRemove(kept).onRefused();
    }
}
