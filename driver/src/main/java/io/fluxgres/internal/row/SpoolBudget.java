package io.fluxgres.internal.row;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of results may be kept because nobody has requested them: on one connection, and on all connections of a
 * factory together.
 *
 * <p>The connection's part is confined to the event loop; the factory's is shared by its loops.
 */
public final class SpoolBudget {

    private final long limit;
    private final AtomicLong shared;
    private final long sharedLimit;
    private long used;

    /**
     * Creates the budget of one connection.
     *
     * @param limit for the connection, in bytes
     * @param shared what all connections of the factory use
     * @param sharedLimit for the factory, in bytes
     */
    public SpoolBudget(long limit, AtomicLong shared, long sharedLimit) {
        this.limit = limit;
        this.shared = shared;
        this.sharedLimit = sharedLimit;
    }

    /** Whether not another row may be kept. */
    public boolean isExhausted() {
        return used >= limit || shared.get() >= sharedLimit;
    }

    void take(long bytes) {
        used += bytes;
        shared.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        used -= bytes;
        shared.addAndGet(-bytes);
    }

    /** Returns the bound that {@link #isExhausted} was about, in words. */
    public String bound() {
        return used >= limit ? "spoolBytes is " + limit : "spoolTotalBytes is " + sharedLimit;
    }
}
