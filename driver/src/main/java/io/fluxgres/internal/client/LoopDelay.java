package io.fluxgres.internal.client;

import java.util.concurrent.TimeUnit;

/**
 * How long an event loop has kept waiting what was due, because the machine was busy, the garbage collector ran or somebody's
 * code took long on it: whatever is answered meanwhile is seen late. It is told by how late a short timer runs, which
 * whoever measures something keeps going.
 *
 * <p>Confined to the event loop; the clock is passed in.
 */
final class LoopDelay {

    /** How far the timer is ahead: what it may miss at worst. */
    static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);

    /** Timers are late by that much anyway. */
    private static final long GRAIN = TimeUnit.MILLISECONDS.toNanos(1);

    private boolean ticking;
    private long due;
    private long total;

    /** Begins to measure. Returns whether the timer is to be set, to run after {@link #TICK}. */
    boolean start(long now) {
        if (ticking) {
            return false;
        }
        ticking = true;
        due = now + TICK;
        return true;
    }

    /** The timer has run. */
    void onTick(long now) {
        total = total(now);
        ticking = false;
    }

    /** Returns how long things have waited in all, as far as that was measured. */
    long total(long now) {
        return ticking ? total + Math.max(0, now - due - GRAIN) : total;
    }
}
